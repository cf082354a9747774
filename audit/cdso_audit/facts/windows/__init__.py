"""
Facts of a Windows host, read from the answers of one PowerShell program.

Experimental: the readers know the documented forms of the answers; nobody has yet held them against
a real server. Nothing here depends on the language of Windows: accounts are known by SID, audit
categories by GUID, settings by registry value. A registry value that is not there is its documented
default, never a failure; a key that may not be read is a gap.
"""
