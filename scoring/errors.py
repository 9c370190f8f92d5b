"""Numbered errors of the scoring hearts (E3060-E3064, E3090, E3140): trouble with what was asked, not with paper."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class UnknownCriterion(CrosscheckError):
    """A score names a criterion that the procedure does not have."""

    number = 3060
    exit = Exit.INPUT
    sentence = "Criterion {criterion} is not in the procedure {procedure}."
    remedy = "Check that the scores belong to this procedure."


class PointsAboveMaximum(CrosscheckError):
    """More points than the criterion allows: refused, never clamped."""

    number = 3061
    exit = Exit.INPUT
    sentence = "Criterion {criterion} was given {points} points, but at most {maximum} are possible."
    remedy = "Look at the score sheet and enter the value again."


class BoundariesNeeded(CrosscheckError):
    """The rules compare school marks, but the procedure has no boundaries yet."""

    number = 3062
    exit = Exit.INPUT
    sentence = "The rules of {procedure} compare school marks, but the boundaries are not set."
    remedy = "Add the table [boundaries] to procedure.toml, or take mark_differs out of [rules]."


class BlankRasterUnreadable(CrosscheckError):
    """The stored picture of the unfilled sheet can't be decoded."""

    number = 3063
    exit = Exit.INPUT
    sentence = "The stored picture of the unfilled score sheet can't be read."
    remedy = "Print the packet again, or restore the blob from a backup."


class RowsDontFit(CrosscheckError):
    """More rows are asked for than the sheet has."""

    number = 3064
    exit = Exit.INPUT
    sentence = "The packet lists {asked} works, but its score sheet has {rows} rows."
    remedy = "Check that the sheet and the packet belong to the same procedure."


class MarkedOnce(CrosscheckError):
    """Differences between markings are asked for, and each work has one."""

    number = 3090
    exit = Exit.INPUT
    sentence = "Works of {procedure} are marked once: there are no two markings to compare."
    remedy = "Thresholds can be looked at where [marking] asks for two markings or more."


class NoSuchExpert(CrosscheckError):
    """A report is asked for about an expert of whom no marking has come back."""

    number = 3140
    exit = Exit.USAGE
    sentence = "There are no points of an expert with the number {expert}."
    remedy = "Numbers of experts stand in out/reports/readers.xlsx: run `crosscheck report` first."


class ReportNotWritten(CrosscheckError):
    """A report could not be drawn or written; the others may be there already."""

    number = 3151
    exit = Exit.INPUT
    sentence = "The report {name} was not written: {detail}."
    remedy = (
        "Look whether the disk is full and run the command again: what was written is written once more. If it is "
        "the same report again, tell the developers."
    )
