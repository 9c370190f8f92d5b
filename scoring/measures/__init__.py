"""Measures of how experts mark: agreement, variance components, severity. Pure, on arrays."""
