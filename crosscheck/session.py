"""What every command shares: opening the station, passphrases, tables, progress, logs."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from crosscheck import i18n, wording
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _

if TYPE_CHECKING:
    from crosscheck.keys import Holder, PrivateKey
    from crosscheck.station import Station

P = ParamSpec("P")
R = TypeVar("R")


class PassphraseNeeded(CrosscheckError):
    number, exit = 4530, Exit.KEY
    sentence = "The passphrase of the {holder} is needed."
    remedy = "Run the command at a terminal, or set {variable} or {variable}_FILE."


@dataclass(frozen=True, slots=True)
class Session:
    """Options given before the command's name."""

    home: Path
    who: str | None
    lang: str | None = None


def with_station(command: Callable[Concatenate[Station, P], R]) -> Callable[P, R]:
    """Give a command the open station as its first argument."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        from crosscheck.station import open_station

        session = click.get_current_context().find_object(Session)
        if session is None:
            raise RuntimeError("a command ran outside `crosscheck`")
        station = open_station(session.home, session.who, os.environ)
        if station.settings.language and not (session.lang or os.environ.get("CROSSCHECK_LANG")):
            i18n.use(i18n.chosen(station.settings.language, os.environ))
        return command(station, *args, **kwargs)

    return wrapped


def unlocked(station: Station, holder: Holder) -> PrivateKey:
    """The private key of a holder: the passphrase from CROSSCHECK_<HOLDER>_PASSPHRASE, from the file named
    by CROSSCHECK_<HOLDER>_PASSPHRASE_FILE, or asked for at a terminal."""
    from crosscheck import keys

    return keys.unlock(station.keys, holder, passphrase(holder.name))


def passphrase(name: str, *, confirm: bool = False) -> str:
    """A passphrase by the name of its holder; asked for when the environment has none."""
    variable = f"CROSSCHECK_{name.upper()}_PASSPHRASE"
    if variable in os.environ:
        return os.environ[variable]
    if file := os.environ.get(f"{variable}_FILE"):
        try:
            return Path(file).read_text("utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as trouble:
            raise PassphraseNeeded(holder=name.lower(), variable=variable) from trouble
    if not sys.stdin.isatty():
        raise PassphraseNeeded(holder=name.lower(), variable=variable)
    asked: str = click.prompt(
        _("Passphrase of the {holder}").format(holder=_(name.lower())), hide_input=True, confirmation_prompt=confirm
    )
    return asked


json_option = click.option("--json", "as_json", is_flag=True, help=N_("Print JSON for programs to read."))


def complained(errors: Sequence[CrosscheckError]) -> Exit:
    """Every error said; the status that goes with them. For commands that go on with the next file."""
    for error in errors:
        click.echo(str(error), err=True)
    return Exit.INPUT if errors else Exit.DONE


def required_words(_context: click.Context, _option: click.Parameter, words: str) -> str:
    """For options that say why, to whom, on what ground: blank ones would let a decision rest on nothing."""
    if not words.strip():
        raise click.BadParameter(_("a reason is needed, in words: it is recorded"))
    return words


def show(
    rows: Sequence[Mapping[str, object]],
    columns: Sequence[str],
    *,
    as_json: bool,
    empty: str = "",
    words: Sequence[str] = (),
) -> None:
    """Print a listing: a table for people, JSON for programs. `words`: columns with words of the ledger, which
    people read in their language."""
    if as_json:
        click.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo(empty)
        return
    table = [[_(column) for column in columns], *([_cell(row, column, words) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
    for line in table:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(row: Mapping[str, object], column: str, words: Sequence[str]) -> str:
    value = row.get(column, "")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    return wording.told(text) if column in words else text


@contextmanager
def progress(what: str, total: int | None, unit: str = "") -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing elsewhere: how many of how many, how many a second, time left. Yields a
    function that moves it on. `unit`: a word for what is counted, in the plural, to be translated (`N_("pages")`)."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeElapsedColumn() if total is None else TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, speed="")

        def advance(step: int) -> None:
            bar.advance(task, step)
            bar.update(task, speed=speed(bar.tasks[0].speed, unit))

        yield advance


def speed(per_second: float | None, unit: str) -> str:
    """`12.3 pages/s` as people read it; nothing while it isn't known."""
    if per_second is None:
        return ""
    # TRANSLATORS: how fast: a number and what is counted, a second.
    return _("{n} {unit}/s").format(n=f"{per_second:.1f}", unit=_(unit) if unit else "").replace("  ", " ")


def log_of(station: Station) -> Any:
    """The station's log: JSON lines with stage, station and unit; never an identity."""
    import structlog

    folder = station.home / "log"
    folder.mkdir(exist_ok=True)
    file = (folder / "crosscheck.jsonl").open("a", encoding="utf-8")
    return structlog.wrap_logger(
        structlog.WriteLogger(file),
        processors=[structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer(ensure_ascii=False)],
        station=station.settings.station,
    )
