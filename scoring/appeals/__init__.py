"""Appeals: filed within a deadline, decided by a panel without conflicts, written down with every reason."""
