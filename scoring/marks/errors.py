"""Numbered errors of other marks (E3163-E3165); what is wrong with a file is said by `scoring.forms.received`."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class MarkTwice(CrosscheckError):
    """Two files of one run state different marks of one kind for one participant."""

    number, exit = 3163, Exit.INPUT
    sentence = "{file} and {other} say different things of {count} participants, first of code {code}: {what}."
    remedy = "Ask the school which one holds and give that one alone; nothing of either was recorded."


class NoSuchImport(CrosscheckError):
    """`marks undo` names a file that was never taken in, or counts no more already."""

    number, exit = 3164, Exit.USAGE
    sentence = "There is no file of marks {imported} that counts."
    remedy = "`crosscheck marks list` names the files that were taken in."


class MarksChangedMeanwhile(CrosscheckError):
    """Somebody else took marks in between."""

    number, exit = 3165, Exit.USAGE
    sentence = "While these marks were read, others were taken in at another station."
    remedy = "Run the command again: it will see them."
