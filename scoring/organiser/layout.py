"""What is asked of a check point: topics and their fields as data, from which the form is written and read. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosscheck.i18n import N_, translator
from crosscheck.procedure import Procedure
from crosscheck.table_values import Place
from scoring.forms.layout import FormNumber, Words

MOST_ROWS = 30  # of a table in the form
LONGEST, LONGEST_NAME = 500, 100
MOST = 10_000
EVERY = "all"  # a difficulty that is about no single criterion


class Topic(enum.StrEnum):
    """What something is about, as the ledger calls it."""

    PROGRESS = N_("progress")
    OBSERVER = N_("observer")
    DIFFICULTY = N_("difficulty")
    INCIDENT = N_("incident")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day, as `14:30`."""


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number."""


@dataclass(frozen=True, slots=True)
class Note:
    """Some words."""

    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a person: sealed, never in the ledger in clear."""


@dataclass(frozen=True, slots=True)
class Packets:
    """Numbers of packets, with commas."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: the word of the ledger, and what people read."""

    words: Mapping[str, str]


Kind = Clock | Count | Note | Name | Packets | Choice


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked: its name in the ledger, its title, what may stand there."""

    name: str
    title: str
    kind: Kind
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A topic: one answer to each question (progress), or a table with a row for each case."""

    topic: Topic
    title: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


PROGRESS = Section(
    Topic.PROGRESS,
    N_("Progress"),
    (
        Field("began", N_("The check began"), Clock()),
        Field("briefed", N_("Experts were briefed"), Clock()),
        Field("briefed_by", N_("Who briefed them (position)"), Note(LONGEST_NAME)),
        Field("handed_out", N_("Criteria and packets were handed out"), Clock()),
        Field("ended", N_("The check ended"), Clock()),
        Field("experts", N_("Experts who came"), Count()),
        Field("experts_briefed", N_("Of these briefed"), Count()),
        Field("not_briefed", N_("Packets of experts who were not briefed"), Packets()),
        Field("packets_out", N_("Packets given out"), Count()),
        Field("packets_back", N_("Packets that came back"), Count()),
        Field("sheets_spoilt", N_("Score sheets spoilt"), Count()),
        Field("remarks", N_("Remarks on the organisation"), Note()),
    ),
)
ROLES = {
    "public": N_("public observer"),
    "authority": N_("education authority"),
    "methodist": N_("methodist"),
    "parent": N_("parents' community"),
    "other": N_("something else"),
}
SEES = {
    "room": N_("the rooms and how it goes, no works"),
    "sealed": N_("also packets, closed"),
    "copies": N_("also copies without names"),
}
YES_NO = {"yes": N_("yes"), "no": N_("no")}
OBSERVERS = Section(
    Topic.OBSERVER,
    N_("Observers"),
    (
        Field("name", N_("Name"), Name(), needed=True),
        Field("role", N_("From where"), Choice(ROLES), needed=True),
        Field("sees", N_("May see"), Choice(SEES), needed=True),
        Field("consent", N_("Signed consent and non-disclosure"), Choice(YES_NO), needed=True),
        Field("came", N_("Came"), Clock()),
        Field("left", N_("Left"), Clock()),
    ),
)
DIFFICULTY_KINDS = {
    "criterion": N_("the criterion is unclear"),
    "answer": N_("an answer that the criteria don't foresee"),
    "handwriting": N_("the handwriting can't be read"),
    "copy": N_("the copy is bad"),
    "sheet": N_("the score sheet"),
    "other": N_("something else"),
}
INCIDENT_KINDS = {
    "absent": N_("an expert didn't come"),
    "late": N_("an expert came late or left early"),
    "recognised": N_("a pupil or a class was recognised"),
    "spoilt": N_("paper was spoilt"),
    "lost": N_("paper was lost"),
    "technical": N_("printer, scanner, network, power"),
    "breach": N_("the order was broken"),
    "other": N_("something else"),
}
INCIDENTS = Section(
    Topic.INCIDENT,
    N_("Incidents"),
    (
        Field("time", N_("Time"), Clock(), needed=True),
        Field("kind", N_("Kind"), Choice(INCIDENT_KINDS), needed=True),
        Field("text", N_("What happened"), Note(), needed=True),
        Field("done", N_("What was done"), Note()),
    ),
)


