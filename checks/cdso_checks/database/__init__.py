"""Checks of databases, as the servers themselves tell."""
