"""What people decide about pages, and what they are shown."""
