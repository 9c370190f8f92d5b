"""Every difference between two accounts of the same points: found, explained, followed to its end."""
