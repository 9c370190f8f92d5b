"""Answer pages: answers keep their distance from whatever identifies a pupil."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crosscheck.geometry import PAGE
from crosscheck.pageform import GUARD_MM, fits, page_form, page_forms, room
from crosscheck.procedure import Procedure, Zone
from tests import factories


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """Procedures whose zones fit on 1 to 4 own pages; some tasks go on in further zones."""
    pages = draw(st.integers(1, 4))
    zone = st.builds(Zone, st.integers(1, pages), st.floats(8, 120))
    tasks = draw(st.lists(st.lists(zone, min_size=1, max_size=3), min_size=1, max_size=8))
    made = tuple(
        replace(factories.task(f"{n}", first.page, first.height_mm), more=tuple(more))
        for n, (first, *more) in enumerate(tasks, start=1)
    )
    procedure = factories.procedure(tasks=made, pages=pages)
    assume(fits(procedure))
    return procedure


@given(procedures())
@settings(max_examples=60, deadline=None)
def test_answer_zones_keep_the_guard(procedure: Procedure) -> None:
    """At least the guard lies between an answer zone and the identity zone, every code and every mark."""
    for form in page_forms(procedure):
        identifying = [form.identity, *form.qr, form.bar]
        for zone in form.answers:
            guarded = zone.box.grown(GUARD_MM - 1e-6)
            assert not any(guarded.overlaps(box) for box in identifying)
            assert not any(zone.box.overlaps(mark.box) for mark in form.marks)
            assert zone.box.inside(PAGE)


@given(procedures())
@settings(max_examples=60, deadline=None)
def test_every_task_has_its_zones_on_their_pages(procedure: Procedure) -> None:
    """Zones of a page don't overlap and have the heights that were asked for, in the order of tasks."""
    forms = page_forms(procedure)
    assert [form.page for form in forms] == list(range(1, procedure.pages + 1))
    for form in forms:
        expected = [(t.id, zone.height_mm) for t in procedure.tasks for zone in t.zones if zone.page == form.page]
        assert [(zone.task, zone.box.h) for zone in form.answers] == expected
        assert not any(a.box.overlaps(b.box) for a, b in combinations(form.answers, 2))


@given(st.integers(1, 4), st.floats(0, 20))
@settings(max_examples=40)
def test_a_page_is_full_exactly_when_its_room_is_used(page: int, more: float) -> None:
    """One zone as high as the room fits; a higher one doesn't."""
    tall = factories.procedure(tasks=(factories.task("1", page, room(page) + more),), pages=4)
    assert fits(tall) == (more <= 1e-6)


def test_only_the_first_page_is_filled_in_by_hand() -> None:
    """The fields lie in the identity zone, which is never copied; other pages have none."""
    first, second = page_forms(factories.procedure())
    assert [field.name for field in first.fields] == ["school", "class", "name"]
    assert all(field.box.inside(first.identity) for field in first.fields)
    assert second.fields == ()


def test_nothing_printed_on_a_page_overlaps() -> None:
    """Marks, codes and the identity zone stand apart."""
    form = page_form(factories.procedure(), 1)
    things = [*(mark.box for mark in form.marks), *form.qr, form.bar, form.identity]
    assert not any(a.overlaps(b) for a, b in combinations(things, 2))
