"""Checks of a domain, from its DNS and mail records."""
