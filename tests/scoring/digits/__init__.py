"""Handwritten digits: what is looked at, what it is believed to be, and what counts."""
