"""Differences in words: kinds, steps, likely causes with what speaks for them, states. Pure."""

from __future__ import annotations

from crosscheck.i18n import N_
from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING, Given, Marking
from crosscheck.numbering import spaced
from crosscheck.report import Decimal
from crosscheck.report_text import shown
from crosscheck.times import on_day
from scoring.differences.causes import (
    Cause,
    Disagreement,
    Doubted,
    EarlierValue,
    Follows,
    Misread,
    NotCome,
    NotTold,
    OtherMeasure,
    SeverityExplains,
    Typing,
    Untried,
)
from scoring.differences.kinds import Account, Comparison, Kind, NextStep
from scoring.differences.slips import How
from scoring.differences.states import Asked, By, LookedAt, Note, Open, Settled, State
from scoring.forms.stated import NotStated, NotTaught, Stated, sign
from scoring.reports import Words


def kinds(_: Words) -> dict[Kind, str]:
    """What each kind is called."""
    return {
        Kind.TASK_DIFFERENCE: _("essential: points of the task"),
        Kind.CRITERION_DIFFERENCE: _("essential: points of a criterion"),
        Kind.ZERO_GATE: _("essential: 0 against points on a criterion that decides"),
        Kind.X_AGAINST_POINTS: _("essential: X against points"),
        Kind.SUM_DIFFERENCE: _("essential: total points"),
        Kind.MARK_DIFFERS: _("essential: school mark"),
        Kind.MINOR: _("minor"),
        Kind.MISSING: _("a score is missing"),
        Kind.SCHOOL_FORM: _("form of the school"),
        Kind.THIRD_FAR: _("third marking far from every earlier one"),
        Kind.OWN_MARKING: _("school's own marking"),
        Kind.RE_MARKED: _("re-marking"),
        Kind.MARK_CROSSED: _("another mark"),
        Kind.JOURNAL_MARK: _("mark in the journal"),
    }


def steps(_: Words) -> dict[NextStep, str]:
    """What happens next."""
    return {
        NextStep.THIRD_MARKING: _("third marking"),
        NextStep.DECIDED_BY_THIRD: _("decided by the third marking"),
        NextStep.RE_MARK: _("decided by the third marking, far from both: consider re-marking"),
        NextStep.LOOK: _("look at the work, and say what was found"),
        NextStep.APPEAL: _("decided by an appeal"),
        NextStep.BY_RULE: _("settled by rule"),
        NextStep.ENTER_MISSING: _("enter the missing score"),
        NextStep.ASK_SCHOOL: _("ask the school, or correct what stands"),
        NextStep.STANDS: _("looked at: what stands is right"),
    }


def marking_name(marking: Marking, _: Words) -> str:
    """What a marking is called on paper."""
    if marking == THIRD_MARKING:
        return _("Third marking")
    if marking == RE_MARKING:
        return _("Re-marking")
    if marking == APPEAL_MARKING:
        return _("Appeal")
    return _("Marking {n}").format(n=marking)


def stated_word(stated: Stated, _: Words) -> str:
    """What an account says of a criterion."""
    match stated:
        case NotStated():
            return _("nothing")
        case NotTaught():
            return _("n/t")
        case _:
            return sign(stated)


def account_word(account: Account, _: Words) -> str:
    """What an account makes of a whole work: `re-marking: 9 points, mark 4`."""
    name = comparisons(_)[account.whose]
    if account.whose is Comparison.EXPERTS:
        name = _("Marking {n}").format(n=account.marking)
    if account.whose is Comparison.MARK:
        name = _("stands")
    if account.total is None:
        return _("{account}: mark {mark}").format(account=name, mark=account.mark)
    if account.mark is None:
        return _("{account}: {total} points").format(account=name, total=account.total)
    return _("{account}: {total} points, mark {mark}").format(account=name, total=account.total, mark=account.mark)


def comparisons(_: Words) -> dict[Comparison, str]:
    """What differences are between."""
    return {
        Comparison.EXPERTS: _("between experts"),
        Comparison.THIRD: _("third marking"),
        Comparison.FORM: _("form of the school"),
        Comparison.OWN: _("school's own marking"),
        Comparison.REMARK: _("re-marking"),
        Comparison.MARK: _("another mark"),
        Comparison.JOURNAL: _("mark in the journal"),
    }


# --- causes --------------------------------------------------------------------------------------

