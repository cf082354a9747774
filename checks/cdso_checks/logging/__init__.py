"""Checks of the audit system and of logs."""
