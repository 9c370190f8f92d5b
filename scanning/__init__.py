"""Paper to anonymous, numbered works: sources, codes, registration, redaction, collation, numbering."""
