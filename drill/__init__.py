"""The simulator of people and paper: it only makes paper; the product reads it like any other."""
