"""The table of stages is the truth about the commands: names, packages, help, and what loading them costs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points

import click
import pytest

from crosscheck import cli, i18n, stages
from crosscheck.stages import COMMANDS, STAGES, Row

HEAVY = [
    "cv2",
    "ortools",
    "sqlalchemy",
    "alembic",
    "reportlab",
    "numpy",
    "PIL",
    "openpyxl",
    "pypdf",
    "pypdfium2",
    "zxingcpp",
    "cryptography",
    "rich",
]


def command(row: Row) -> click.Command:
    found = cli.cli.get_command(click.Context(cli.cli), row.name)
    assert found is not None
    return found


def every_command() -> Iterator[tuple[str, click.Command]]:
    for row in COMMANDS:
        top = command(row)
        yield row.name, top
        if isinstance(top, click.Group):
            for name, sub in top.commands.items():
                yield f"{row.name} {name}", sub


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_each_row_has_one_command_in_its_package(row: Row) -> None:
    """One entry point by that name, in the named package, whose help begins with the row's sentence."""
    (point,) = entry_points(group=cli.GROUP, name=row.name)
    assert point.value.partition(".")[0] == row.package
    found = command(row)
    assert (found.name, (found.help or "").split("\n\n")[0]) == (row.name, row.sentence)


def test_there_is_no_command_outside_the_table() -> None:
    """And none twice in it; `--help` lists them in its order."""
    names = [row.name for row in COMMANDS]
    assert sorted(point.name for point in entry_points(group=cli.GROUP)) == sorted(names)
    assert len(set(names)) == len(names)
    assert cli.cli.list_commands(click.Context(cli.cli)) == names


def test_an_unknown_row_is_a_mistake_of_ours() -> None:
    """The table is asked by name, and a wrong name does not pass."""
    assert stages.row("print").package == "packets"
    with pytest.raises(KeyError):
        stages.row("reprint")


def test_every_command_shows_an_example() -> None:
    """A line to copy, beginning with the program's name and that command; subcommands too."""
    without = [
        name
        for name, found in every_command()
        if not re.search(rf"crosscheck (--\S+ ('[^']*'|\S+) )*{name}\b", found.help or "")
    ]
    assert without == []


def test_examples_can_be_typed() -> None:
    """Every option in an example is one that its command has."""
    unknown = []
    for name, found in every_command():
        top = {option for parameter in cli.cli.params for option in parameter.opts}
        subs = list(found.commands.values()) if isinstance(found, click.Group) else []
        known = top | {option for one in (found, *subs) for parameter in one.params for option in parameter.opts}
        for line in (found.help or "").splitlines():
            if line.lstrip().removeprefix("Example: ").startswith("crosscheck "):
                words = [word for word in line.split() if word.startswith("--")]
                unknown += [f"{name}: {word}" for word in words if word not in known]
    assert unknown == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_command_prints_its_help(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In both languages, without a station."""
    for row in COMMANDS:
        assert cli.run(["--lang", language, row.name, "--help"]) == 0
        assert row.name in capsys.readouterr().out
    i18n.use("en")


def test_help_comes_without_the_heavy_libraries() -> None:
    """No image, database, solver, drawing or encryption library is loaded to list the commands."""
    code = "import sys; from crosscheck import cli; cli.run(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    loaded = {name.partition(".")[0].strip("[]' ") for name in done.stderr.split(",")}
    assert "click" in loaded
    assert loaded & set(HEAVY) == set()
    assert all(row.name in done.stdout for row in STAGES)
