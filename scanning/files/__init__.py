"""Strangers' files to pixels: opened in limited children, page by page."""
