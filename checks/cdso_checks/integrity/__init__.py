"""Checks of what notices changed files."""
