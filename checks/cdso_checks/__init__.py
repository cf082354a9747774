"""The checks, by subject; found through the entry point group `cdso_audit.checks`."""
