"""Who is who: one person, two people, or a question to a person; and what one person has in common."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.conflicts import Conflict, ExpertOrigin, OfClass, OfSchool, Source
from crosscheck.model import ClassToken, ExpertId, SchoolToken, Status
from crosscheck.names import person_name
from crosscheck.whoiswho import (
    Apart,
    Different,
    Doubtful,
    Entry,
    Evidence,
    Identity,
    Pair,
    Same,
    Standing,
    common_conflicts,
    common_origins,
    contradicted,
    identity,
    one_standing,
    pairs,
    persons_of,
)

NAMES = ("Иванова Мария Петровна", "Иванова М. П.", "Иванова Мариа Петровна", "Иванов М. П.", "Ли Анна", "И. М. П.")
subject_sets = st.sampled_from((frozenset({"математика"}), frozenset({"физика"})))
school_sets = st.frozensets(st.sampled_from(("7", "12", "19")), min_size=1)
CODES = tuple(ExpertId(f"e{n}") for n in range(6))
code_pairs = st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)).filter(lambda pair: pair[0] < pair[1])


def entry(code: str, name: str, schools: str = "7", *, subjects: str = "математика", former: str = "") -> Entry:
    sets = (frozenset(text.split(",")) if text else frozenset() for text in (schools, subjects, former))
    return Entry(code, person_name(name), *sets)


@st.composite
def lists(draw: st.DrawFn) -> list[Entry]:
    """A list of experts with few names, so that much happens."""
    return [
        Entry(f"e{n}", person_name(draw(st.sampled_from(NAMES))), draw(school_sets), draw(subject_sets))
        for n in range(draw(st.integers(0, 7)))
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (entry("a", NAMES[0]), entry("b", "ИВАНОВА  Мария Петровна", "12,7"), Same()),
        (entry("a", NAMES[0]), entry("b", NAMES[0], "12"), Doubtful((Evidence.FULL_NAME, Evidence.OTHER_SCHOOLS))),
        (entry("a", NAMES[0]), entry("b", NAMES[1]), Doubtful((Evidence.INITIALS, Evidence.SCHOOL))),
        (entry("a", NAMES[0]), entry("b", NAMES[2]), Doubtful((Evidence.ONE_LETTER, Evidence.SCHOOL))),
        (entry("a", NAMES[0]), entry("b", "И. Мария Петровна"), Doubtful((Evidence.PARTS, Evidence.SCHOOL))),
        (
            entry("a", NAMES[1]),
            entry("b", NAMES[1], "12", former="7"),
            Doubtful((Evidence.INITIALS, Evidence.FORMER_SCHOOL)),
        ),
        (entry("a", NAMES[0]), entry("b", NAMES[3]), Different(Apart.NAMES_DIFFER)),
        (entry("a", NAMES[0]), entry("b", NAMES[2], "12"), Different(Apart.NOTHING_SPEAKS_FOR_IT)),
        (entry("a", NAMES[0]), entry("b", NAMES[1], "12"), Different(Apart.NOTHING_SPEAKS_FOR_IT)),
    ],
)
def test_identity_is_proven_refuted_or_doubted_with_evidence(one: Entry, other: Entry, expected: Identity) -> None:
    """With three people of the same family name, initials alone are no reason to ask."""
    assert identity(one, other, holders=3) == expected
    assert identity(other, one, holders=3) == expected


def test_a_rare_family_name_with_the_same_initials_and_subject_is_doubted() -> None:
    """In two schools, too: namesakes of a rare name are rare. Of another subject they are not asked about."""
    one, other = entry("a", "Рябоконь М. П."), entry("b", "Рябоконь Мария Петровна", "12")
    rare = Doubtful((Evidence.INITIALS, Evidence.RARE, Evidence.SUBJECT))
    assert pairs([one, other]) == (Pair("a", "b", rare),)
    assert pairs([one, other, entry("c", "Рябоконь Иван Ильич", "19")]) == ()
    assert pairs([one, entry("b", "Рябоконь М. П.", "12", subjects="физика")]) == ()


@given(lists().flatmap(lambda entries: st.tuples(st.just(entries), st.permutations(entries))))
def test_the_order_of_the_list_tells_nothing(both: tuple[list[Entry], list[Entry]]) -> None:
    """The same pairs, whoever stands first; each once, none of one code."""
    entries, shuffled = both
    found = pairs(entries)
    assert pairs(shuffled) == found
    assert len({(pair.one, pair.other) for pair in found}) == len(found)
    assert all(pair.one < pair.other for pair in found)


@given(lists())
def test_pairs_are_all_that_is_not_plainly_different(entries: list[Entry]) -> None:
    """Looking only where a school or a family name is shared misses nobody."""
    couples = [(a, b) for a in entries for b in entries if a.code < b.code]
    twice = persons_of(
        (ExpertId(a.code), ExpertId(b.code)) for a, b in couples if identity(a, b, len(entries)) == Same()
    )
    people = {(e.name.family, twice.of(ExpertId(e.code))) for e in entries}  # who is entered twice is one
    count = Counter(family for family, _person in people)
    known = {(a.code, b.code): identity(a, b, count[a.name.family]) for a, b in couples}
    doubted = {key: found for key, found in known.items() if not isinstance(found, Different)}
    assert {(pair.one, pair.other): pair.identity for pair in pairs(entries)} == doubted


@given(lists())
def test_names_that_contradict_each_other_are_never_joined(entries: list[Entry]) -> None:
    """However many doubts stand between: who is proven to be the same has the same full name."""
    same = [(ExpertId(p.one), ExpertId(p.other)) for p in pairs(entries) if p.identity == Same()]
    names = {entry.code: entry.name for entry in entries}
    persons = persons_of(same)
    assert all(names[code] == names[other] for code in names for other in persons.of(ExpertId(code)))


# --- one person ----------------------------------------------------------------------------------


@given(st.lists(code_pairs), st.lists(code_pairs))
def test_nobody_is_the_same_and_different(
    same: list[tuple[ExpertId, ExpertId]], apart: list[tuple[ExpertId, ExpertId]]
) -> None:
    """A contradiction is found exactly when two codes said to be two people follow to be one."""
    persons = persons_of(same)
    wrong = [pair for pair in apart if persons.of(pair[0]) == persons.of(pair[1])]
    assert contradicted(same, apart) == (min(wrong) if wrong else None)


@given(st.lists(code_pairs).flatmap(lambda same: st.tuples(st.just(same), st.permutations(same))))
def test_persons_are_a_partition(both: tuple[list[tuple[ExpertId, ExpertId]], list[tuple[ExpertId, ExpertId]]]) -> None:
    """Every code belongs to one person, in whatever order it was learned."""
    persons = persons_of(both[0])
    assert persons.codes == persons_of(both[1]).codes
    assert all(code in persons.of(code) for code in CODES)
    assert all(persons.of(other) == persons.of(code) for code in CODES for other in persons.of(code))


def test_schools_classes_and_conflicts_are_common() -> None:
    """Whatever bars one code of a person bars the other, and nobody else."""
    persons = persons_of([(CODES[0], CODES[1])])
    s7, s12, a5 = SchoolToken("S7"), SchoolToken("S12"), ClassToken("5А")
    origins = {
        CODES[0]: ExpertOrigin(CODES[0], frozenset({s7}), frozenset()),
        CODES[1]: ExpertOrigin(CODES[1], frozenset({s12}), frozenset({a5})),
        CODES[2]: ExpertOrigin(CODES[2], frozenset({s7}), frozenset()),
    }
    common = common_origins(persons, origins)
    assert [common[code].schools for code in CODES[:3]] == [{s7, s12}, {s7, s12}, {s7}]
    assert [common[code].classes for code in CODES[:3]] == [{a5}, {a5}, set()]
    declared = Conflict(CODES[1], OfSchool(s7), Source.FORMER_SCHOOL), Conflict(CODES[2], OfClass(a5), Source.RELATIVE)
    barred = {(c.expert, c.target) for c in common_conflicts(persons, declared)}
    assert barred == {(CODES[0], OfSchool(s7)), (CODES[1], OfSchool(s7)), (CODES[2], OfClass(a5))}


def test_two_codes_have_the_capacity_and_standing_of_one_person() -> None:
    """The largest capacity and not the sum, the lowest status, all works that either has."""
    persons = persons_of([(CODES[0], CODES[1])])
    found = one_standing(
        persons,
        [
            Standing(CODES[0], 20, Status.SENIOR, 3),
            Standing(CODES[1], 30, Status.ORDINARY, 4),
            Standing(CODES[2], 5, Status.LEAD),
        ],
    )
    assert found == (Standing(CODES[1], 30, Status.ORDINARY, 7), Standing(CODES[2], 5, Status.LEAD))


def test_an_entry_made_twice_does_not_hide_a_third_that_may_be_the_same_person() -> None:
    """Two entries that are one person for sure are one holder of the family name."""
    found = pairs(
        [
            entry("e1", "Козлова Галина Львовна", "12"),
            entry("e2", "Козлова Галина Львовна", "12"),
            entry("e3", "Козлова Г. Л.", "7"),
        ]
    )
    assert [(pair.one, pair.other, type(pair.identity)) for pair in found] == [
        ("e1", "e2", Same),
        ("e1", "e3", Doubtful),
        ("e2", "e3", Doubtful),
    ]