_HOW = {
    How.SHIFTED: N_("typing slip: criteria {cells} have the points of the column beside them"),
    How.ROWS_SWAPPED: N_("typing slip: two rows are swapped; this one has the points of № {other} in {cells}"),
    How.EXCHANGED: N_("typing slip: criteria {cells} have each other's points"),
    How.DIGITS: N_("typing slip: the digits of {cells} are exchanged"),
    How.NEIGHBOUR_KEY: N_("typing slip: the key beside the right one in {cells}"),
}


def cause_word(cause: Cause, _: Words) -> str:
    """The likely cause with what speaks for it."""
    match cause:
        case Typing(slip=slip, other=other):
            cells = ", ".join(slip.cells) or _("the total")
            return _(_HOW[slip.how]).format(cells=cells, other=spaced(other) if other else "—")
        case Misread(cells=cells_read):
            return _("misread: {cells}").format(cells="; ".join(_doubted(one, _) for one in cells_read))
        case SeverityExplains():
            return _severity(cause, _)
        case EarlierValue() | Follows() | NotCome():
            return _pointing(cause, _)
        case Untried(criteria=criteria, of=among):
            return _("much was not attempted: X in {n} of {of} criteria").format(n=criteria, of=among)
        case Disagreement(severities=True):
            return _("experts judged differently: no cell is in doubt, and severities don't explain it")
        case Disagreement():
            return _("judged differently: no cell is in doubt")
        case OtherMeasure():
            return _("nothing in the work explains it; a journal sums up months, a work is one day")
        case NotTold():
            return _("nothing known explains it")


def _severity(cause: SeverityExplains, _: Words) -> str:
    text = _(
        "severity: totals differ by {observed}; from experts {higher} and {lower} {expected} ± {margin} is to be "
        "expected"
    )
    figures = {"expected": shown(Decimal(cause.expected, 1)), "margin": shown(Decimal(cause.margin, 1))}
    return text.format(observed=cause.observed, higher=cause.higher, lower=cause.lower, **figures)


def _pointing(cause: EarlierValue | Follows | NotCome, _: Words) -> str:
    """What lies elsewhere: in an earlier marking, in other differences, in points to come."""
    match cause:
        case EarlierValue(marking=marking):
            text = _("copied from an earlier marking: it says what this one gave: {marking}")
            return text.format(marking=marking_name(marking, _))
        case Follows(of=of):
            names = comparisons(_)
            return _("follows from other differences: {of}").format(of=", ".join(names[one] for one in of))
        case NotCome(markings=markings):
            named = ", ".join(marking_name(one, _) for one in markings)
            return _("points have not come in: {markings}").format(markings=named)


def _doubted(one: Doubted, _: Words) -> str:
    where = f"{marking_name(one.place.marking, _)}, {one.place.criterion}"
    if one.open:
        return _("{cell} still waits for a person").format(cell=where)
    could = ", ".join(sign_of(value) for value in one.might_be)
    text = _("{cell} could be read as {values}, a person decided") if one.decided else _("{cell} could be {values}")
    return text.format(cell=where, values=could)


def sign_of(given: Given) -> str:
    """Points or X."""
    return sign(given)


# --- states --------------------------------------------------------------------------------------

_BY = {
    By.RULE: N_("settled by rule"),
    By.THIRD: N_("settled by the third marking"),
    By.APPEAL: N_("settled by an appeal"),
    By.ANSWER: N_("settled: what stands is right"),
}


def state_word(state: State, _: Words) -> str:
    """Where a difference stands."""
    match state:
        case Open(changed=None):
            return _("open")
        case Open(changed=Note() as note):
            text = _("open again: its values changed after {who} settled it on {day}")
            return text.format(who=note.who, day=_day(note))
        case Asked(note=note):
            return _said(_("asked"), note)
        case LookedAt(note=note):
            return _said(_("being looked at"), note)
        case Settled(note=Note() as note):
            return _said(_("settled"), note)
        case Settled(by=by):
            return _(_BY[by])
    raise AssertionError(state)


def said_word(state: State, _: Words) -> str:
    """The same, where it says more than the step that a difference waits for."""
    quiet = (isinstance(state, Settled) and state.note is None) or state == Open()
    return "" if quiet else state_word(state, _)


def _said(what: str, note: Note) -> str:
    return f"{what}: {note.who}, {_day(note)}. {note.why}"


def _day(note: Note) -> str:
    return on_day(note.at)
