"""Commands about an allocation to come: what blocks it and what would help, what would be with other experts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder, PrivateKey
from crosscheck.model import WHOLE
from crosscheck.session import json_option, show, unlocked, with_station
from crosscheck.station import Station
from packets import allocations
from packets.calling import Calling
from packets.errors import NoSuchExpertHere, NoSuchSchoolHere

if TYPE_CHECKING:  # the solver comes with them
    from packets.assigning import Waiting
    from packets.problem import Infeasible, Problem, Solution
    from packets.what_if import Asked, Change

    _Decided = tuple[Problem, Solution | Infeasible]

_NAMES = click.option(
    "--names", is_flag=True, help=N_("Numbers of schools, codes of experts: asks the coordinator too.")
)


@click.command(
    help=N_(
        "Say what blocks the allocation that waits, and what would help.\n\nThe smallest set of works that can't be "
        "given out, who may mark them, and the least changes that would make it possible, to choose from. Conflicts "
        "are never given up. Nothing is decided or recorded; ends with 10 when something blocks."
        "\n\nExample: crosscheck allocate explain --names"
    )
)
@_NAMES
@with_station
def explain(station: Station, names: bool) -> int:
    from packets import assigning
    from packets.parting import parted
    from packets.waivers import said_of_parts

    called = _called(station, names)
    waits = assigning.waiting(station, unlocked(station, Holder.ORGANISER))
    if waits is None:
        click.echo(_("nothing waits"))
        return Exit.DONE
    blocks = said_of_parts(parted(waits.problem, waits.parting), called)
    click.echo(blocks.rstrip() or _("Nothing blocks what waits."))
    return Exit.PERSON_NEEDED if blocks else Exit.DONE


def _called(station: Station, names: bool) -> Calling:
    return allocations.told(station, unlocked(station, Holder.COORDINATOR)) if names else allocations.printed(station)


# --- what if --------------------------------------------------------------------------------------------

_VALUE = re.compile(r"(.+)=([+-]?)([0-9]{1,6})")


_Values = tuple[tuple[str, str, int], ...]


def _values(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> _Values:
    """Each `NAME=N`, with a sign where it is a difference."""
    found = [_VALUE.fullmatch(value) for value in given]
    for value, match in zip(given, found, strict=True):
        if match is None:
            raise click.BadParameter(_("{value} is not NAME=N with a whole number N").format(value=value))
    return tuple((match[1].strip(), match[2], int(match[3])) for match in found if match is not None)


def _new(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> _Values:
    """The same for somebody new: a number, and no difference to one."""
    values = _values(context, parameter, given)
    for value, (_name, sign, _number) in zip(given, values, strict=True):
        if sign:
            raise click.BadParameter(_("{value} is not NAME=N with a whole number N").format(value=value))
    return values


@click.command(
    name="what-if",
    help=N_(
        "Show what would be with other experts, schools or capacities, beside what is today.\n\nToday is what waits to "
        "be allocated, or else the newest allocation. Shown are whether it is possible, loads, spread, pairs of "
        "schools that mark each other, and what each wish costs. Nothing is decided or recorded; ends with 10 when it "
        "would be impossible. Schools and experts are named by number and code, for which the coordinator's key is "
        "needed too, or by the beginnings of their opaque codes. `all` are all experts who have a capacity, `new` is "
        "a school of its own."
        "\n\nExample: crosscheck allocate what-if --without-expert Э01 --add-expert 12=40 --capacity all=+5"
    ),
)
@click.option("--add-expert", "experts", multiple=True, callback=_new, help=N_("SCHOOL=N: one more, capacity N."))
@click.option("--add-school", "schools", multiple=True, callback=_new, help=N_("NAME=N: one more, with N works."))
@click.option("--without-expert", "no_experts", multiple=True, help=N_("An expert who takes no works."))
@click.option("--without-school", "no_schools", multiple=True, help=N_("A school that drops out, works and experts."))
@click.option("--capacity", "capacities", multiple=True, callback=_values, help=N_("EXPERT=N, or =+N, or =-N."))
@click.option("--task", help=N_("Where works are given out in parts and nothing waits: of the part with this task."))
@_NAMES
@json_option
@with_station
def what_if(
    station: Station,
    experts: _Values,
    schools: _Values,
    no_experts: tuple[str, ...],
    no_schools: tuple[str, ...],
    capacities: _Values,
    task: str | None,
    names: bool,
    as_json: bool,
) -> int:
    from packets.parting import parted
    from packets.problem import Infeasible
    from packets.solve import solve
    from packets.waivers import said_of_parts
    from packets.what_if import Asked, beside, changed, outlook

    waits, today = _today(station, unlocked(station, Holder.ORGANISER), task)
    asked = Asked(experts, schools, no_experts, no_schools, capacities)
    called, changes = _meant(station, waits.problem, asked, names)
    parting = waits.parting
    then = parted(changed(waits.problem, changes, station.procedure().scheme, parting.whole), parting)
    found = [solve(of.problem) for of in then.problems]
    rows = [
        {**({"tasks": ", ".join(of.problem.tasks)} if of.problem.tasks else {}), **row}
        for (before, was), of, will in zip(today, then.problems, found, strict=True)
        for row in beside(outlook(before, was, _), outlook(of.problem, will, _))
    ]
    columns = ("what", "today", "then", "changed")
    show(rows, ("tasks", *columns) if "tasks" in rows[0] else columns, as_json=as_json)
    if any(isinstance(will, Infeasible) for will in found):
        click.echo(said_of_parts(then, called).rstrip(), err=as_json)
        return Exit.PERSON_NEEDED
    return Exit.DONE


def _today(station: Station, organiser: PrivateKey, task: str | None) -> tuple[Waiting, list[_Decided]]:
    """What waits, or else an allocation that was made, by itself; each part as it is or would be given out today."""
    from packets import assigning
    from packets.parting import Parting, Share, parted
    from packets.solve import solve

    waits = assigning.waiting(station, organiser)
    if waits is not None:
        return waits, [(of.problem, solve(of.problem)) for of in parted(waits.problem, waits.parting).problems]
    newest = allocations.opened(station, organiser, None, task)
    whole = Parting((Share(station.procedure().part(WHOLE), 1),))
    return assigning.Waiting(newest.problem, whole), [(newest.problem, newest.solution)]


def _meant(station: Station, problem: Problem, asked: Asked, names: bool) -> tuple[Calling, tuple[Change, ...]]:
    """The changes asked for. The coordinator's key is used when it is asked for, or when a name is no opaque code."""
    from packets.what_if import meant

    called = _called(station, names)
    try:
        return called, meant(asked, problem, called)
    except (NoSuchExpertHere, NoSuchSchoolHere):
        if names:
            raise
    called = _called(station, names=True)
    return called, meant(asked, problem, called)
