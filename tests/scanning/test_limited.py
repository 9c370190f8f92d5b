"""The process that opens foreign files: what happens when it can't be had at all."""

from __future__ import annotations

import subprocess

import pytest

from scanning.errors import ReaderNotStarted
from scanning.limited import Child


def test_a_computer_that_starts_no_process_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No memory or no right to start one: trouble with the computer, not with the file."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(ReaderNotStarted, match=r"E3031.*Cannot allocate memory"):
        Child("scanning.limited_main")._started()
