"""docs/commands.md is made from the help of the commands: `python -m drill.command_list update|check`.

So is the table of stages in every document that has a place for it (between two comments).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from crosscheck import stages
from crosscheck.cli import cli

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path("docs/commands.md")
WITH_TABLE = (Path("docs/README.md"),)
BEGIN, END = "<!-- stages -->", "<!-- end of stages -->"
_WIDTH = 100
_HEAD = """# Commands

This page is made from the help of the commands (`python -m drill.command_list update`); a test compares them.
Every command also answers `--help`. With `--lang ru` help and messages are in Russian.
"""


def stage_table() -> str:
    """The pipeline as a Markdown table, in the order of the day."""
    rows = (f"| `{row.name}` | {row.sentence} | `{row.package}` | {row.actor.value} |" for row in stages.STAGES)
    return "\n".join(("| stage | what it does | package | moved on by |", "|---|---|---|---|", *rows))


def help_texts(command: click.Command, path: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """The command's path as typed and its help, then those of the commands under it."""
    settings = {**command.context_settings, "terminal_width": _WIDTH}
    context = click.Context(command, parent, info_name=path.rpartition(" ")[2], **settings)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            under = command.get_command(context, name)
            if under is None:
                raise LookupError(f"the table of stages names {name}, but no such command is installed")
            yield from help_texts(under, f"{path} {name}", context)


def page() -> str:
    """The text of docs/commands.md."""
    parts = [_HEAD]
    for path, text in help_texts(cli, "crosscheck"):
        lines = (line.rstrip() for line in text.splitlines())
        parts.append(f"{'##' if path.count(' ') < 2 else '###'} {path}\n\n```text\n" + "\n".join(lines) + "\n```\n")
    return "\n".join(parts)


def with_table(text: str) -> str:
    """A document with its table of stages brought up to date; unchanged when it has no place for one."""
    place = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    return place.sub(lambda _found: f"{BEGIN}\n{stage_table()}\n{END}", text)


def wanted(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Each document that is made here, wholly or in part, with the text that it should have."""
    yield root / PAGE, page()
    for name in WITH_TABLE:
        if (root / name).exists():
            yield root / name, with_table((root / name).read_text("utf-8"))


def stale(root: Path = ROOT) -> list[Path]:
    """Documents that do not say what the commands say."""
    return [path for path, text in wanted(root) if not path.exists() or path.read_text("utf-8") != text]


def main(arguments: list[str]) -> int:
    """Carry out update or check; returns the exit status."""
    if arguments not in (["update"], ["check"]):
        print("usage: python -m drill.command_list update|check", file=sys.stderr)
        return 2
    if arguments == ["update"]:
        for path, text in wanted():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        return 0
    for path in (found := stale()):
        print(f"{path.relative_to(ROOT).as_posix()} is stale: python -m drill.command_list update")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
