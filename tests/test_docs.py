"""Documents that lie fail the build; files that tell of a machine do too."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

import x
from crosscheck import stages
from crosscheck.cli import cli
from drill.command_list import END, PAGE, stage_table, with_table
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


# --- commands ------------------------------------------------------------------------------------

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_ROW = re.compile(r"^\| `([a-z]+)` \| ([^|]+) \|", re.MULTILINE)
_NOT_TYPED = frozenset({"ARGS", "COMMAND", "--help"})


def typed_in(text: str) -> Iterator[str]:
    """Every command line of crosscheck that a document shows, in blocks and in sentences."""
    for _language, block in _FENCED.findall(text):
        yield from (line.removeprefix("$ ").strip() for line in block.splitlines())
    yield from (" ".join(span.split()) for span in _INLINE.findall(_FENCED.sub("", text)))


def complaint(line: str) -> str | None:
    """What is wrong with a command line, or None: its command, command below it and options must exist."""
    words = shlex.split(line, comments=True)
    command: click.Command = cli
    context = click.Context(cli)
    rest = iter(words[1:])
    for word in rest:
        if word in _NOT_TYPED:
            return None
        if word.startswith("--"):
            option = next((p for p in command.params if word in p.opts), None)
            if not isinstance(option, click.Option):
                return f"no option {word}"
            if not option.is_flag:
                next(rest, None)
        elif isinstance(command, click.Group):
            under = command.get_command(context, word)
            if under is None:
                return f"no command {word}"
            command = under
    return None


def shown_commands() -> list[tuple[str, str]]:
    return [
        (document.relative_to(ROOT).as_posix(), line)
        for document in documents()
        if document.relative_to(ROOT) != PAGE
        for line in typed_in(document.read_text("utf-8"))
        if line.startswith("crosscheck ")
    ]


def test_documents_name_commands_of_crosscheck_that_there_are() -> None:
    """Every command line shown names a command, a command below it and options that exist."""
    shown = shown_commands()
    assert len({line for _document, line in shown}) > 20, "the search finds the commands"
    assert [f"{document}: {line}: {why}" for document, line in shown if (why := complaint(line))] == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("crosscheck --who 'A B' pages accept 3f --why 'same hand'", None),
        ("crosscheck pages guess 3f", "no command guess"),
        ("crosscheck scan x", "no command scan"),
        ("crosscheck redact --fast", "no option --fast"),
    ],
)
def test_the_reader_of_command_lines_sees_what_is_wrong(line: str, why: str | None) -> None:
    """The yardstick itself."""
    assert complaint(line) == why


def test_the_page_of_commands_is_the_one_made_from_their_help() -> None:
    """docs/commands.md and the table in docs/README.md never lie: `python -m drill.command_list update`."""
    # In a process of its own: help is translated when a command is loaded, and other tests choose languages.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "LC_", "CROSSCHECK_"))}
    done = subprocess.run(
        [sys.executable, "-m", "drill.command_list", "check"],
        cwd=ROOT,
        env={**kept, "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_table_of_stages_is_noticed() -> None:
    """The place for the table is found and filled, whatever stood in it."""
    assert with_table(f"a\n<!-- stages -->\nold\n{END}\nb") == f"a\n<!-- stages -->\n{stage_table()}\n{END}\nb"


@pytest.mark.parametrize("name", ["README.md", "docs/README.md"])
def test_the_table_of_stages_is_the_one_of_the_program(name: str) -> None:
    """The same commands, the same sentences, in the order of the day."""
    rows = [(command, sentence.strip()) for command, sentence in _ROW.findall((ROOT / name).read_text("utf-8"))]
    assert rows == [(row.name, row.sentence) for row in stages.STAGES]


@pytest.mark.parametrize("package", ["crosscheck", "scanning", "packets", "scoring", "drill", "benchmarks", "training"])
def test_the_readme_of_a_package_names_every_module(package: str) -> None:
    """A module that was added, or went, is seen in the tables; the modules of a room are named all or none."""
    text = (ROOT / package / "README.md").read_text("utf-8")
    table = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    named = set(_INLINE.findall(table))
    modules = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
    for room in (path.parent for path in (ROOT / package).glob("*/__init__.py")):
        inside = {path.stem for path in room.glob("*.py")} - {"__init__"}
        modules |= {f"{room.name}/"} | (inside if inside & named - modules else set())
    # A package's own way in needs no line.
    assert named - {"__main__"} == modules - {"__main__"}


# --- the transcript in the README ----------------------------------------------------------------

_PASSPHRASES = {
    "CROSSCHECK_DISTRICT_PASSPHRASE": "district words of a test",
    "CROSSCHECK_ORGANISER_PASSPHRASE": "organiser words of a test",
    "CROSSCHECK_COORDINATOR_PASSPHRASE": "coordinator words of a test",
}


def transcript(text: str) -> list[tuple[str, str]]:
    """Commands of crosscheck in blocks marked `console`, each with what it is said to print."""
    lines = [line for language, block in _FENCED.findall(text) if language == "console" for line in block.splitlines()]
    starts = [n for n, line in enumerate(lines) if line.startswith("$ ")]
    parts = [lines[a:b] for a, b in itertools.pairwise([*starts, len(lines)])]
    return [(part[0][2:], "\n".join(part[1:])) for part in parts if part[0].startswith("$ crosscheck ")]


def printed_as_said(printed: str, said: str) -> bool:
    """Equal but for blanks at the ends of lines; `...` is anything within a line, and alone any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "..." else ".*".join(map(re.escape, line.rstrip().split("..."))) + r"\n"
        for line in said.splitlines()
    )
    plain = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch(pattern, plain) is not None


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("a 1\nb", True),
        ("a ...\nb", True),
        ("...\nb", True),
        ("...", True),
        ("a ...", False),
        ("a 2\nb", False),
        ("", False),
    ],
)
def test_the_wildcard_stands_for_no_more_than_it_should(said: str, same: bool) -> None:
    """The yardstick itself."""
    assert printed_as_said("a 1  \nb\n", said) is same


def test_the_readme_transcript_runs(tmp_path: Path) -> None:
    """What the README shows is what a reader gets, on a copy of the smallest sample."""
    shutil.copytree(ROOT / "sample_scans" / "single", tmp_path / "single")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CROSSCHECK_", "LC_"))}
    # One job: the start of worker processes would take most of the time, and changes nothing that is printed.
    here = {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "CROSSCHECK_JOBS": "1"}
    environment = {**kept, **_PASSPHRASES, **here}
    steps = transcript((ROOT / "README.md").read_text("utf-8"))
    assert len(steps) > 3, "the README shows how it is used"
    for command, said in steps:
        done = subprocess.run(
            [sys.executable, "-m", *shlex.split(command)],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode in (0, 10), f"$ {command}\n{done.stdout}"
        assert printed_as_said(done.stdout, said), f"$ {command}\n{done.stdout}\nthe README says:\n{said}"
