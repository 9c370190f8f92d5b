"""What the product learned, and how: run by hand, never by the product."""
