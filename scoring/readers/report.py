"""The report on experts: for the methodist all of them, for an expert what concerns them alone. Pure.

Points first: logits stand beside them. An expert's own report holds no figure of another, and where fewer than five are
compared, none from which another's could be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from crosscheck.i18n import translator
from crosscheck.procedure import Procedure
from crosscheck.report import Cell, Decimal, Report, Row, Share, Table, Text, Whole, Withheld
from scoring.markers.judged import Absent, Family, Kind, Outcome, Tested
from scoring.markers.words import decimal, few_table, meaning, number, table, title, unit, why
from scoring.measures.components import Components
from scoring.measures.figures import NotEnoughData, NoVariation
from scoring.measures.icc import Form, Of
from scoring.origins import told, traced
from scoring.readers.district import READER, TASK, WANTED, WORK, Bound, Estimated, Interval, dependable
from scoring.readers.judging import Judged
from scoring.readers.repeats import Mean
from scoring.reports import Words, natural
from scoring.severities import Severe

GOOD_KAPPA = 0.7
COMPARED = 5  # experts: of fewer an own report shows no comparison

Names = Mapping[str, str]  # from numbers to what is shown instead


def reader_report(procedure: Procedure, found: Judged, names: Names | None = None) -> Report:
    """All experts, by number, or after release by name."""
    _, shown = translator(procedure.language), names or {}
    lines = (
        procedure.title,
        _("For the methodist only. Nobody is judged as a person by it: it says whom to ask and what to talk about."),
    )
    families = tuple(_shown(one, shown) for one in (found.families.drift, found.families.halo, found.families.spread))
    named = _("stands out: look at the works together")
    tables = (
        _experts(found, shown, _),
        *(
            _with_places(table(one, _("Expert"), named, _, files=_files), one, found, shown, _)
            for one in _in_points(families, found, shown)
            if isinstance(one, Family) and one.tested
        ),
        *_not_judged(families, _),
        *_hidden(found, shown, _),
        *_district(found, _),
        *few_table(families, _),
    )
    return Report(_("Experts"), lines, tables, procedure.language)


def _shown(found: Outcome, names: Names) -> Outcome:
    few = tuple(replace(one, name=names.get(one.name, one.name)) for one in found.few)
    match found:
        case Absent():
            return replace(found, few=few)
        case Family():
            tested = tuple(replace(one, name=names.get(one.name, one.name)) for one in found.tested)
            return replace(found, tested=tested, few=few)


def _in_points(families: Sequence[Outcome], found: Judged, names: Names) -> Iterator[Outcome]:
    """Shifts are measured in usual spreads and told in points."""
    points = {names.get(expert, expert): one for expert, one in found.points.items()}
    for one in families:
        if isinstance(one, Family) and one.kind is Kind.DRIFT:
            yield replace(one, tested=tuple(_times(t, points.get(t.name, 1.0)) for t in one.tested))
        else:
            yield one


def _times(one: Tested, points: float) -> Tested:
    return replace(one, effect=points * one.effect, low=points * one.low, high=points * one.high)


def _with_places(made: Table, family: Family, found: Judged, names: Names, _: Words) -> Table:
    """Of shifts that stand out, from where on."""
    if family.kind is not Kind.DRIFT:
        return made
    numbers = {names.get(expert, expert): expert for expert in found.experts}
    places = [(one.name, found.families.drifts[numbers[one.name]]) for one in family.marked]
    said = tuple(
        _("{expert}: from work {since} of {works} on").format(expert=name, since=one.since + 1, works=one.works)
        for name, one in places
    )
    return replace(made, notes=(*made.notes, *said))


def _not_judged(families: Sequence[Outcome], _: Words) -> Iterator[Table]:
    rows = tuple((Text(title(one.kind, _)), Text(why(one, _))) for one in families if isinstance(one, Absent))
    if rows:
        yield Table(_("Not judged"), (_("What"), _("Note")), rows)


def _experts(found: Judged, names: Names, _: Words) -> Table:
    columns = (
        _("Expert"),
        _("Works"),
        _("More or less severe, points"),
        _("Margin, ± points"),
        _("Fair mean, points"),
        _("Severity, logits"),
        _("Error, logits"),
        _("Infit"),
        _("Outfit"),
    )
    rows = tuple(
        (
            Text(names.get(expert, expert)),
            Whole(found.works[expert]),
            *_severity(found, expert, _),
            *_scaled(found, expert),
        )
        for expert in found.experts
    )
    notes = (
        _("Severity: points of a work given less (minus: more) than by a usual expert, whoever else marked the works."),
        _("Fair mean: what the expert would give to a work of mean level; by the Rasch model, as logits are."),
        _("Infit and outfit are 1 where points lie as the model expects; 0.5 to 1.5 is usual. They decide nothing."),
        *_groups(found, names, _),
    )
    points, logits = told("severity", _), told("logits", _)
    how = {2: points, 3: points, **dict.fromkeys(range(4, 9), logits)}
    return traced(Table(_("Severity of experts"), columns, rows, notes), how, _files)


def _files(_expert: str) -> tuple[str, ...]:
    """Where what experts gave stands work by work."""
    return ("discrepancies",)


def _groups(found: Judged, names: Names, _: Words) -> Iterator[str]:
    """Experts that no work links, where there are such."""
    groups: dict[int, list[str]] = {}
    for expert in found.experts:
        if expert in found.severity:
            groups.setdefault(found.severity[expert].group, []).append(names.get(expert, expert))
    if len(groups) > 1:
        yield _("No work links these groups of experts, and they are not compared with each other: {groups}.").format(
            groups="; ".join(", ".join(sorted(some, key=natural)) for some in groups.values())
        )


def _severity(found: Judged, expert: str, _: Words) -> tuple[Cell, Cell]:
    one = found.severity.get(expert)
    if isinstance(one, Severe):
        return decimal(one.points), decimal(one.margin)
    return Withheld(_("not enough data")), Withheld("—")


def _scaled(found: Judged, expert: str) -> Row:
    one = found.scaled.get(expert)
    if one is None:
        return tuple(Withheld("—") for _column in range(5))
    return tuple(decimal(value) for value in (one.fair, one.severity, one.error, one.infit, one.outfit))


def _hidden(found: Judged, names: Names, _: Words) -> Iterator[Table]:
    """Hidden works; nothing where none were hidden."""
    if not found.repeated:
        return
    columns = (
        _("Expert"),
        _("Works a second time"),
        _("The same points, criteria"),
        _("Second time less first, points of a work"),
        _("Margin, ± points"),
        _("Exemplar works"),
        _("Mean difference from the others, points"),
        _("Margin, ± points"),
    )
    rows = tuple(
        (
            Text(names.get(expert, expert)),
            Whole(one.again.works if one.again else 0),
            Withheld("—") if one.same is None else Share(one.same),
            *_mean(one.again, _),
            Whole(one.exemplars.works if one.exemplars else 0),
            *_mean(one.exemplars, _),
        )
        for expert, one in sorted(found.repeated.items(), key=lambda item: natural(item[0]))
    )
    notes = (_("A difference within its margin may be chance; of fewer than five works there is no margin."),)
    again = told("again", _)
    how = {2: told("same", _), 3: again, 4: again, 6: again, 7: again}
    yield traced(Table(_("Hidden works"), columns, rows, notes), how, _files)


def _mean(one: Mean | None, _: Words) -> tuple[Cell, Cell]:
    if one is None:
        return Withheld("—"), Withheld("—")
    return decimal(one.value), Withheld(_("not enough data")) if one.margin is None else decimal(one.margin)


# --- all experts together ------------------------------------------------------------------------


def _district(found: Judged, _: Words) -> Iterator[Table]:
    yield _kappas(found, _)
    yield _icc(found, _)
    if isinstance(found.components, Components):
        yield _components(found.components, found.criteria, _)


def _kappas(found: Judged, _: Words) -> Table:
    columns = (
        _("Criterion"),
        _("Works"),
        _("Weighted kappa"),
        _("Interval 95 %, from"),
        _("Interval 95 %, to"),
        _("Against {limit}").format(limit=number(GOOD_KAPPA)),
    )
    rows = (
        *((Text(name), *_estimated(one, _)) for name, one in found.kappas.items()),
        (Text(_("Total")), *_estimated(found.kappa_of_totals, _)),
    )
    notes = (_("What is said of a limit is said by the interval, never by the figure itself; works are drawn again."),)
    kappa = told("kappa", _)
    return traced(Table(_("Agreement with limits"), columns, rows, notes), {2: kappa, 3: kappa, 4: kappa}, _files)


def _estimated(one: Estimated, _: Words) -> Row:
    match one:
        case Interval():
            figures = tuple(decimal(value) for value in (one.value, one.low, one.high))
            return (Whole(one.works), *figures, Text(_bound(one.against(GOOD_KAPPA), _)))
        case NotEnoughData(n=n, needed=needed):
            note = _("not enough data (fewer than {needed})").format(needed=needed)
            return (Whole(n), Withheld("—"), Withheld("—"), Withheld("—"), Withheld(note))
        case NoVariation(n=n):
            return (Whole(n), Withheld("—"), Withheld("—"), Withheld("—"), Withheld(_("all the same")))


def _bound(bound: Bound, _: Words) -> str:
    return {Bound.AT_LEAST: _("not below"), Bound.BELOW: _("below"), Bound.OPEN: _("can't be said")}[bound]


def _icc(found: Judged, _: Words) -> Table:
    columns = (_("Intraclass correlation"), _("Value"), _("Interval 95 %, from"), _("Interval 95 %, to"))
    forms = {
        Form.ONE_WAY: _("one way"),
        Form.AGREEMENT: _("agreement"),
        Form.CONSISTENCY: _("consistency"),
    }
    of = {Of.SINGLE: _("one marking"), Of.MEAN: _("mean of the markings of a work")}
    if isinstance(found.icc, NotEnoughData | NoVariation):
        return Table(_("Intraclass correlations of totals"), columns, (), (_("not enough data"),))
    rows = tuple(
        (Text(f"{forms[form]}, {of[which]}"), decimal(one.value, 3), decimal(one.low, 3), decimal(one.high, 3))
        for (form, which), one in sorted(found.icc.items())
    )
    return Table(_("Intraclass correlations of totals"), columns, rows)


def _components(found: Components, criteria: int, _: Words) -> Table:
    """Variances of scores as shares of the maximum; a negative one is shown as it is."""
    names = {
        frozenset({WORK}): _("works"),
        frozenset({READER}): _("severity of experts"),
        frozenset({TASK}): _("difficulty of criteria"),
        frozenset({WORK, TASK}): _("work and criterion"),
        frozenset({READER, TASK}): _("expert and criterion"),
        frozenset({WORK, READER}): _("expert's impression of a work"),
        frozenset({WORK, READER, TASK}): _("all else"),
    }
    whole = sum(max(0.0, found[some]) for some in (*WANTED, frozenset({WORK, READER, TASK})))
    rows = tuple(
        (Text(name), decimal(found[some], 4), Share(max(0.0, found[some]) / whole) if whole > 0 else Withheld("—"))
        for some, name in names.items()
    )
    expected = [(n, dependable(found, n, criteria)) for n in (1, 2, 3)]
    notes = tuple(
        _("Dependability of a total with {n} markings: {value}").format(n=n, value=number(value))
        for n, value in expected
        if value is not None
    )
    columns = (_("Where scores differ"), _("Variance, shares of the maximum"), _("Share"))
    return Table(_("Components of variance"), columns, rows, notes)


# --- one expert alone ----------------------------------------------------------------------------


def own_report(procedure: Procedure, found: Judged, expert: str) -> Report:
    """What concerns one expert, by number: nobody else's figures."""
    _ = translator(procedure.language)
    group = found.severity[expert].group if expert in found.severity else 0
    enough = sum(one.group == group for one in found.severity.values()) >= COMPARED
    rows: list[Row] = [(Text(_("Works")), Whole(found.works[expert]), Withheld("—"), Text(""))]
    rows += _own_severity(found, expert, enough, _)
    rows += [_own_family(one, found, expert, enough, _) for one in _own_families(found)]
    rows += _own_hidden(found, expert, enough, _)
    columns = (_("What"), _("Value"), _("Interval or margin"), _("Note"))
    lines = (
        procedure.title,
        _("Expert {expert}. For the expert alone: no figure of another expert is in it.").format(expert=expert),
        _("A figure within its margin may be chance. Nobody is judged as a person by it."),
    )
    notes = tuple(f"{title(kind, _)}: {meaning(kind, _)}" for kind in (Kind.DRIFT, Kind.HALO, Kind.SPREAD))
    table = Table(_("Own figures"), columns, tuple(rows), notes)
    return Report(_("Own report of an expert"), lines, (table,), procedure.language)


