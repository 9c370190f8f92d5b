"""x.py: one environment, made whole, by one caller at a time."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import platform
import subprocess
import sys
from multiprocessing.synchronize import Event as EventType
from pathlib import Path

import pytest

import x
from benchmarks import __main__ as bench


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of its own, its name with a space and Cyrillic, with a finished environment."""
    root = tmp_path / "папка с пробелом"
    (root / "requirements").mkdir(parents=True)
    (root / "requirements" / "dev.txt").write_text("a==1\n")
    (root / "pyproject.toml").write_text("[project]\n")
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    python.chmod(0o755)
    for name, value in {"ROOT": root, "VENV": root / ".venv", "BUILD": root / "build", "PYTHON": python}.items():
        monkeypatch.setattr(x, name, value)
    monkeypatch.setattr(x, "STAMP", root / ".venv" / "crosscheck.stamp")
    x.STAMP.write_text(x.wanted_stamp(), "ascii")
    return root


def test_a_finished_environment_is_ready(place: Path) -> None:
    """Nothing is done when the stamp says what is wanted."""
    assert x.is_ready()
    x.set_up()
    assert not (place / "build").exists()


@pytest.mark.parametrize("name", ["requirements/dev.txt", "pyproject.toml"])
def test_a_change_of_what_is_installed_asks_for_a_new_environment(place: Path, name: str) -> None:
    """Pinned packages and entry points are part of the stamp."""
    (place / name).write_text("changed")
    assert not x.is_ready()


def test_a_half_made_environment_is_not_ready(place: Path) -> None:
    """Without a stamp, or without its Python, it is made again."""
    x.PYTHON.unlink()
    assert not x.is_ready()
    x.PYTHON.write_text("")
    x.PYTHON.chmod(0o755)
    assert x.is_ready()
    (place / ".venv" / "crosscheck.stamp").unlink()
    assert not x.is_ready()


def test_another_python_asks_for_a_new_environment(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp holds the version of the Python that made it."""
    assert place.exists()
    monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")
    assert not x.is_ready()


@pytest.mark.skipif(os.name == "nt", reason="there is no owner to compare")
def test_an_environment_of_another_user_is_not_ours(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made again where this user may write."""
    assert place.exists()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert not x.is_ready()


def test_a_python_without_ensurepip_says_what_to_install(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian keeps venv's half in a package of its own; the message names it."""
    assert place.exists()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(x.SetUpFailed, match=r"ensurepip.*apt-get install python3\.\d+-venv"):
        x._make_venv()


def _hold(folder: str, taken: EventType, release: EventType) -> None:
    x.BUILD = Path(folder)
    with x.locked():
        taken.set()
        release.wait(20)


def test_two_callers_do_not_set_up_at_once(place: Path) -> None:
    """The second waits until the first has let go."""
    context = multiprocessing.get_context("spawn")
    taken, release = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(place / "build"), taken, release))
    holder.start()
    try:
        assert taken.wait(20)
        with open(place / "build" / "set-up.lock", "a+b") as file:
            assert not x._taken(file.fileno())
            release.set()
            holder.join(20)
            assert x._taken(file.fileno())
    finally:
        release.set()
        holder.join(20)


def test_clean_leaves_the_project_and_removes_the_rest(place: Path) -> None:
    """Environment, build and caches go; sources stay."""
    (place / "build" / "bench").mkdir(parents=True)
    (place / "pkg" / "__pycache__").mkdir(parents=True)
    (place / ".mypy_cache").mkdir()
    assert x.clean() == 0
    assert sorted(path.name for path in place.iterdir()) == ["pkg", "pyproject.toml", "requirements"]
    assert list((place / "pkg").iterdir()) == []


def test_variables_of_other_environments_do_not_reach_ours() -> None:
    """A user's PYTHONPATH or PIP_TARGET would lead elsewhere; a mirror's address stays."""
    kept = x.environment({"PYTHONPATH": "a", "PIP_TARGET": "b", "PIP_FIND_LINKS": "c", "PATH": "d"})
    assert "PYTHONPATH" not in kept
    assert "PIP_TARGET" not in kept
    assert (kept["PIP_FIND_LINKS"], kept["PIP_ROOT_USER_ACTION"]) == ("c", "ignore")


@pytest.mark.parametrize("arguments", [["-n", "0"], ["-n0"], ["--pdb"]])
def test_who_decides_about_workers_is_not_overruled(arguments: list[str]) -> None:
    """Arguments for pytest pass as they are."""
    assert x.workers(arguments) == []


def test_an_unknown_command_is_refused_with_the_known_ones() -> None:
    """Nothing is installed for a typing slip."""
    done = subprocess.run(
        [sys.executable, x.__file__, "tset"], capture_output=True, encoding="utf-8", check=False, timeout=20
    )
    assert done.returncode == 2
    assert "tset" in done.stderr
    assert "clean" in done.stderr


def test_a_table_of_figures_is_aligned_and_whole() -> None:
    """Every key of any figure has its column; an absent value is empty, not zero."""
    lines = bench.table([{"name": "a", "value": 1.23456}, {"name": "longer", "unit": "s"}]).splitlines()
    assert [line.split() for line in lines] == [["name", "value", "unit"], ["a", "1.235"], ["longer", "s"]]
    assert len({line.index(cell) for line, cell in zip(lines[::2], ("unit", "s"), strict=True)}) == 1


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The message lists those there are."""
    assert bench.main(["no-such"]) == 2
    assert "no-such" in capsys.readouterr().err
