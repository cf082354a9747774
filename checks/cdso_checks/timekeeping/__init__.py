"""Checks of clocks and their sources."""
