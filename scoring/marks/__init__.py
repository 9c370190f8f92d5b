"""Marks of the same participants from elsewhere: journal, terms, exams, earlier results."""
