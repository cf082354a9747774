"""Secrets at rest on a host, and who may read them."""
