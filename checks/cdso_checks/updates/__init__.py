"""Checks of updates, package sources and the end of life."""
