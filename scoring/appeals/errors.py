"""Numbered errors of appeals: 3076-3079 and 3123-3132, 3137-3139, 3174, 3175, 3178."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class NoSuchAppeal(CrosscheckError):
    """Nothing open by that name."""

    number, exit = 3076, Exit.USAGE
    sentence = "There is no open appeal {appeal}."
    remedy = "List them with `crosscheck appeal list`."


class RejectedChangesNothing(CrosscheckError):
    """Points with a rejection."""

    number, exit = 3077, Exit.USAGE
    sentence = "A rejected appeal can't change points."
    remedy = "Leave --points out, or decide it as technical or marking error."


class PanelReadIt(CrosscheckError):
    """Whoever decides had a hand in the points."""

    number, exit = 3078, Exit.USAGE
    sentence = "{who} can't record this decision: {other} recorded scores of the work, and it may be the same person."
    remedy = "Let another person decide and record it with --who."


class OpenAppealExists(CrosscheckError):
    """One at a time."""

    number, exit = 3079, Exit.USAGE
    sentence = "There is an open appeal on this work already: {appeal}."
    remedy = "Decide that one first."


class TooLate(CrosscheckError):
    """After a deadline of the procedure."""

    number, exit = 3123, Exit.USAGE
    sentence = "The deadline was {last}; the day given is {day}."
    remedy = "If it is taken all the same, say on what ground with --late-because."


class GroundRefused(CrosscheckError):
    """A ground that no panel looks into."""

    number, exit = 3124, Exit.USAGE
    sentence = "Appeals are not looked into on this ground: {ground}."
    remedy = "Give the application back with this reason; nothing was recorded."


class NotThatDay(CrosscheckError):
    """A day in the future, or before what it follows."""

    number, exit = 3125, Exit.USAGE
    sentence = "{day} can't be: it lies in the future, or before the day it follows ({earliest})."
    remedy = "Give the day as on the paper, as 2026-04-20."


class CannotSit(CrosscheckError):
    """A conflict of interest in a panel."""

    number, exit = 3126, Exit.USAGE
    sentence = "These people can't sit on appeal {appeal}: {people}."
    remedy = "Name a panel without them; nothing was recorded."


class NoQuorum(CrosscheckError):
    """Too few of the panel, or none recorded."""

    number, exit = 3127, Exit.USAGE
    sentence = "The panel of appeal {appeal} can't decide: {there} of {size} members are recorded as being there."
    remedy = "Record who is there with `crosscheck appeal panel`, at least one in {quorum} of all members."


class NotDecided(CrosscheckError):
    """Votes that decide nothing, or otherwise."""

    number, exit = 3128, Exit.USAGE
    sentence = "The votes don't carry this decision: {votes_for} for, {votes_against} against, {there} members there."
    remedy = (
        "Every member there votes once, and more have to be for it than against it. With as many for as against the "
        "chair's vote decides, where the procedure has it so (--chair-voted). Without a panel nobody votes."
    )


class MarkFirst(CrosscheckError):
    """The procedure asks for blind re-marking, and the panel hasn't marked."""

    number, exit = 3129, Exit.USAGE
    sentence = "The procedure asks the panel to mark blind first; nothing is recorded yet for {criteria}."
    remedy = "Record what it gave with `crosscheck appeal mark {appeal}`; then the points that stand are shown."


class MarkedSeeing(CrosscheckError):
    """Points that would be called blind and aren't."""

    number, exit = 3130, Exit.USAGE
    sentence = "What the panel gave for {criterion} blind is recorded already; it is recorded once."
    remedy = "If the panel decides on other points now, `crosscheck appeal decide` records them with their reason."


class DecidedAppeal(CrosscheckError):
    """There is nothing to tell before and after of."""

    number, exit = 3131, Exit.USAGE
    sentence = "What appeal {appeal} did to the results can't be told: {why}."
    remedy = (
        "Look at it with `crosscheck appeal show {appeal}`; ask again when it is decided and the work has a result."
    )


class ReasonsMissing(CrosscheckError):
    """A reason for what doesn't change, or twice."""

    number, exit = 3132, Exit.USAGE
    sentence = "{entry} can't be understood here."
    remedy = "Each criterion once, as 6К1=2 with --points and 6К1='why' with --because; a reason needs its points."


class GrantedChangesNothing(CrosscheckError):
    """Granted, and nothing is another than before."""

    number, exit = 3137, Exit.USAGE
    sentence = "An appeal that is granted ({outcome}) has to change points, and this changes none."
    remedy = "Give what changes with --points 6К1=2, or decide it as rejected; nothing was recorded."


class UnknownSchool(CrosscheckError):
    """A school of a member that nobody knows."""

    number, exit = 3138, Exit.USAGE
    sentence = "No school of the list is meant by {school}, or more than one may be."
    remedy = "Give its number as in the list, several with commas; `=-` for somebody who works in none of them."


class NotAskedFor(CrosscheckError):
    """Points of a criterion that the appeal isn't about, without a word why."""

    number, exit = 3139, Exit.USAGE
    sentence = "Appeal {appeal} is not about {criterion}."
    remedy = "Leave it out, or say why it changes all the same: --because '{criterion}=why'."


class UnknownAppeal(CrosscheckError):
    """No appeal of that name, open or not."""

    number, exit = 3174, Exit.USAGE
    sentence = "There is no appeal {appeal}."
    remedy = "List them with `crosscheck appeal list`; a name looks like AP001."


class NotToMark(CrosscheckError):
    """Points of the panel for what it isn't asked to mark."""

    number, exit = 3175, Exit.USAGE
    sentence = "The panel doesn't mark {criterion} for appeal {appeal}: it is about {asked}."
    remedy = (
        "Leave it out; nothing was recorded. Whether the panel marks all of the work, the procedure says ([appeals] "
        "whole_work)."
    )


class MemberUnclear(CrosscheckError):
    """A member of the panel without a school."""

    number, exit = 3178, Exit.USAGE
    sentence = "Name and school of a member can't be told apart in {entry!r}."
    remedy = "Write NAME=SCHOOL, for several schools NAME=7,12, for none NAME=-. Nothing was recorded."
