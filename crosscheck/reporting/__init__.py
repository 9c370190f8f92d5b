"""Reports drawn: charts, self-contained HTML, JSON and CSV, from `crosscheck.report` values."""
