"""Codes on a page: a cascade of readers, each code where it is printed."""
