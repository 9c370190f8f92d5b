"""Moments of the ledger as people read them: local time, to the minute. Pure."""

from __future__ import annotations

import datetime

SHOWN = "%d.%m.%Y %H:%M"


def local(moment: str) -> datetime.datetime:
    """A moment of the ledger (ISO 8601, UTC) in local time."""
    return datetime.datetime.fromisoformat(moment).astimezone()


def on_day(moment: str) -> str:
    """As `14.04.2026`."""
    return local(moment).strftime("%d.%m.%Y")


def at_minute(moment: str) -> str:
    """As `14.04.2026 15:20`; empty for no moment."""
    return local(moment).strftime(SHOWN) if moment else ""
