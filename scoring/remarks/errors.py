"""Numbered errors of re-markings: 3133-3136."""

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
