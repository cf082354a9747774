"""Checks of a web endpoint, from its answers."""
