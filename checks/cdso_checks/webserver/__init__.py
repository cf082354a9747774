"""Web servers as their own configuration dumps tell: nginx and Apache."""
