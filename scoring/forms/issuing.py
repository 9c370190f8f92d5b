"""Making electronic forms: one for each class-set, its number and version recorded; the same list, the same form."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from crosscheck import facts, keys
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.model import ClassToken, WorkId
from crosscheck.procedure import Procedure, paper_digest
from crosscheck.release import Links
from crosscheck.station import Station
from scoring.forms.layout import ClassForm, Form, FormNumber, collection_form
from scoring.reports import natural


@dataclass(frozen=True, slots=True)
class ClassList:
    """A class-set with its participants: what its form is made from. `works`: by participant code."""

    token: ClassToken
    of: ClassForm
    works: Mapping[str, WorkId]


def class_lists(connection: Connection, links: Links) -> tuple[ClassList, ...]:
    """Every class-set with participants who are not declared absent, by school and class."""
    absent = {WorkId(absence.work) for absence in queries.all_of(connection, facts.Absence)}
    members: dict[ClassToken, dict[WorkId, str]] = {}
    for work, person in links.people.items():
        members.setdefault(person.class_set, {})[work] = person.code
    found = (_class_list(token, links, people, absent) for token, people in members.items())
    listed = (one for one in found if one.works)
    return tuple(sorted(listed, key=lambda one: (natural(one.of.school), natural(one.of.class_set))))


def _class_list(token: ClassToken, links: Links, people: Mapping[WorkId, str], absent: Collection[WorkId]) -> ClassList:
    school, class_set = links.classes[token]
    number, name = links.schools[school]
    works = {code: work for work, code in people.items() if work not in absent}
    participants = tuple(sorted(works, key=natural))
    form = ClassForm(number, name, class_set, participants, absent=len(people) - len(works))
    return ClassList(token, form, works)


def subject_of(station: Station, token: ClassToken) -> str:
    """What stands for a class-set on its form and in the ledger: 8 letters that say nothing without the station's
    secret. The token itself stays out of files that leave the district."""
    digest = bytes.fromhex(keys.keyed(station.secret(), "school-form", token))
    return base64.b32encode(digest).decode()[:8]


def content_of(station: Station, form: Form) -> str:
    """The keyed hash by which the ledger knows what a form says."""
    return keys.keyed(station.secret(), "school-form-content", form.content())


def form_of(station: Station, procedure: Procedure, listed: ClassList, version: int) -> Form:
    """The form of a class-set as it would be exported now, under this version."""
    number = FormNumber(procedure.code, paper_digest(procedure), subject_of(station, listed.token), version)
    return collection_form(procedure, listed.of, number)


def issued(writer: Writer, station: Station, procedure: Procedure, lists: Iterable[ClassList]) -> list[Form]:
    """The forms of class-sets, each under its version: the newest when it says the same as now, else one more."""
    newest = {form.subject: form for form in queries.latest_of(writer.connection, facts.SchoolForm)}
    forms = []
    for listed in lists:
        form = form_of(station, procedure, listed, 1)
        content, known = content_of(station, form), newest.get(form.number.subject)
        revision = 0 if known is None else known.revision + (known.content != content)
        writer.append(facts.SchoolForm(form.number.subject, revision, content))
        forms.append(replace(form, number=replace(form.number, version=revision + 1)))
    return forms
