"""What families are called and what is said of them, in the procedure's language. Pure. No word accuses."""

from __future__ import annotations

from collections.abc import Iterator

from crosscheck.report import Cell, Decimal, Formula, Row, Sign, Table, Text, Whole, Withheld
from scoring.markers import identical, journal, results, step
from scoring.markers.judged import Absent, Family, Few, Kind, Outcome, Tested, Why
from scoring.measures.excess import LEAST_SCHOOLS, LEAST_WORKS
from scoring.origins import Files, traced
from scoring.reports import Words, natural

SHOWN_P = 0.0001
_OF_EXPERTS = frozenset({Kind.DRIFT, Kind.HALO, Kind.SPREAD})


def title(kind: Kind, _: Words) -> str:
    """Of the table of a family."""
    return {
        Kind.RAISED: _("Results above other schools"),
        Kind.PROFILE: _("Hard tasks better, easy ones worse"),
        Kind.OWN: _("Own marking above the cross-check"),
        Kind.STEP: _("Step at boundaries of marks"),
        Kind.IDENTICAL: _("Works of a class with equal points"),
        Kind.JOURNAL: _("Results above the journal"),
        Kind.JUMP: _("Change against last year"),
        Kind.DRIFT: _("Shift while marking"),
        Kind.HALO: _("One impression for all tasks"),
        Kind.SPREAD: _("Spread of differences"),
    }[kind]


def unit(kind: Kind, _: Words) -> str:
    """What the effect is counted in."""
    return {
        Kind.RAISED: _("Above the others, points of a work"),
        Kind.PROFILE: _("Difference of shares, hard less easy"),
        Kind.OWN: _("Above the usual school, points of a work"),
        Kind.STEP: _("Share of the works just below that lie at the boundary instead"),
        Kind.IDENTICAL: _("Pairs of works above the usual number"),
        Kind.JOURNAL: _("Share of works above the journal, less the usual one"),
        Kind.JUMP: _("Change less that of other schools, standard deviations"),
        Kind.DRIFT: _("Change, points of a work (above 0: more points)"),
        Kind.HALO: _("Share of one impression in differences"),
        Kind.SPREAD: _("Times the usual variance"),
    }[kind]


def meaning(kind: Kind, _: Words) -> str:
    """How it was measured, what was taken into account, and the least number."""
    return {
        Kind.RAISED: _(
            "Mean of the school against the mean of the other schools; that schools differ in good faith is taken into "
            "account. Named from {spreads} standard deviations and z above {z} on; at least {least} works."
        ).format(spreads=number(results.HIGH_SPREADS), z=number(results.HIGH_Z), least=results.LEAST_RAISED),
        Kind.PROFILE: _(
            "The hardest third of tasks less the easiest third, against works of other schools with about the same "
            "totals; the level of the school is taken out. At least {least} works."
        ).format(least=results.LEAST_PROFILE),
        Kind.OWN: _(
            "What the school gave, by its own file or else by its form, less what experts gave; severities of those "
            "experts and good-faith differences between schools are taken into account. At least {least} works and "
            "{schools} schools."
        ).format(least=LEAST_WORKS, schools=LEAST_SCHOOLS),
        Kind.STEP: _(
            "Works at a boundary of marks and just below it, exactly, against the distribution of the other schools "
            "brought to the mean of this one; all boundaries together. At least {least} works: a class is too small."
        ).format(least=step.LEAST_WORKS),
        Kind.IDENTICAL: _(
            "Pairs of works of one class with the same points for every criterion, against how often they occur in the "
            "district among works with the same total, and in other classes. Works with all points or none are left "
            "out. At least {least} works."
        ).format(least=identical.LEAST_WORKS),
        Kind.JOURNAL: _(
            "Share of works whose mark is above the one in the journal, against the other schools; that schools differ "
            "in good faith is taken into account. At least {least} works."
        ).format(least=journal.LEAST_WORKS),
        Kind.JUMP: _(
            "Change of the mean against last year, in standard deviations, against the change of other schools; that "
            "cohorts differ is taken into account. More works don't make this surer. At least {least} works each year."
        ).format(least=results.LEAST_COHORT),
        Kind.DRIFT: _(
            "Differences from other experts in the order of rows, their severities taken off (cumulative sums). Limits "
            "don't allow for the place having been looked for."
        ),
        Kind.HALO: _(
            "How much of a difference between two experts goes through all tasks of a work alike. Experts who share "
            "most works with one other are left out: the two can't be told apart."
        ),
        Kind.SPREAD: _(
            "Variance of differences from other experts against that of all others; severities are taken off, the long "
            "tails of points are taken into account. Experts who share most works with one other are left out."
        ),
    }[kind]


