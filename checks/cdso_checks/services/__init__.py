"""Services that run, fail, or should not be there."""
