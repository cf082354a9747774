"""Checks of the SSH server."""
