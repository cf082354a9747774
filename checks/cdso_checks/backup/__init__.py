"""Checks of backups and of encryption at rest."""
