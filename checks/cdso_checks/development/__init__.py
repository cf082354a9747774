"""What software made in-house or to order consists of, and where it is made."""
