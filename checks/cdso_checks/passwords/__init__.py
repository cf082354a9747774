"""What makes passwords strong, guesses stop and sessions end."""
