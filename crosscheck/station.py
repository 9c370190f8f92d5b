"""One computer running stages: its folder, settings, ledger, blobs and keys.

A station's folder holds everything a procedure has on this computer:
`station.toml`, `ledger.db`, `blobs/`, `keys/`, `out/` (what is printed or sent) and `log/`.
"""

from __future__ import annotations

import getpass
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path

from crosscheck import keys
from crosscheck.blobs import BlobStore
from crosscheck.db import queries
from crosscheck.db.engine import open_engine, sqlite_url, upgrade
from crosscheck.db.errors import NoLedger
from crosscheck.db.ledger import Ledger
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.procedure import Procedure
from crosscheck.procedure_file import read_procedure


class UnknownSetting(CrosscheckError):
    number, exit = 2030, Exit.PROCEDURE
    sentence = "station.toml has an unknown key '{key}'."
    remedy = "Did you mean '{nearest}'? Correct the key or take it out."


class BadSetting(CrosscheckError):
    number, exit = 2031, Exit.PROCEDURE
    sentence = "The setting '{key}' can't be {found!r}."
    remedy = "It takes {allowed}."


class SettingsUnreadable(CrosscheckError):
    number, exit = 2036, Exit.PROCEDURE
    sentence = "{path} can't be read: {reason}."
    remedy = "Correct it, or save it as UTF-8; `crosscheck init` in an empty folder writes one to compare with."


class NotRegistered(CrosscheckError):
    number, exit = 2032, Exit.PROCEDURE
    sentence = "No procedure is registered in this ledger yet."
    remedy = "Run `crosscheck register FOLDER` first."


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between computers; never changes a result. Empty `database`: SQLite in the folder."""

    station: str = "station-1"
    database: str = ""
    jobs: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Station:
    """An open station. `who` is the person at work, named in every fact they cause."""

    home: Path
    settings: Settings
    who: str
    ledger: Ledger
    blobs: BlobStore

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def out(self) -> Path:
        return self.home / "out"

    @property
    def jobs(self) -> int:
        """Worker processes: as set, else one per core."""
        return self.settings.jobs or os.cpu_count() or 1

    def secret(self) -> bytes:
        """The station's secret for keyed hashes and anonymous numbers."""
        return keys.station_secret(self.keys)

    def procedure(self) -> Procedure:
        """The procedure in force; raises NotRegistered."""
        with self.ledger.reading() as connection:
            version = queries.procedure_text(connection)
        if version is None:
            raise NotRegistered
        return read_procedure(version.toml, "procedure.toml")


def settings_text(settings: Settings) -> str:
    """station.toml for a new folder."""
    return (
        "# This computer. Nothing here changes a result.\n"
        f"station = {_quoted(settings.station)}\n"
        f"database = {_quoted(settings.database)}  # empty: SQLite in this folder\n"
        f"jobs = {settings.jobs}  # worker processes; 0: one per core\n"
        f"language = {_quoted(settings.language)}  # ru, en or empty for the locale\n"
    )


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for one: a Windows path or a quotation mark survives.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_settings(home: Path, environment: Mapping[str, str]) -> Settings:
    """station.toml, each key overridden by CROSSCHECK_STATION, CROSSCHECK_DATABASE and so on."""
    path = home / "station.toml"
    found = _file(path)
    known = {field.name: field for field in fields(Settings)}
    for key in found:
        if key not in known:
            raise UnknownSetting(key=key, nearest=next(iter(get_close_matches(key, known, 1, 0.0)), "station"))
    values = {}
    for name in known:
        value = environment.get(f"CROSSCHECK_{name.upper()}", found.get(name))
        if value is not None:
            values[name] = _whole(name, value) if name == "jobs" else str(value)
    return Settings(**values)  # type: ignore[arg-type]


def _file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise SettingsUnreadable(path=path, reason=trouble) from trouble


def _whole(key: str, value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit()) or int(text) > 1024:
        raise BadSetting(
            key=key, found=value, allowed=_("a whole number from {low} to {high}").format(low=0, high=1024)
        )
    return int(text)


def user_name() -> str:
    """The name of whoever is logged in, where the system tells."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


def database_url(home: Path, settings: Settings) -> str:
    return settings.database or sqlite_url(home / "ledger.db")


def open_station(home: Path, who: str | None, environment: Mapping[str, str]) -> Station:
    """Open the station in a folder; raises NoLedger when `crosscheck init` was never run there."""
    if not (home / "station.toml").exists():
        raise NoLedger(folder=home)
    settings = read_settings(home, environment)
    engine = open_engine(database_url(home, settings))
    upgrade(engine)
    name = who or environment.get("CROSSCHECK_WHO") or user_name()
    return Station(home, settings, name, Ledger(engine, settings.station, name), BlobStore(home / "blobs"))
