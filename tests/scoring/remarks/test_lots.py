"""A public draw of works, and what re-markings say against what stands."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import RE_MARKING, CriterionId, NotAttempted, WorkId
from crosscheck.report_files import text_of
from scoring.differences.kinds import WorkSeen
from scoring.remarks.comparing import compared
from scoring.remarks.lots import digest, drawn, manifest
from scoring.remarks.note import remark_note
from scoring.verdicts import standing, verdicts
from tests.scoring.test_discrepancies import FULL, P, marking

numbers = st.sets(st.integers(1_000_000, 9_999_999).map(str), min_size=1, max_size=40)


@given(numbers, st.text(min_size=1), st.integers(1, 40))
def test_whoever_has_list_and_seed_draws_the_same(some: set[str], seed: str, count: int) -> None:
    """Written out by hand here: nothing but SHA-256 is needed, and the order of the list doesn't matter."""
    text = manifest(sorted(some, reverse=True))
    head = f"{seed} {hashlib.sha256(text.encode()).hexdigest()}"
    by_hand = sorted(some, key=lambda n: hashlib.sha256(head.encode() + b"\x00" + n.encode()).digest())
    assert drawn(seed, text, count) == by_hand[:count]
    assert drawn(seed, text, count + 1)[:count] == drawn(seed, text, count)


@given(numbers)
def test_another_list_is_another_lot(some: set[str]) -> None:
    """A work added afterwards changes the digest, so nobody can add works until the lot pleases."""
    assert digest(manifest(some)) != digest(manifest([*some, "0000000"]))


def work(name: str, again: str, *, first: str = FULL) -> WorkSeen:
    return WorkSeen(WorkId(name), (marking(1, first), marking(2, first), marking(RE_MARKING, again)))


def test_only_works_with_every_score_on_both_sides_are_compared() -> None:
    """A missing one is never 0; X counts 0."""
    works = [work("a", "1 2 2 3 X 1"), work("b", "1 2 2 . 2 1"), work("c", FULL)]
    stands = {w.work: standing(verdicts(P, w.scores())) for w in works}
    one, other = compared(P, works, stands)
    assert (one.work, one.stands, one.again, one.apart, one.marks) == ("a", 11, 9, ("5",), (5, 4))
    assert (other.work, other.apart) == ("c", ())
    assert compared(P, works, {**stands, WorkId("a"): {}})[0].work == "c"
    assert CriterionId("5К1") in stands[WorkId("a")]
    assert NotAttempted() not in stands[WorkId("a")].values()


def test_the_note_withholds_what_few_works_can_t_tell() -> None:
    """None, one, four works: no mean, never a NaN; twelve have an interval. It says that nothing is proven."""
    for n, words in ((0, "не приводится"), (1, "не приводится"), (4, "не приводится"), (6, "недостаточно данных")):
        works = [work(f"w{k}", "1 2 2 3 2 0") for k in range(n)]
        stands = {w.work: standing(verdicts(P, w.scores())) for w in works}
        text = text_of(remark_note(P, ("x",), compared(P, works, stands), 2))
        assert words in text, text
        assert "nan" not in text.lower()
        assert "ещё не пришло: 2" in text
    works = [work(f"w{k}", "1 2 2 3 2 0" if k % 2 else FULL) for k in range(12)]
    stands = {w.work: standing(verdicts(P, w.scores())) for w in works}
    text = text_of(remark_note(P, ("x",), compared(P, works, stands), 0))
    assert "-0,50" in text or "-0.50" in text, text
    assert "нарушения оно не доказывает" in text
