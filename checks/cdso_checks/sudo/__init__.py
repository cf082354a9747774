"""The rules of sudo."""
