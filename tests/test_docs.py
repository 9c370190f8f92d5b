"""Documents that lie fail the build; files that tell of a machine do too."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

import x
from drill.error_list import product_errors
from tests.imports import ROOT

SKIPPED = frozenset({".git", ".venv", "build", "__pycache__", "demo-out", *x.CACHES})
TEXTS = frozenset({".py", ".md", ".toml", ".txt", ".in", ".po", ".csv", ".json", ".cfg", ".ini", "", ".mako"})
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
_COMMAND = re.compile(r"x\.py ([a-z]+)")
_ERROR = re.compile(r"\bE(\d{4})\b")
# Spelt in pieces, so that this file doesn't hold what it looks for.
_MACHINE = re.compile(
    "/tmp/"
    + "lab|/ro"
    + "ot/|/wo"
    + "rk/|/ho"
    + "me/[a-z]|index-"
    + "url|pypi"
    + r"\.org/simple|python"
    + r"hosted\.org"
)


@cache
def files() -> tuple[Path, ...]:
    """Every text file of the project that is kept."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode == 0:
        paths = [ROOT / line.strip('"') for line in done.stdout.splitlines()]
    else:  # an unpacked archive has no git
        paths = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return tuple(path for path in paths if path.is_file() and path.suffix in TEXTS)


def documents() -> tuple[Path, ...]:
    return tuple(path for path in files() if path.suffix == ".md")


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link names a file or folder that exists."""
    broken = [
        f"{document.relative_to(ROOT)}: {link}"
        for document in documents()
        for link in _LINK.findall(document.read_text("utf-8"))
        if "://" not in link and not link.startswith("mailto:") and not (document.parent / link).exists()
    ]
    assert broken == []


def test_documents_name_commands_of_x_that_there_are() -> None:
    """A command in the text works when it is typed."""
    known = {*x.COMMANDS, "clean"}
    unknown = [
        f"{document.relative_to(ROOT)}: {name}"
        for document in documents()
        for name in _COMMAND.findall(document.read_text("utf-8"))
        if name not in known
    ]
    assert unknown == []


def test_x_describes_each_of_its_commands() -> None:
    """The help text of x.py and its table of commands agree."""
    assert set(_COMMAND.findall(x.__doc__ or "")) == {*x.COMMANDS, "clean"}


def test_documents_name_errors_that_there_are() -> None:
    """A number in the text is the number of an error."""
    known = {kind.number for kind in product_errors()}
    unknown = [
        f"{document.relative_to(ROOT)}: E{number}"
        for document in documents()
        for number in _ERROR.findall(document.read_text("utf-8"))
        if int(number) not in known
    ]
    assert unknown == []


def test_no_file_tells_of_the_machine_it_was_written_on() -> None:
    """Paths of a developer's computer and addresses of package registries stay out."""
    told = []
    for path in files():
        found = _MACHINE.search(path.read_text("utf-8", errors="replace"))
        if found:
            told.append(f"{path.relative_to(ROOT)}: {found.group()}")
    assert told == []


@pytest.mark.parametrize("name", ["dev.txt", "runtime.txt"])
def test_every_pinned_package_has_a_hash(name: str) -> None:
    """pip refuses what is not exactly what was locked."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements" / name).read_text("utf-8"))
    wrong = [entry.partition(" ")[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]
    assert wrong == []
