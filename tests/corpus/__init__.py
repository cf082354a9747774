"""Whole Debian machines, as installed and hardened, and what our checks must say of each."""
