"""Facts of the ledger about electronic forms; `crosscheck.facts` is where all kinds are found and explained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SchoolForm:
    """An electronic form was made for a school. `subject`: what stands for the class-set on it, a keyed hash that says
    nothing by itself; `content`: a keyed hash of all it says. Versions are printed from 1: `revision` + 1."""

    subject: str
    revision: int
    content: str


@dataclass(frozen=True, slots=True)
class SchoolReturn:
    """A school's form came back without a fault and was recorded. `version`: of the form; `content`: a keyed hash of
    all that it states; `stated` and `missing`: score cells with something in them, and empty ones."""

    subject: str
    revision: int
    version: int
    content: str
    stated: int
    missing: int


@dataclass(frozen=True, slots=True)
class SchoolScore:
    """What a school states for a criterion of a work. `kind`: points, not_attempted (X), not_taught, or missing when
    the cell was empty; `points` when it is points."""

    work: str
    criterion: str
    revision: int
    kind: str
    points: int | None


@dataclass(frozen=True, slots=True)
class SchoolAnswer:
    """A named person looked at a school's form that says `stated` where `stands` stands, and said that what stands is
    right. Both as signs: points, X, `-` for not taught, or nothing. With nothing in `stands`: what was said before of
    this `stated` is taken back."""

    work: str
    criterion: str
    revision: int
    stated: str
    stands: str
    why: str


@dataclass(frozen=True, slots=True)
class FormsDue:
    """Until when schools are asked for their forms (ISO 8601, UTC). `subject`: of one class-set, or empty for all."""

    subject: str
    revision: int
    due: str
    why: str


@dataclass(frozen=True, slots=True)
class FormStep:
    """What was done with the form of a class-set: sent_back for correction (`why`), passed_on (`why`: to whom), or
    undone, which takes the newest of these back. `returns`: how many returns of it were recorded by then."""

    subject: str
    revision: int
    step: str
    returns: int
    why: str
