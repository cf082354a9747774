"""Checks of TLS as an endpoint speaks it."""
