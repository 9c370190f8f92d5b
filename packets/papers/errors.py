"""Numbered errors of papers: E6080-E6089."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class NoSuchPaper(CrosscheckError):
    number, exit = 6080, Exit.USAGE
    sentence = "There is no paper “{name}”; there are: {names}."
    remedy = "`crosscheck paper list` says what each is, for whom and when."


class NoSuchSchool(CrosscheckError):
    number, exit = 6081, Exit.USAGE
    sentence = "No school, or more than one, is called “{school}”; with class-sets there are: {schools}."
    remedy = "Give its number as in the table schools; nothing was written."


class SchoolTakesNoPart(CrosscheckError):
    number, exit = 6082, Exit.USAGE
    sentence = "School {school} has no class-set that takes part: there is nothing to print for it."
    remedy = "Correct the table class_sets (declared above 0) and register again; nothing was written."


class NobodyInClass(CrosscheckError):
    number, exit = 6083, Exit.PRINTING
    sentence = "Class-set {name} of school {school} declared {declared} works, but no participant of it is known."
    remedy = (
        "Register the participants with their codes, or leave this school out (--school names another); where all of "
        "them were erased, nothing can be printed for the class. Nothing was written."
    )
