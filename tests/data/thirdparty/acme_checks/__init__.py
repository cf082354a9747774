"""Checks of an agency's own: one in Python, one in YAML."""
