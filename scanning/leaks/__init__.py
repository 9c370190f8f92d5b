"""The independent look at a masked page, and what only a person can judge."""
