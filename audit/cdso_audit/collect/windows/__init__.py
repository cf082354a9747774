"""Asking a Windows host: the one PowerShell program, and what comes back of it."""
