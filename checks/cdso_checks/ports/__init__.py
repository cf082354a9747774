"""Checks of the ports that a host shows to the network."""
