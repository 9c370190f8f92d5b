"""Handwritten digits in cells of a score sheet: a second opinion, never one that counts alone."""
