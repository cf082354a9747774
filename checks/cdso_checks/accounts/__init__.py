"""Accounts: who there is, what opens them, who becomes root."""
