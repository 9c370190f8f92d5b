"""The formats of published results. Standard library only: the command line knows them before anything is loaded."""

from __future__ import annotations

import enum


class Format(enum.Enum):
    """A kind of file; its value is the suffix."""

    XLSX = "xlsx"
    PDF = "pdf"
    HTML = "html"
    CSV = "csv"
    JSON = "json"
