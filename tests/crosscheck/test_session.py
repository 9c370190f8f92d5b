"""What a person sees while a command works."""

from __future__ import annotations

import sys

import pytest

from crosscheck import i18n
from crosscheck.session import progress, speed


def test_speed_is_told_with_what_is_counted() -> None:
    """In the language in use; nothing while it isn't known."""
    assert speed(12.345, "pages") == "12.3 pages/s"
    assert speed(2.0, "") == "2.0 /s"
    assert speed(None, "pages") == ""


def test_progress_shows_count_speed_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal only; with an unknown total it counts on."""
    i18n.use("en")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    for total, count in ((30, "12/30"), (None, "12/?")):
        with progress("redact", total, "pages") as step:
            for _ in range(4):
                step(3)
        shown = capsys.readouterr().err
        assert count in shown
        assert "pages/s" in shown


def test_nothing_is_shown_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    """Logs and pipes stay clean."""
    with progress("redact", 3) as step:
        step(3)
    assert capsys.readouterr().err == ""