def why(absent: Absent, _: Words) -> str:
    """Why a family is not judged."""
    said = {
        Why.NOTHING: _("no data"),
        Why.FEW_GROUPS: _("too few schools or classes with enough works to tell what is usual"),
        Why.SAME: _("not enough data: all values are the same"),
        Why.NOT_LINKED: _("no work links all experts: schools are not compared. Groups of experts: {groups}."),
        Why.MANY_READERS: _("more experts than are told from schools at once (8,000): judge districts one by one"),
        Why.ONE_MARKING: _("works are marked once: severity of experts can't be told from the school's doing"),
        Why.REPEATS: _("forms of schools repeat what experts gave: nothing is known of own marking"),
        Why.SCALE: _("the scale is too short beside its boundaries"),
        Why.NO_BOUNDARIES: _("no boundaries"),
    }[absent.why]
    return said.format(groups="; ".join(", ".join(some) for some in absent.groups))


def _nowhere(_name: str) -> tuple[str, ...]:
    return ()


def table(found: Family, who: str, named: str, _: Words, *, times: float = 1.0, files: Files = _nowhere) -> Table:
    """A family: one row for each group that was judged. who: what groups are; named: what is said of those that stand
    out; times: what the effect is multiplied by; files: where the works of a group stand."""
    columns = (who, _("Works"), unit(found.kind, _), _("Limit, from"), _("Limit, to"), _("p-value"), _("What it says"))
    rows = tuple(_row(one, named, times) for one in found.tested)
    made = Table(title(found.kind, _), columns, rows, tuple(_notes(found, _)))
    how = _("See the note under the table “{title}”.").format(title=title(found.kind, _))
    effect = Formula(found.kind.value.replace("_", "-"), unit(found.kind, _), how)
    return traced(made, dict.fromkeys((2, 3, 4), effect), files)


def _row(one: Tested, named: str, times: float) -> Row:
    figures = tuple(decimal(times * value) for value in (one.effect, one.low, one.high))
    said: Cell = Text(named) if one.marked else Withheld("—")
    return (Text(one.name), Whole(one.works), *figures, p_cell(one.p), said)


def decimal(value: float, digits: int = 2) -> Decimal:
    """A figure without the sign of a nought."""
    return Decimal(value if abs(value) >= 0.5 / 10**digits else 0.0, digits)


def p_cell(p: float) -> Cell:
    """A p-value; very small ones are not told apart."""
    return Decimal(p, 4) if p >= SHOWN_P else Sign("< " + f"{SHOWN_P:.4f}".replace(".", ","))


def _notes(found: Family, _: Words) -> Iterator[str]:
    yield meaning(found.kind, _)
    if found.tested:
        yield _(
            "Judged: {n}. Markers: {marked}; of these {false} may be expected to be false (false discovery rate "
            "{rate} % within the table)."
        ).format(
            n=len(found.tested),
            marked=len(found.marked),
            false=number(found.expected_false),
            rate=number(100 * found.rate),
        )
        if found.kind in _OF_EXPERTS:
            yield _("Limits are those of 95 % for each expert alone.")
        else:
            yield _("Limits are those of 95 %, wider where the choice of markers asks for it.")
    else:
        yield _("not enough data")


def few_table(families: tuple[Outcome, ...], _: Words) -> Iterator[Table]:
    """Groups with too few works, and how many would be needed; nothing where there are none."""
    some = [(found.kind, one) for found in families for one in found.few]
    if some:
        columns = (_("Not judged"), _("What"), _("Works"), _("Works needed"))
        ordered = sorted(some, key=lambda pair: (natural(pair[1].name), pair[0]))
        rows = tuple(_few_row(kind, one, _) for kind, one in ordered)
        note = _(
            "Works needed: with so many, a large effect would be found in four of five cases (t-test, exact binomial, "
            "chi-squared, normal approximation for steps; level 0.005). Groups that are named here have too few for a "
            "verdict of any kind; others may have fewer works than that, and only a very large effect shows."
        )
        yield Table(_("Not enough data"), columns, rows, (note,))


def _few_row(kind: Kind, one: Few, _: Words) -> Row:
    return (Text(one.name), Text(title(kind, _)), Whole(one.works), Whole(one.needed))


def number(value: float) -> str:
    """A figure within a sentence."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",") or "0"
