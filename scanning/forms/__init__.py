"""Foreign forms: templates, learning them, finding and proving them in a scan."""
