"""Reports of results: forms of class-sets, reports for schools and the district, letters."""
