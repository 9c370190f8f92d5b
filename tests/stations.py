"""Stations for tests: initialised and registered once, copied for each test, driven as an operator would."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from crosscheck.facts import Fact
    from crosscheck.station import Station

F = TypeVar("F")
PHRASES = {
    "DISTRICT": "белый клён у реки",
    "ORGANISER": "seven quiet lamps",
    "COORDINATOR": "синий чайник 1979",
}
TABLES = {
    "schools": "school;name\n7;Школа №7\n12;Гимназия №12\n19;Школа №19\n",
    "class_sets": "school;class;declared\n7;5А;3\n12;5Б;1\n19;5А;1\n",
    "participants": (
        "school;class;participant;form;status\n"
        "7;5А;00017;11;\n7;5А;00018;12;\n7;5А;00020;;absent\n12;5Б;00019;13;\n19;5А;00021;14;\n"
    ),
    "experts": (
        "expert;name;schools;subjects;status;capacity;check_point;classes\n"
        "e1;Иванова А. А.;7;Математика;ordinary;50;П1;\n"
        "e2;Петров Б. Б.;12;Математика;lead;40;П2;\n"
        "e3;Сидорова В. В.;19;Математика;senior;40;П2;\n"
    ),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: exit status and what it printed."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A person at a station: runs commands, and may look into the ledger."""

    home: Path
    read: Callable[[], tuple[str, str]]

    def run(self, *arguments: str, who: str = "Петрова А. И.") -> Ended:
        """Run `crosscheck` with these arguments in the station's folder."""
        from crosscheck import cli, i18n

        self.read()
        status = int(cli.run(["--home", str(self.home), "--who", who, *arguments]))
        i18n.use("en")
        return Ended(status, *self.read())

    def station(self, name: str | None = None) -> Station:
        """The open station, under another name where one is given."""
        from crosscheck.station import open_station

        return open_station(self.home, "tester", {"CROSSCHECK_STATION": name} if name else {})

    def add(self, *facts: Fact) -> None:
        """Put facts into the ledger without a command."""
        with self.station().ledger.writing() as writer:
            writer.append_all(facts)

    def facts(self, kind: type[F]) -> list[F]:
        """Every fact of a kind."""
        from crosscheck.db import queries

        with self.station().ledger.reading() as connection:
            return queries.all_of(connection, kind)

    def work(self, form: int) -> str:
        """The work that an answer form was issued for."""
        from crosscheck import facts

        return next(issued.work for issued in self.facts(facts.IssuedForm) if issued.form == form)


def district(folder: Path, **changes: str) -> Path:
    """The files of a small district: four participants who wrote, one absent, three experts of three schools."""
    from drill.assessment import toml
    from tests import factories

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**TABLES, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "procedure.toml").write_text(toml(factories.procedure()), encoding="utf-8")
    return folder


def told_in_zones(desk: Desk, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """What a command says where it is always another day: 14 hours before UTC, and 12 behind it."""
    told = []
    for zone in ("<+14>-14", "<-12>12"):
        with monkeypatch.context() as there:
            there.setenv("TZ", zone)
            time.tzset()
            told.append(desk.run(*words).out)
    time.tzset()
    return told


def _settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases in the environment, quickly checked, and none of the developer's own settings."""
    import os

    from crosscheck import keys

    for name in [name for name in os.environ if name.startswith("CROSSCHECK_") and "TEST" not in name]:
        monkeypatch.delenv(name)
    for holder, phrase in PHRASES.items():
        monkeypatch.setenv(f"CROSSCHECK_{holder}_PASSPHRASE", phrase)
    monkeypatch.setenv("LC_ALL", "C")
    easy = keys.Hardness(passes=1, memory_kib=8, lanes=1)
    monkeypatch.setattr(keys, "Hardness", lambda: easy)


@pytest.fixture(scope="session")
def made_station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registered station; copied for each test, never used itself."""
    from crosscheck import cli

    root = tmp_path_factory.mktemp("station")
    with pytest.MonkeyPatch.context() as patched:
        _settle(patched)
        home = ["--home", str(root / "home"), "--who", "Петрова А. И."]
        assert cli.run([*home, "init", "--recovery-sheet", str(root / "recovery.txt")]) == 0
        (root / "empty").mkdir()
        shutil.copytree(root / "home", root / "empty", dirs_exist_ok=True)
        assert cli.run([*home, "register", str(district(root / "district"))]) == 0
    return root


def _desk(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    home = tmp_path / "станция 1"
    shutil.copytree(source, home)

    def read() -> tuple[str, str]:
        captured = capsys.readouterr()
        return captured.out, captured.err

    return Desk(home, read)


@pytest.fixture
def fresh(
    made_station: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """A station where nothing is registered yet."""
    _settle(monkeypatch)
    return _desk(made_station / "empty", tmp_path, capsys)


@pytest.fixture
def desk(
    made_station: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """A station where the small district is registered."""
    _settle(monkeypatch)
    return _desk(made_station / "home", tmp_path, capsys)