def _own_severity(found: Judged, expert: str, enough: bool, _: Words) -> list[Row]:
    name, fair = Text(_("More or less severe, points")), Text(_("Fair mean, points"))
    few = (Withheld("—"), Withheld("—"), Text(_("withheld: fewer than {least} experts").format(least=COMPARED)))
    if not enough:
        return [(name, *few), (fair, *few)]
    points, margin = _severity(found, expert, _)
    scaled = _scaled(found, expert)
    note = Text(_("of a work; above 0: fewer points than others give"))
    return [(name, points, _plus_minus(margin), note), (fair, scaled[0], Withheld("—"), Text(""))]


def _plus_minus(margin: Cell) -> Cell:
    return Text(f"± {margin.value:.2f}".replace(".", ",")) if isinstance(margin, Decimal) else margin


def _own_families(found: Judged) -> Iterator[Outcome]:
    yield from _in_points((found.families.drift, found.families.halo, found.families.spread), found, {})


def _own_family(family: Outcome, found: Judged, expert: str, enough: bool, _: Words) -> Row:
    name = Text(f"{title(family.kind, _)}. {unit(family.kind, _)}")
    mine = [one for one in family.tested if one.name == expert] if isinstance(family, Family) else []
    if not enough:
        note = _("withheld: fewer than {least} experts").format(least=COMPARED)
        return (name, Withheld("—"), Withheld("—"), Text(note))
    if not mine:
        tangled = expert in found.tangled and family.kind is not Kind.DRIFT
        said = _("most works shared with one other: can't be told apart") if tangled else _("not enough data")
        return (name, Withheld("—"), Withheld("—"), Text(said))
    (one,) = mine
    limits = Text(f"{one.low:.2f} … {one.high:.2f}".replace(".", ","))
    note = _("stands out: look at the works together") if one.marked else _("as usual")
    return (name, decimal(one.effect), limits, Text(note))


def _own_hidden(found: Judged, expert: str, enough: bool, _: Words) -> list[Row]:
    one = found.repeated.get(expert)
    if one is None:
        return []
    rows: list[Row] = []
    works = _("works: {n}")
    if one.again is not None:
        value, margin = _mean(one.again, _)
        note = Text(works.format(n=one.again.works))
        rows.append((Text(_("Second time less first, points of a work")), value, _plus_minus(margin), note))
    if one.exemplars is not None and enough:
        name = Text(_("Exemplar works: difference from the others, points"))
        if one.others + 1 < COMPARED:
            few = Text(_("withheld: fewer than {least} experts").format(least=COMPARED))
            return [*rows, (name, Withheld("—"), Withheld("—"), few)]
        value, margin = _mean(one.exemplars, _)
        rows.append((name, value, _plus_minus(margin), Text(works.format(n=one.exemplars.works))))
    return rows
