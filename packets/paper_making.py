"""Papers as files: everything is gathered and drawn before the first file is written."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crosscheck import i18n, report_files
from crosscheck.keys import PrivateKey
from crosscheck.report import Report
from crosscheck.station import Station
from crosscheck.typeset import require_signs
from packets import paper_gathering as gathering
from packets.errors import NothingPrinted, PointUnknown
from packets.papers.blocks import Printed
from packets.papers.errors import NobodyInClass, NoSuchSchool, SchoolTakesNoPart
from packets.papers.kinds import Kind, Need, OfAccess, OfAppeals, OfPoint, OfProcedure, OfRemarks, OfSchool
from packets.papers.known import ClassKnown, Gettext, PointKnown
from packets.papers.layout import print_papers

_WHY = "papers of check points"
_LONGEST = 40  # characters: names of files have 255 bytes, and Cyrillic takes two for each


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which papers, of which check point or school (empty: of all), in which language (empty: the procedure's); how
    many packets go into an envelope (None: as many as usual)."""

    kinds: tuple[Kind, ...]
    point: str = ""
    school: str = ""
    language: str = ""
    in_envelope: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A paper to write: its path below the folder of papers, and its bytes."""

    path: str
    content: bytes


Contents = tuple[Printed, ...] | Report
Key = Callable[[], PrivateKey]


def made(station: Station, wanted: Wanted, key: Key) -> tuple[File, ...]:
    """All files. `key` gives the coordinator's; it is asked for only where a paper is for a school or names experts.

    Errors: PointUnknown (E6052), NothingPrinted (E6056), SignsMissing (E5003), NoSuchSchool (E6081), SchoolTakesNoPart
    (E6082), NobodyInClass (E6083), TextDoesNotFit (E5001).
    """
    language = wanted.language or station.procedure().language
    words = i18n.translator(language)
    return tuple(
        File(path, _drawn(contents, words, language)) for path, contents in _contents(station, wanted, key, words)
    )


def _contents(station: Station, wanted: Wanted, key: Key, _: Gettext) -> Iterator[tuple[str, Contents]]:
    of_points = [(kind, kind.made_for) for kind in wanted.kinds if isinstance(kind.made_for, OfPoint)]
    of_schools = [(kind, kind.made_for) for kind in wanted.kinds if isinstance(kind.made_for, OfSchool)]
    if of_points:
        yield from _of_points(_points(station, wanted, key), of_points, wanted.point, _)
    if of_schools:
        yield from _of_schools(_classes(station, wanted, key), of_schools, _)
    yield from _of_district(station, wanted.kinds, _)


def _drawn(contents: Contents, _: Gettext, language: str) -> bytes:
    out = io.BytesIO()
    if isinstance(contents, Report):
        require_signs(report_files.text_of(contents))
        report_files.write_pdf(replace(contents, language=language), out)
    else:
        print_papers(contents, out, _)
    return out.getvalue()


# --- check points -------------------------------------------------------------------------------


def _points(station: Station, wanted: Wanted, key: Key) -> tuple[PointKnown, ...]:
    named = any(isinstance(kind.made_for, OfPoint) and Need.NAMES in kind.made_for.needs for kind in wanted.kinds)
    names = gathering.expert_names(station, key(), _WHY) if named else {}
    with station.ledger.reading() as connection:
        points = gathering.check_points(connection, station.procedure(), names)
    if wanted.point and wanted.point not in [one.point for one in points]:
        raise PointUnknown(point=wanted.point, points=", ".join(one.point for one in points))
    if wanted.in_envelope is None:
        return points
    return tuple(replace(one, in_envelope=wanted.in_envelope) for one in points)


def _of_points(
    points: Sequence[PointKnown], kinds: Iterable[tuple[Kind, OfPoint]], point: str, _: Gettext
) -> Iterator[tuple[str, Contents]]:
    names = _names(one.point for one in points)
    for kind, made_for in kinds:
        there = [one for one in points if one.packets] if Need.PACKETS in made_for.needs else points
        if not there:
            raise NothingPrinted
        for one in there:
            if point in ("", one.point):
                yield f"point-{names[one.point]}/{kind.name}.pdf", made_for.made(one, _)


# --- schools ------------------------------------------------------------------------------------


def _classes(station: Station, wanted: Wanted, key: Key) -> Mapping[str, tuple[ClassKnown, ...]]:
    covered = any(isinstance(kind.made_for, OfSchool) and kind.made_for.covered for kind in wanted.kinds)
    schools = gathering.schools(station, key(), covered=covered)
    classes = schools.classes
    if wanted.school:
        meant = schools.book.school(wanted.school)
        if meant is None:
            raise NoSuchSchool(school=wanted.school, schools=", ".join(classes))
        if meant not in classes:
            raise SchoolTakesNoPart(school=meant)
        classes = {meant: classes[meant]}
    for one in (one for some in classes.values() for one in some):
        if not one.participants:
            raise NobodyInClass(school=one.school, name=one.class_name, declared=one.declared)
    return classes


def _of_schools(
    classes: Mapping[str, tuple[ClassKnown, ...]], kinds: Sequence[tuple[Kind, OfSchool]], _: Gettext
) -> Iterator[tuple[str, Contents]]:
    names = _names(classes)
    for school, some in classes.items():
        for kind, made_for in kinds:
            papers = tuple(printed for one in some for printed in made_for.made(one, _))
            if papers:
                # Files are sent from this folder: the name of each must say to whom.
                yield f"school-{names[school]}/{kind.name}-{names[school]}.pdf", papers


# --- the district -------------------------------------------------------------------------------


def _of_district(station: Station, kinds: Iterable[Kind], _: Gettext) -> Iterator[tuple[str, Contents]]:
    procedure = station.procedure()
    for kind in kinds:
        path = f"{kind.name}.pdf"
        with station.ledger.reading() as connection:
            match kind.made_for:
                case OfProcedure(make):
                    yield path, make(gathering.occasion(procedure), _)
                case OfAccess(make):
                    yield path, make(gathering.access(connection, procedure, _), _)
                case OfRemarks(make):
                    yield path, make(gathering.remarks(connection, procedure), _)
                case OfAppeals(make):
                    yield path, make(gathering.appeals(connection, procedure), _)
                case OfPoint() | OfSchool():
                    pass


def _names(texts: Iterable[str]) -> Mapping[str, str]:
    """Texts as names of folders, on any system, however long they are; no two alike, not even where case doesn't
    count."""
    found: dict[str, str] = {}
    for text in texts:
        plain = re.sub(r"[^\w.-]+", "-", text).strip("-.")[:_LONGEST].strip("-.") or "x"
        name, times = plain, 1
        while name.casefold() in {other.casefold() for other in found.values()}:
            times += 1
            name = f"{plain}-{times}"
        found[text] = name
    return found
