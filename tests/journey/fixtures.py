"""Fixtures of the journey and storm tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journey import played
from tests.journey.played import Ended, Played


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The played day; shared by all test processes of this run."""
    base = tmp_path_factory.getbasetemp()
    return played.the_day(base.parent if base.name.startswith("popen-") else base)


@pytest.fixture
def at_the_desk() -> Iterator[None]:
    """Passphrases and settings as on the day."""
    with played.settled():
        yield


class Desk:
    """A person at a copy of the station: types commands and looks into the ledger."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self._capsys = home, capsys

    def type(self, *arguments: str, who: str = "organiser (test)") -> Ended:
        """One command; how it ended and what it printed."""
        self._capsys.readouterr()
        status = played.command(self.home, *arguments, who=who)
        captured = self._capsys.readouterr()
        return Ended(status, captured.out, captured.err)


MakeDesk = Callable[[str], Desk]


@pytest.fixture
def desk_at(
    day: Played,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    at_the_desk: None,  # noqa: ARG001 - wanted for what it does
) -> MakeDesk:
    """Makes a desk at a copy of the station as it was at a moment of the day."""

    def made(moment: str) -> Desk:
        home = tmp_path / "station"
        shutil.copytree(day.home(moment), home)
        return Desk(home, capsys)

    return made
