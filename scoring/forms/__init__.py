"""Electronic forms: made for schools, opened in a limited process when they come back, read cell by cell."""
