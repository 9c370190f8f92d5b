"""The form of a check point: taken whole, or every fault by its cell."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.organiser.layout import INCIDENT_KINDS, INCIDENTS, Choice, Clock, Topic, sections
from scoring.organiser.reading import At
from scoring.organiser.values import stated
from scoring.organiser.writing import write_form
from tests import factories
from tests.scoring.organiser.made import (
    DIFFICULTIES,
    FILLED,
    FORM,
    OBSERVERS,
    PROGRESS,
    Cells,
    entries,
    faults,
)
from tests.scoring.organiser.made import INCIDENTS as SHEET


def test_a_form_states_what_was_filled_in() -> None:
    """In words of the ledger; empty cells and rows state nothing."""
    assert entries(FILLED) == {
        At(Topic.PROGRESS, "began"): {"value": "14:05"},
        At(Topic.PROGRESS, "experts"): {"value": "12"},
        At(Topic.OBSERVER, "f1"): {
            "name": "Наблюдательная Нина Ивановна", "role": "public", "sees": "room", "consent": "yes",
        },
        At(Topic.DIFFICULTY, "f1"): {"criterion": "5К1", "kind": "criterion", "text": "что считать пояснением"},
        At(Topic.INCIDENT, "f1"): {"time": "15:10", "kind": "technical", "text": "замятие бумаги"},
    }  # fmt: skip


def test_the_same_form_is_the_same_file() -> None:
    """On any day and computer."""
    assert write_form(FORM) == write_form(FORM)


def test_every_word_that_is_offered_is_understood() -> None:
    """By people's word and by the ledger's, whichever keyboard."""
    choices = [f.kind for s in sections(factories.procedure()) for f in s.fields if isinstance(f.kind, Choice)]
    assert choices
    for choice in choices:
        assert all(stated(word, choice) == word for word in choice.words)
    assert stated("Неясен критерий", choices[-2]) == "criterion"
    assert stated("5K1", choices[-3]) == "5К1"


@given(st.sampled_from(range(100)), st.sampled_from(range(100)))
def test_a_time_is_a_time(hour: int, minute: int) -> None:
    """With a colon, a point or a hyphen, with or without the leading zero; 24:00, 12:60 and 2:30 are none."""
    said = f"{hour:02d}:{minute:02d}" if 6 <= hour < 24 and minute < 60 else None
    for sign in ":.-":
        assert stated(f"{hour}{sign}{minute:02d}", Clock()) == said


def test_a_full_hour_with_a_point_is_a_time() -> None:
    """And not the number that such texts are elsewhere."""
    assert entries({(PROGRESS, "B6"): "14.00"}) == {At(Topic.PROGRESS, "began"): {"value": "14:00"}}


def test_a_time_that_a_program_made_of_it_is_taken() -> None:
    """A cell that was formatted anew holds a time, not a text."""
    assert entries({(PROGRESS, "B6"): datetime.time(14, 5)}) == {At(Topic.PROGRESS, "began"): {"value": "14:05"}}


@pytest.mark.parametrize(
    ("cells", "at", "found"),
    [
        ({(PROGRESS, "B6"): "25:00"}, (PROGRESS, "B6"), "“25:00”"),
        ({(PROGRESS, "B11"): -1}, (PROGRESS, "B11"), "-1"),
        ({(PROGRESS, "B11"): "=1+1"}, (PROGRESS, "B11"), "the formula “=1+1”"),
        ({(PROGRESS, "B13"): "000042-1"}, (PROGRESS, "B13"), "“000042-1”"),
        ({(PROGRESS, "A6"): "Начало"}, (PROGRESS, "A6"), "“Начало”"),
        ({(PROGRESS, "C6"): "x"}, (PROGRESS, "C6"), "“x”"),
        ({(OBSERVERS, "B6"): "методист"}, (OBSERVERS, "A6"), "nothing"),
        ({(DIFFICULTIES, "A6"): "9К1"}, (DIFFICULTIES, "A6"), "“9К1”"),
        ({(SHEET, "C6"): "x" * 501}, (SHEET, "C6"), f"“{'x' * 59}…”"),
        ({(SHEET, "A40"): "15:00"}, (SHEET, "A40"), "“15:00”"),
        ({}, (PROGRESS, ""), "nothing at all"),
    ],
)
def test_a_fault_is_named_by_its_cell(cells: Cells, at: tuple[str, str], found: str) -> None:
    """Times, counts, packets, words, what a row needs, what isn't asked."""
    assert faults(cells).get(at) == found


def test_incidents_have_kinds_that_people_read() -> None:
    """What stands in the ledger is a word of its own."""
    field = INCIDENTS.field("kind")
    assert field is not None
    assert field.kind == Choice(INCIDENT_KINDS)
