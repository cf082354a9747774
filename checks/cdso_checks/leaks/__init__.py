"""Data and secrets that lie open: on the host, on its shares, and as seen from outside."""
