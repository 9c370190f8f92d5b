"""Tests of conflicts of interest."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.conflicts import (
    Conflict,
    ExpertOrigin,
    OfClass,
    OfSchool,
    OfWork,
    OwnSchool,
    Source,
    WorkOrigin,
    away_conflicts,
    conflicts_between,
    index_conflicts,
    panel_conflicts,
    previous_marker_conflicts,
    standing_conflicts,
)
from crosscheck.model import ClassToken, ExpertId, SchoolToken, WorkId

EXPERTS = tuple(ExpertId(f"e{n}") for n in range(3))
SCHOOLS = tuple(SchoolToken(f"s{n}") for n in range(3))
CLASSES = tuple(ClassToken(f"c{n}") for n in range(3))
WORKS = tuple(WorkOrigin(WorkId(f"w{n}"), SCHOOLS[n % 2], CLASSES[n]) for n in range(3))

targets = st.one_of(
    st.sampled_from(SCHOOLS).map(OfSchool),
    st.sampled_from(CLASSES).map(OfClass),
    st.sampled_from([w.work for w in WORKS]).map(OfWork),
)
declared_ones = st.frozensets(
    st.builds(Conflict, st.sampled_from(EXPERTS), targets, st.sampled_from(Source)), max_size=6
)
origins = st.tuples(
    *(
        st.builds(
            ExpertOrigin,
            st.just(name),
            st.frozensets(st.sampled_from(SCHOOLS), max_size=2),
            st.frozensets(st.sampled_from(CLASSES), max_size=2),
        )
        for name in EXPERTS
    )
)


def origin(*schools: SchoolToken, classes: frozenset[ClassToken] = frozenset()) -> ExpertOrigin:
    return ExpertOrigin(EXPERTS[0], frozenset(schools), classes)


@settings(max_examples=80, deadline=None)
@given(origins, declared_ones, st.frozensets(st.sampled_from(EXPERTS)), st.sampled_from(OwnSchool))
def test_the_index_answers_as_the_plain_question_does(
    who: tuple[ExpertOrigin, ...], declared: frozenset[Conflict], markers: frozenset[ExpertId], rule: OwnSchool
) -> None:
    """Asked one by one or for all at once, the sources of a conflict are the same."""
    for work in WORKS:
        index = index_conflicts(
            standing_conflicts(who, rule) | declared | previous_marker_conflicts(work.work, markers)
        )
        plain = {e.expert: conflicts_between(e, declared, work, markers, rule) for e in who}
        assert {e.expert: index.sources(e.expert, work) for e in who} == plain
        assert index.barred(work) == {name for name, sources in plain.items() if sources}


def test_own_school_is_barred_unless_the_setting_allows_it() -> None:
    """The rule of the own school can be switched off; other schools were never barred."""
    assert conflicts_between(origin(SCHOOLS[0]), (), WORKS[0]) == (Source.OWN_SCHOOL,)
    assert conflicts_between(origin(SCHOOLS[0]), (), WORKS[0], own_school=OwnSchool.ALLOWED) == ()
    assert conflicts_between(origin(SCHOOLS[2]), (), WORKS[0]) == ()


def test_a_class_taught_is_barred_even_where_the_own_school_is_allowed() -> None:
    """A teacher of the class never marks its works."""
    teacher = origin(SCHOOLS[0], classes=frozenset({CLASSES[0]}))
    assert conflicts_between(teacher, (), WORKS[0], own_school=OwnSchool.ALLOWED) == (Source.CLASS_TAUGHT,)


def test_sources_come_once_and_in_order() -> None:
    """Several reasons are listed once each, in the order of the enumeration."""
    declared = (
        Conflict(EXPERTS[0], OfWork(WORKS[0].work), Source.DECLARED),
        Conflict(EXPERTS[0], OfClass(CLASSES[0]), Source.RELATIVE),
        Conflict(EXPERTS[0], OfSchool(SCHOOLS[0]), Source.RELATIVE),
        Conflict(EXPERTS[1], OfSchool(SCHOOLS[0]), Source.TUTOR),
    )
    found = conflicts_between(origin(SCHOOLS[0]), declared, WORKS[0], (EXPERTS[0],))
    assert found == (Source.OWN_SCHOOL, Source.RELATIVE, Source.DECLARED, Source.PREVIOUS_MARKER)


def test_a_member_of_the_panel_is_barred_from_the_work_only() -> None:
    """Panel members may not mark the work they decide about, but others."""
    index = index_conflicts(panel_conflicts(WORKS[0].work, EXPERTS[:1]))
    assert index.sources(EXPERTS[0], WORKS[0]) == (Source.PANEL,)
    assert index.sources(EXPERTS[0], WORKS[2]) == ()
    assert index.experts_barred_from(OfWork(WORKS[0].work)) == {EXPERTS[0]}


def test_nobody_marks_where_they_do_not_come_to() -> None:
    """One place in common is enough; works that are marked nowhere have nobody."""
    one, other = ExpertId("e1"), ExpertId("e2")
    places = {
        SchoolToken("a"): frozenset({"P1", "P2"}),
        SchoolToken("b"): frozenset({"P2"}),
        SchoolToken("c"): frozenset(),
    }
    found = away_conflicts(places, {one: frozenset({"P1"}), other: frozenset({"P1", "P2"})})
    assert {(c.expert, c.target) for c in found} == {
        (one, OfSchool(SchoolToken("b"))),
        (one, OfSchool(SchoolToken("c"))),
        (other, OfSchool(SchoolToken("c"))),
    }
    assert {c.source for c in found} == {Source.AWAY}
