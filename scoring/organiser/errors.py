"""Numbered errors of what organisers enter (E3169-E3173); faults of files are said by `scoring.forms.received`."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class NoSuchCheckPoint(CrosscheckError):
    """A check point that no expert comes to."""

    number, exit = 3169, Exit.USAGE
    sentence = "There is no check point {point}; there are {known}."
    remedy = "Type it as it stands in the table of experts."


class NotAPointForm(CrosscheckError):
    """A workbook, but no form of a check point of this procedure."""

    number, exit = 3170, Exit.INPUT
    sentence = "{file} is no form of a check point of this procedure: {detail}."
    remedy = "Fill in the file that `crosscheck organiser form` writes; its number stands in cell B2."


class NoteUnusable(CrosscheckError):
    """`organiser note` states something that can't stand there."""

    number, exit = 3171, Exit.USAGE
    sentence = "This can't be noted: {name}: found {found}; allowed: {allowed}."
    remedy = "Correct it and type it again; nothing was recorded."


class NothingNoted(CrosscheckError):
    """`organiser undo` names an entry that isn't there."""

    number, exit = 3172, Exit.USAGE
    sentence = "At check point {point} there is no entry {entry} that stands."
    remedy = "`crosscheck organiser show` names the entries."


class PointFormTwice(CrosscheckError):
    """Two files of one run are forms of one check point and say different things."""

    number, exit = 3173, Exit.INPUT
    sentence = "{file} and {other} are both of check point {point} and say different things."
    remedy = "Ask the organiser which one holds and give that one alone; nothing of either was recorded."
