"""The fate of every page, and works from pages."""
