"""Settings of a computer: known keys only, each overridden by the environment; a folder that says what it is."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.station import (
    BadSetting,
    Settings,
    SettingsUnreadable,
    UnknownSetting,
    database_url,
    open_station,
    read_settings,
    settings_text,
)
from tests.stations import Desk


def written(folder: Path, text: str) -> Path:
    (folder / "station.toml").write_text(text, "utf-8")
    return folder


def test_without_a_file_the_settings_are_the_usual_ones(tmp_path: Path) -> None:
    """SQLite in the folder, one worker per core, the language of the computer."""
    assert read_settings(tmp_path, {}) == Settings()
    assert database_url(tmp_path, Settings()).endswith("ledger.db")


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    """Key by key; other variables are nothing to us."""
    home = written(tmp_path, 'station = "пункт 1"\njobs = 3\n')
    environment = {
        "CROSSCHECK_JOBS": "2",
        "CROSSCHECK_DATABASE": "postgresql://x/y",
        "CROSSCHECK_WHO": "z",
        "JOBS": "9",
    }
    assert read_settings(home, environment) == Settings("пункт 1", "postgresql://x/y", 2, "")
    assert database_url(home, read_settings(home, environment)) == "postgresql://x/y"


@pytest.mark.parametrize(("key", "nearest"), [("job", "jobs"), ("databse", "database"), ("lang", "language")])
def test_an_unknown_key_is_refused_with_the_nearest_one(tmp_path: Path, key: str, nearest: str) -> None:
    """A slip of the pen must not be a setting that does nothing."""
    with pytest.raises(UnknownSetting, match=f"E2030.*'{key}'.*'{nearest}'"):
        read_settings(written(tmp_path, f'{key} = "x"'), {})


@pytest.mark.parametrize("value", ['"many"', "-1", "1.5", "2000", "true", '""', '"٣"'])
def test_workers_are_a_whole_number(tmp_path: Path, value: str) -> None:
    """What was found and what is allowed are said."""
    with pytest.raises(BadSetting, match=r"E2031.*'jobs'.*0 to 1024"):
        read_settings(written(tmp_path, f"jobs = {value}"), {})


@pytest.mark.parametrize("content", [b"jobs = ", b"station = '\xcf\xf3\xed\xea\xf2'", b"station = 'a\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    """A syntax error, or a file saved in a legacy code page."""
    (tmp_path / "station.toml").write_bytes(content)
    with pytest.raises(SettingsUnreadable, match=r"E2036.*station\.toml"):
        read_settings(tmp_path, {})


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(_TEXT, _TEXT, st.integers(0, 1024))
def test_written_settings_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, database: str, jobs: int
) -> None:
    """Windows paths, quotation marks and line ends in them included."""
    settings = Settings(name, database, jobs, "ru")
    home = written(tmp_path_factory.getbasetemp(), settings_text(settings))
    assert read_settings(home, {}) == settings


def test_a_folder_saved_by_notepad_opens(tmp_path: Path) -> None:
    """A byte-order mark in front is no key."""
    (tmp_path / "station.toml").write_text("jobs = 2\n", "utf-8-sig")
    assert read_settings(tmp_path, {}).jobs == 2


def test_who_is_at_work_is_told_or_found_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """--who, then CROSSCHECK_WHO, then whoever is logged in, else unknown: never nobody."""
    assert open_station(desk.home, "a", {"CROSSCHECK_WHO": "b"}).who == "a"
    assert open_station(desk.home, None, {"CROSSCHECK_WHO": "b"}).who == "b"

    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert open_station(desk.home, None, {}).who == "unknown"


def test_workers_are_as_set_or_one_per_core(desk: Desk) -> None:
    """Never none."""
    assert open_station(desk.home, "a", {"CROSSCHECK_JOBS": "3"}).jobs == 3
    assert open_station(desk.home, "a", {}).jobs >= 1
