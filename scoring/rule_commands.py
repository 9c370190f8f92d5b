"""Commands about rules: look for doubts, tell them in words with examples, find the rule behind recorded scores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck import stages
from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.session import with_station
from crosscheck.station import Station

if TYPE_CHECKING:
    from crosscheck.model import Given
    from crosscheck.procedure import Procedure
    from crosscheck.table_values import Row, Table, TableProblem
    from scoring.inferring import Inferred, Recorded
    from scoring.thresholds import Cost

_MOST_EXCEPTIONS, _MOST_PROBLEMS, _MOST_POINTS, _MOST_TIMES = 30, 20, 1000, 10_000_000
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "first": ("first", "первая"),
    "second": ("second", "вторая"),
    "third": ("third", "третья"),
    "final": ("final", "итог"),
    "times": ("times", "раз"),
}
_NEEDED = ("first", "second", "final")


@click.group(
    help=stages.help_of(
        "rules",
        "The rules stand in [rules] of procedure.toml: when two markings differ essentially, what stands when they "
        "don't, and what a third marking does. Examples are judged by the same code that judges works.",
        "crosscheck rules check procedure.toml",
        "crosscheck rules explain",
        "crosscheck rules infer last-year.csv",
    )
)
def rules() -> None:
    pass


_file = click.argument("file", type=click.Path(path_type=Path))


@rules.command(
    help=N_(
        "Read a procedure file and name rules that can never apply, or may not be meant so."
        "\n\nExample: crosscheck rules check procedure.toml"
    )
)
@_file
def check(file: Path) -> int:
    from crosscheck.procedure_file import load_procedure
    from scoring.rule_words import doubts

    procedure = load_procedure(file)
    found = doubts(procedure, _)
    for doubt in found:
        click.echo(f"* {doubt}")
    if found:
        click.echo(_("Rules to think about: {n}. They are allowed; nothing was changed.").format(n=len(found)))
        return Exit.PERSON_NEEDED
    click.echo(_("The rules of {procedure} can all apply.").format(procedure=procedure.code))
    return Exit.DONE


@rules.command(
    help=N_(
        "Tell the rules in words, with what they do to two markings: of the registered procedure, or of a file."
        "\n\nExample: crosscheck rules explain"
    )
)
@click.option("--file", "file", type=click.Path(path_type=Path), help=N_("A procedure file that isn't registered."))
def explain(file: Path | None) -> None:
    from crosscheck.procedure_file import load_procedure

    _explained(load_procedure(file)) if file is not None else _explain_registered()


@with_station
def _explain_registered(station: Station) -> None:
    _explained(station.procedure())


def _explained(procedure: Procedure) -> None:
    from scoring.rule_words import examples, in_words

    for sentence in in_words(procedure, _):
        click.echo(sentence)
    before = None
    for one in examples(procedure):
        if one.task != before:
            of_criterion = _("Task {task}, criterion {criterion}:").format(task=one.task, criterion=one.criterion)
            click.echo(f"\n{of_criterion}")
            before = one.task
        stands = _("third marking") if one.stands is None else _sign(one.stands)
        said = _("{first} and {second}: {stands}").format(
            first=_sign(one.first), second=_sign(one.second), stands=stands
        )
        click.echo(f"  {said}")


def _sign(given: Given) -> str:
    from scoring.forms.stated import sign

    return sign(given)


@rules.command(
    help=N_(
        "Find the rule that made final scores from two readings, with every exception. The table has the columns "
        "first, second, final, and may have third and times (or первая, вторая, итог, третья, раз)."
        "\n\nExample: crosscheck rules infer last-year.csv"
    )
)
@_file
def infer(file: Path) -> int:
    from crosscheck.tables import read_tables
    from scoring import inferring

    (table, *_more) = read_tables(file)
    recorded = list(_recorded(table))
    found = inferring.infer(recorded)
    if left := len(table.rows) - len(recorded):
        click.echo(_("{n} rows with X are left out: what X against points means is not inferred.").format(n=left))
    for line in list(_inferred(found)) or [_("The table has no rows.")]:
        click.echo(line)
    return Exit.PERSON_NEEDED if found.pair.exceptions or found.three.exceptions else Exit.DONE


def _recorded(table: Table) -> Iterator[Recorded]:
    """Rows of the table. Raises TableProblems with every fault."""
    from crosscheck.table_values import TableProblem, quoted
    from scoring.inferring import Recorded

    problems: list[TableProblem] = []
    named = {cell.text.lower(): at for at, cell in enumerate(table.header)}
    places = {name: next((named[word] for word in words if word in named), None) for name, words in _COLUMNS.items()}
    if missing := [name for name in _NEEDED if places[name] is None]:
        header = "; ".join(cell.text for cell in table.header)
        allowed = _("columns {columns}").format(columns=", ".join(missing))
        problems.append(TableProblem(table.source, table.sheet, "", quoted(header), allowed))
        raise _refused(problems)
    found = []
    for row in (row for row in table.rows if not _has_x(row, places)):
        values: dict[str, int | None] = {}
        for name, at in places.items():
            least, most = (1, _MOST_TIMES) if name == "times" else (0, _MOST_POINTS)
            text = "" if at is None else row.cells[at].text
            if not text and name not in _NEEDED:
                values[name] = None
            elif re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
                values[name] = int(text)
            else:
                allowed = _("a whole number from {low} to {high}").format(low=least, high=most)
                place = str(row.cells[at].place) if at is not None else ""
                problems.append(TableProblem(table.source, table.sheet, place, quoted(text), allowed))
        found.append(values)
    if problems:
        raise _refused(problems)
    for values in found:
        first, second, final = (values[name] or 0 for name in _NEEDED)
        times = values["times"]
        yield Recorded(first, second, values["third"], final, 1 if times is None else times)


def _has_x(row: Row, places: Mapping[str, int | None]) -> bool:
    """Whether somebody gave X, on whichever keyboard, in any column that counts."""
    return any(at is not None and row.cells[at].text.strip().upper() in ("X", "Х") for at in places.values())


def _refused(problems: Sequence[TableProblem]) -> Exception:
    from crosscheck.tables import TableProblems

    listing = "\n".join(f"  {problem}" for problem in problems[:_MOST_PROBLEMS])
    return TableProblems(file=problems[0].file, count=len(problems), listing=listing, problems=tuple(problems))


def _inferred(found: Inferred) -> Iterator[str]:
    if found.pair.rows:
        names = [_pair_words()[rule.value] for rule in found.pair.rules]
        yield _("Two readings: {rule}; explains {explained} of {rows}.").format(
            rule=names[0], explained=found.pair.explained, rows=found.pair.rows
        )
        yield from _as_well(names[1:])
        yield from _exceptions(found.pair.exceptions)
    if found.three.rows:
        names = [_three_words()[rule.value] for rule in found.three.rules]
        yield _("With a third reading: {rule}; explains {explained} of {rows}.").format(
            rule=names[0], explained=found.three.explained, rows=found.three.rows
        )
        yield from _as_well(names[1:])
        yield from _exceptions(found.three.exceptions)
        yield _("Third readings: at {called} points apart or more; without one up to {not_called}.").format(
            called=found.called, not_called="—" if found.not_called is None else found.not_called
        )


def _as_well(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield _("  The table can't tell it from: {rules}.").format(rules="; ".join(names))


def _exceptions(exceptions: Sequence[Recorded]) -> Iterator[str]:
    for one in exceptions[:_MOST_EXCEPTIONS]:
        third = "" if one.third is None else f", {one.third}"
        yield _("  exception: {first}, {second}{third} made {final} ({times} times)").format(
            first=one.first, second=one.second, third=third, final=one.final, times=one.times
        )
    if len(exceptions) > _MOST_EXCEPTIONS:
        yield _("  and {more} more").format(more=len(exceptions) - _MOST_EXCEPTIONS)


def _pair_words() -> dict[str, str]:
    return {
        "mean_up": _("the mean, rounded up"),
        "mean_down": _("the mean, rounded down"),
        "higher": _("the higher one"),
        "lower": _("the lower one"),
        "first": _("the first one"),
        "second": _("the second one"),
        "sum": _("the sum"),
    }


def _three_words() -> dict[str, str]:
    return {
        "final": _("the third one"),
        "nearest": _("the mean of the third and the nearest other, rounded up"),
        "mean": _("the mean of all three, rounded up"),
        "nearest_sum": _("the sum of the third and the nearest other"),
    }


@click.command(
    help=stages.help_of(
        "thresholds",
        "From the double markings of this procedure: for each threshold of a task, how many works a third expert would "
        "mark, the hours that takes, and how far final totals lie from what works deserve, by what is done with third "
        "markings. Nothing is changed; the rule in use has a mark.",
        "crosscheck thresholds",
    )
)
@with_station
def thresholds(station: Station) -> int:
    from scoring import settle
    from scoring import thresholds as measure
    from scoring.errors import MarkedOnce

    procedure = station.procedure()
    if procedure.markings < 2:
        raise MarkedOnce(procedure=procedure.code)
    with station.ledger.reading() as connection:
        scores = settle.all_scores(connection)
    independent = measure.complete(procedure, list(scores.values()))
    found = measure.costs(procedure, independent, measure.candidates(procedure))
    if isinstance(found, measure.TooFewWorks):
        told = _("Works with two complete markings: {works}. From {needed} on thresholds can be compared.")
        click.echo(told.format(works=found.works, needed=found.needed))
        return Exit.PERSON_NEEDED
    for line in _compared(procedure, found, len(independent)):
        click.echo(line)
    return Exit.DONE


def _compared(procedure: Procedure, found: Sequence[Cost], works: int) -> Iterator[str]:
    yield _("Works with two complete markings: {works}.").format(works=works)
    columns = (
        _("task differs by"),
        _("third markings"),
        _("of works"),
        _("hours"),
        _("error, third final"),
        _("nearest two"),
        _("mean of three"),
    )
    rows = [columns, *(_row(procedure, one, works, last=one is found[-1]) for one in found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(columns))]
    for row in rows:
        yield "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))
    yield _(
        "Error: of a final total, in points (root of the mean square), if third experts are as careful as the others."
    )
    shift = found[-1].shift[procedure.rules.third]
    yield _(
        "Without third markings totals lie {shift} points from what works deserve, in the mean: that is rounding."
    ).format(shift=f"{shift:+.2f}")


def _row(procedure: Procedure, one: Cost, works: int, *, last: bool) -> tuple[str, ...]:
    from crosscheck.procedure import Third

    used = " *" if one.rules == procedure.rules else ""
    name = _("never") if last else _("{n} or more").format(n=one.rules.task_difference)
    minutes = procedure.minutes_per_work
    hours = f"{one.works * minutes / 60:.1f}" if minutes else "—"
    errors = (f"{one.error[rule]:.2f}" for rule in (Third.FINAL, Third.NEAREST, Third.MEAN))
    return (name + used, str(one.works), f"{100 * one.works / works:.0f} %", hours, *errors)
