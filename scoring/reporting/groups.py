"""A group of works as it stands in reports: its name, its figures, and whether they may be told. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.procedure import Procedure
from crosscheck.report import Basis, Cell, Decimal, Share, Text, Withheld
from scoring.reporting.arrays import ClassSet, Results, School
from scoring.reporting.figures import Figures
from scoring.reports import Words

NONE = Withheld("—")


@dataclass(frozen=True, slots=True)
class Group:
    """One row of `figures`. told: may its figures be printed? files: where its works stand, one by one."""

    name: str
    figures: Figures
    at: int
    told: bool
    files: tuple[str, ...]

    @property
    def n(self) -> int:
        return int(self.figures.n[self.at])

    @property
    def basis(self) -> Basis:
        return Basis(self.name, self.n, self.files)

    def decimal(self, name: str, digits: int = 2) -> Cell:
        """A figure as a measure, or nothing where it isn't told."""
        return Decimal(float(getattr(self.figures, name)[self.at]), digits) if self.told else NONE

    def share(self, name: str) -> Cell:
        return Share(float(getattr(self.figures, name)[self.at])) if self.told else NONE

    def interval(self, enough: int) -> tuple[Cell, Cell]:
        """Of the mean; not printed of fewer works than are enough."""
        if not self.told or self.n < enough:
            return NONE, NONE
        mean, reach = (float(each[self.at]) for each in (self.figures.mean, self.figures.reach))
        return Decimal(mean - reach), Decimal(mean + reach)


@dataclass(frozen=True, slots=True)
class Rows:
    """Groups as a table has them: the whole, the parts that make it up, and one that it is compared with."""

    whole: Group
    parts: tuple[Group, ...]
    beside: tuple[Group, ...] = ()

    @property
    def all(self) -> tuple[Group, ...]:
        return (self.whole, *self.parts, *self.beside)


def note(procedure: Procedure, group: Group, _: Words) -> Text:
    """Why a row has no figures, or what they are not enough for."""
    settings = procedure.reports
    if group.n < settings.withheld_under:
        return Text(_("withheld: fewer than {least} works").format(least=settings.withheld_under))
    if not group.told:
        return Text(_("withheld: a smaller group would follow from it"))
    return Text(_("not enough data") if group.n < settings.enough else "")


def class_file(school: School, class_set: ClassSet) -> str:
    """The name of the form in which works of a class-set stand one by one."""
    return f"class-{school.number}-{class_set.name}"


def school_name(school: School) -> str:
    """Number and name, as a reader knows it."""
    return f"{school.number} · {school.name}" if school.name and school.name != school.number else school.number


def school_files(results: Results, school: int) -> tuple[str, ...]:
    return tuple(class_file(results.schools[school], results.class_sets[n]) for n in results.classes_of(school))


def heading(procedure: Procedure, _: Words) -> tuple[str, ...]:
    """The lines above every report."""
    date = procedure.date.strftime("%d.%m.%Y")
    subject = _("Subject: {subject}, grade {grade}, {date}")
    return (
        procedure.title,
        subject.format(subject=procedure.subject, grade=procedure.grade, date=date),
        _("Highest raw score: {maximum}").format(maximum=procedure.highest),
    )
