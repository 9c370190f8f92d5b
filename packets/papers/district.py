"""Papers of the district: who had the materials, re-marking, appeals. They name no school and no participant."""

from __future__ import annotations

import datetime

from packets.papers.blocks import Across, Column, Facts, Heading, Lines, Paper, Side, Table, Ticked, Ticks, Words
from packets.papers.common import HAND_ROW, numbered, signatures
from packets.papers.known import (
    AccessKnown,
    AppealsKnown,
    AppealThere,
    Gettext,
    GroupThere,
    Occasion,
    RemarksKnown,
)

# --- access -------------------------------------------------------------------------------------


def access_register(known: AccessKnown, _: Gettext) -> tuple[Paper, ...]:
    """Who had the materials and when: what the program recorded, and room for what it can't know."""
    opened = Table(
        (
            Column(_("when"), 30),
            Column(_("who"), 40, stretch=1),
            Column(_("part of the vault"), 26),
            Column(_("what for"), 26),
            Column(_("records"), 18, side=Side.RIGHT),
            Column(_("why"), 50, stretch=1),
        ),
        tuple((_clock(o.at), o.who, o.part, o.purpose, str(o.records), o.why) for o in known.opened),
    )
    handed = Table(
        (
            Column(_("from"), 30),
            Column(_("to"), 30),
            Column(_("who"), 40, stretch=1),
            Column(_("check point"), 40, stretch=1),
            Column(_("what"), 26),
            Column(_("packets"), 20, side=Side.RIGHT),
        ),
        tuple((_clock(h.first), _clock(h.last), h.who, h.point, h.what, str(h.packets)) for h in known.handed),
    )
    by_hand = numbered(
        (
            Column(_("date, time"), 30),
            Column(_("surname, initials, office"), 60, stretch=1),
            Column(_("which materials, what for"), 60, stretch=1),
            Column(_("signature"), 30),
        ),
        8,
    )
    none = Words(_("Nothing is recorded yet."))
    blocks = (
        Heading(_("Openings of the vault (recorded by the program)")),
        opened if known.opened else none,
        Heading(_("Packets at check points (recorded by the program)")),
        handed if known.handed else none,
        Heading(_("Other access (by hand)")),
        by_hand,
        signatures(_, _("Responsible for the materials")),
    )
    return (Paper(_("Register of access to the materials"), known.occasion.about, "", blocks, Across()),)


def _clock(moment: datetime.datetime) -> str:
    return f"{moment:%d.%m.%Y %H:%M}"


# --- re-marking ---------------------------------------------------------------------------------


_ROWS, _SPARE = 20, 20  # of the table: in an empty form, and under the works of a group, where tasks need more


def remark_protocols(known: RemarksKnown, _: Gettext) -> tuple[Paper, ...]:
    """A form for each control group, with its works; one empty form while there is none. Points come in by hand."""
    return tuple(_remark_protocol(known.occasion, group, _) for group in known.groups or (None,))


_GROUNDS = {"random": 1, "markers": 2}  # where lists of the authority come from, a person ticks


def _remark_protocol(occasion: Occasion, group: GroupThere | None, _: Gettext) -> Paper:
    """What a re-marking found, work by work, and what it concluded."""
    numbers = () if group is None else group.numbers
    works = numbered(
        (
            Column(_("number of the work"), 30, stretch=1),
            Column(_("task, criterion"), 24),
            Column(_("points before"), 18),
            Column(_("points of the re-marking"), 20),
            Column(_("difference"), 20),
            Column(_("reason"), 30, stretch=2),
        ),
        _ROWS if group is None else len(numbers) + min(_SPARE, len(numbers)),
        filled=numbers,
    )
    grounds = _("help with marking was asked for"), _("control group"), _("possible markers, which need a closer look")
    ground = None if group is None else _GROUNDS.get(group.how)
    blocks = (
        Facts(
            (
                (_("Date of the re-marking"), ""),
                (_("Ordered by (document)"), "" if group is None else _ordered(group, _)),
                (_("Experts (none who marked these works before)"), ""),
                *(((_("Works in the group"), str(len(numbers))),) if numbers else ()),
                (_("Works re-marked"), ""),
            )
        ),
        Words(_("Ground of the re-marking:"), bold=True),
        Ticks(grounds) if ground is None else Ticked(grounds, ground),
        works,
        Heading(_("Conclusions")),
        Facts(((_("Works with the same points"), ""), (_("Works with other points"), ""))),
        Lines(_("Why the points differ; what is recommended:"), 4),
        Words(_("A difference is a possible marker and needs a closer look; it proves no breach."), 8.5),
        signatures(_, _("Chair of the commission"), _("Expert"), _("Expert")),
    )
    place = "" if group is None else _("Control group {name}").format(name=group.name)
    return Paper(_("Protocol of re-marking"), occasion.about, place, blocks)


def _ordered(group: GroupThere, _: Gettext) -> str:
    """On which documents, or by which lot, works were named."""
    told = [text for text in (group.source, group.approval) if text]
    if group.how == "random":
        lot = _("public lot from {population} works, seed «{seed}»")
        told.append(lot.format(population=group.population, seed=group.seed))
    return "; ".join(told)


# --- appeals ------------------------------------------------------------------------------------


