"""What was seen, compared with the lists of the owner, in both directions where there are two."""
