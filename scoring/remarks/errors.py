"""Numbered errors of re-markings: 3133-3136, 3176, 3177."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class NothingToDraw(CrosscheckError):
    """No work left that could be marked again."""

    number, exit = 3133, Exit.USAGE
    sentence = "There is no work to mark again; named: {named}."
    remedy = "Works are marked again once, and only when what they are compared with is settled."


class TooMany(CrosscheckError):
    """More than there are."""

    number, exit = 3134, Exit.USAGE
    sentence = "{asked} works were asked for; {there} can be marked again."
    remedy = "Ask for fewer; nothing was recorded."


class SeedEmpty(CrosscheckError):
    """A lot that anybody could have chosen."""

    number, exit = 3135, Exit.USAGE
    sentence = "The seed is empty: anybody could have chosen the works."
    remedy = "Take public words that nobody could know before: a state lottery, the time of a telegram."


class NoSuchDraw(CrosscheckError):
    """No such control group."""

    number, exit = 3136, Exit.USAGE
    sentence = "There is no control group {name}."
    remedy = "List them with `crosscheck remark list`."


class LineNotUnderstood(CrosscheckError):
    """A line of the authority's list names nothing that is known."""

    number, exit = 3176, Exit.INPUT
    sentence = "A line of the list names no work that is known here: {line}."
    remedy = (
        "A line is a number of a work, a participant's code, a school, or a school and a class (7; 5А). Nothing was "
        "recorded."
    )


class LineUnclear(CrosscheckError):
    """A line of the authority's list may mean two things."""

    number, exit = 3177, Exit.INPUT
    sentence = "A line of the list may mean different works: {line}."
    remedy = (
        "Say which: `participant 00017` for a code, `school 17` for a school, `100 000-2` for a number. Nothing was "
        "recorded."
    )
