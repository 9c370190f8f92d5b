"""Filled sheets to scores, verdicts, discrepancies and reports."""
