"""Numbered errors of differences (E3120-E3122)."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class NoSuchDiscrepancy(CrosscheckError):
    """A name that no difference has."""

    number, exit = 3120, Exit.USAGE
    sentence = "There is no difference {name}."
    remedy = (
        "List them with `crosscheck discrepancies list`; a name is NUMBER/TASK/KIND, or NUMBER/KIND for a whole work."
    )


class NotSettledByHand(CrosscheckError):
    """A word can't replace points, or what is over anyway."""

    number, exit = 3121, Exit.USAGE
    sentence = "{name} can't be settled by a person's word: {why}."
    remedy = "Points come in by markings, `crosscheck review` and `crosscheck appeal` alone; nothing was recorded."


class NothingToTakeBack(CrosscheckError):
    """Nobody said anything that stands."""

    number, exit = 3122, Exit.USAGE
    sentence = "Nobody has said anything of {name} that could be taken back."
    remedy = "Look at it with `crosscheck discrepancies show {name}`."
