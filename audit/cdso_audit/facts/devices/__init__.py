"""
Network devices, judged by their saved configuration.

`parts` says what is seen, in words of no vendor; each dialect is a module that reads it from its
own text; `readers` finds the dialect of an asset and hands out the facts.
"""