def difficulties(procedure: Procedure) -> Section:
    """Difficulties by criterion of the procedure."""
    criteria: dict[str, str] = {EVERY: N_("all"), **{str(c.id): str(c.id) for c in procedure.criteria}}
    return Section(
        Topic.DIFFICULTY,
        N_("Difficulties by task"),
        (
            Field("criterion", N_("Criterion"), Choice(criteria), needed=True),
            Field("kind", N_("Kind"), Choice(DIFFICULTY_KINDS), needed=True),
            Field("works", N_("In how many works"), Count()),
            Field("text", N_("What was difficult"), Note(), needed=True),
        ),
    )


def sections(procedure: Procedure) -> tuple[Section, ...]:
    """All that is asked, in the order of the form."""
    return PROGRESS, OBSERVERS, difficulties(procedure), INCIDENTS


def section_of(procedure: Procedure, topic: Topic) -> Section:
    return next(section for section in sections(procedure) if section.topic is topic)


def told_choice(choice: Choice, word: str, _: Words) -> str:
    """A word of the ledger as people read it; what isn't known stays as it is."""
    return _(choice.words[word]) if word in choice.words else word


# --- the form ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PointForm:
    """The form of one check point. On every sheet row 1 is its title, row 2 the number, row 3 the check point, row 4 a
    note, row 5 the header; below it stand questions with a cell each (progress), or empty rows."""

    procedure: Procedure
    point: str
    number: FormNumber

    @property
    def language(self) -> str:
        return self.procedure.language

    def fixed(self, section: Section) -> Iterator[tuple[Place, str]]:
        """Every text of a sheet that comes back as it went out."""
        _ = translator(self.language)
        yield Place(1, 1), _(section.title)
        yield Place(2, 1), _("Form")
        yield Place(2, 2), str(self.number)
        yield Place(3, 1), _("Check point")
        yield Place(3, 2), self.point
        yield Place(4, 1), _("No names of experts and pupils, no schools, no participant codes.")
        if section.topic is Topic.PROGRESS:
            yield from zip((Place(HEADER, 1), Place(HEADER, 2)), (_("Question"), _("Answer")), strict=True)
            for row, field in enumerate(section.fields, start=HEADER + 1):
                yield Place(row, 1), _(field.title)
        else:
            for column, field in enumerate(section.fields, start=1):
                yield Place(HEADER, column), _(field.title) + (" *" if field.needed else "")
            for field, choice, places in lists(section):
                yield Place(HEADER, places[0].column), _("Allowed: {values}").format(values=_(field.title))
                yield from zip(places, map(_, choice.words.values()), strict=True)

    @staticmethod
    def open_cells(section: Section) -> Iterator[tuple[Place, Field]]:
        """Every cell that is to be filled in."""
        if section.topic is Topic.PROGRESS:
            for row, field in enumerate(section.fields, start=HEADER + 1):
                yield Place(row, 2), field
        else:
            for row in range(HEADER + 1, HEADER + MOST_ROWS + 1):
                for column, field in enumerate(section.fields, start=1):
                    yield Place(row, column), field


HEADER = 5


def lists(section: Section) -> Iterator[tuple[Field, Choice, tuple[Place, ...]]]:
    """Where to the right of a table stands what a column offers: drop-downs take it from there."""
    column = len(section.fields) + 2
    for field in section.fields:
        if isinstance(field.kind, Choice):
            rows = range(HEADER + 1, HEADER + 1 + len(field.kind.words))
            yield field, field.kind, tuple(Place(row, column) for row in rows)
            column += 1
