"""Checks of Windows hosts. Experimental: no real server has confirmed them yet."""