def appeal_application(known: Occasion, _: Gettext) -> tuple[Paper, ...]:
    """What a school hands in when it doubts the points of a work."""
    tasks = numbered(
        (
            Column(_("task, criterion"), 28),
            Column(_("points given"), 20),
            Column(_("points asked for"), 22),
            Column(_("why, by which words of the criteria"), 70, stretch=1),
        ),
        6,
    )
    blocks = (
        Words(_("To the district subject association")),
        Facts(
            (
                (_("School, class"), ""),
                (_("Participant code (no name)"), ""),
                (_("Number of the work, if it is known"), ""),
                (_("Date of the results"), ""),
            )
        ),
        Words(_("I ask to look again at the points of:"), bold=True),
        tasks,
        Words(
            _(
                "Not looked into: the contents of the tasks, keys of short answers, breaches of the rules by the "
                "participant, a form filled in wrongly. Points may rise or fall."
            ),
            9,
        ),
        Ticks(
            (
                _("the applicant wishes to be present"),
                _("the applicant agrees that it is decided without being present"),
            )
        ),
        signatures(_, _("Applicant for the school"), _("Received (date, number)")),
    )
    foot = _("The panel is given the number of the work only, not this sheet.")
    return (Paper(_("Application for an appeal"), known.about, "", blocks, foot=foot),)


def appeal_decisions(known: AppealsKnown, _: Gettext) -> tuple[Paper, ...]:
    """A form for each recorded appeal; one empty form while there is none."""
    if not known.appeals:
        return (_decision(known.occasion, None, _),)
    return tuple(_decision(known.occasion, appeal, _) for appeal in known.appeals)


_OUTCOMES = ("rejected", "technical", "marking")


def _decision(occasion: Occasion, appeal: AppealThere | None, _: Gettext) -> Paper:
    changed = {} if appeal is None else {c.criterion: (c.before, c.after, c.why) for c in appeal.changes}
    blank = ("", "", "")
    points = Table(
        (
            Column(_("task"), 14, side=Side.CENTRE),
            Column(_("criterion"), 18, side=Side.CENTRE),
            Column(_("max."), 12, side=Side.CENTRE),
            Column(_("points before"), 22),
            Column(_("points after"), 22),
            Column(_("reason"), 60, stretch=1),
        ),
        tuple(
            (c.task, c.criterion, str(c.maximum), *changed.get(c.criterion, blank))
            for c in occasion.criteria
            # A protocol that is written names what changed; a form to fill in by hand has room for everything.
            if not changed or c.criterion in changed
        ),
        row_height=HAND_ROW - 1,
    )
    blocks = (
        Facts(_appeal_facts(appeal, _)),
        *_panel(appeal, _),
        Words(_("The panel had a quorum; nobody of it organised the check or marked this work.")),
        Words(_("Decision:"), bold=True),
        _outcomes(appeal, _),
        Words(_("Points that change (others stay empty):")),
        points,
        *_reasons(appeal, _),
        signatures(_, _("Chair"), _("Member"), _("Member"), _("Secretary")),
    )
    place = _("Appeal {appeal}").format(appeal=appeal.appeal) if appeal is not None else ""
    return Paper(_("Decision on an appeal"), occasion.about, place, blocks)


def _appeal_facts(appeal: AppealThere | None, _: Gettext) -> tuple[tuple[str, str], ...]:
    known = ("", "", "") if appeal is None else (f"{appeal.filed:%d.%m.%Y}", ", ".join(appeal.numbers), appeal.ground)
    return (
        (_("Received"), known[0]),
        (_("Number of the work"), known[1]),
        (_("Ground"), known[2]),
        (_("Date of the meeting"), _met(appeal)),
        (_("Members present, of how many"), _present(appeal, _)),
    )


def _met(appeal: AppealThere | None) -> str:
    panel = appeal.panel if appeal is not None else None
    return "" if panel is None or panel.met is None else f"{panel.met:%d.%m.%Y}"


def _present(appeal: AppealThere | None, _: Gettext) -> str:
    panel = appeal.panel if appeal is not None else None
    return "" if panel is None else _("{there} of {size}").format(there=len(panel.members), size=panel.size)


def _panel(appeal: AppealThere | None, _: Gettext) -> tuple[Words, ...]:
    """Who was there, and how they voted, where it is recorded."""
    panel = appeal.panel if appeal is not None else None
    if panel is None:
        return ()
    chair, *others = panel.members
    there = Words(_("Chair: {chair}; members: {members}").format(chair=chair, members=", ".join(others) or "—"))
    if panel.met is None:
        return (there,)
    votes = _("Votes for the decision: {votes_for}, against: {votes_against}.")
    told = votes.format(votes_for=panel.votes_for, votes_against=panel.votes_against)
    return (there, Words(f"{told} {_('The votes were even; the voice of the chair decided.')}" if panel.tie else told))


def _reasons(appeal: AppealThere | None, _: Gettext) -> tuple[Words | Lines, ...]:
    if appeal is None or not appeal.reason:
        return (Lines(_("Reasons; recommendations to experts:"), 3),)
    reasons = Words(_("Reasons: {reason}").format(reason=appeal.reason))
    if not appeal.recommended:
        return (reasons, Lines(_("Reasons; recommendations to experts:"), 3))
    return (reasons, Words(_("Recommended to experts: {text}").format(text=appeal.recommended)))


def _outcomes(appeal: AppealThere | None, _: Gettext) -> Ticks | Ticked:
    told = (_("rejected, the points stay"), _("satisfied: technical error"), _("satisfied: error of marking"))
    if appeal is not None and appeal.outcome in _OUTCOMES:
        return Ticked(told, _OUTCOMES.index(appeal.outcome))
    return Ticks(told)
