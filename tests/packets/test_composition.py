"""Tests of packets."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.facts import Assignment
from crosscheck.model import (
    APPEAL_MARKING,
    FIRST_MARKING,
    SECOND_MARKING,
    THIRD_MARKING,
    WHOLE,
    Marking,
    MarkingKey,
    Part,
)
from packets.composition import Kind, compose, kind_of
from packets.errors import BadPacketSize, MixedExperts, WorkTwiceInPackets


def key(of: MarkingKey) -> str:
    return hashlib.sha256(f"secret {of}".encode()).hexdigest()


def row(n: int, marking: Marking, part: Part = WHOLE, expert: str = "e0") -> Assignment:
    return Assignment(f"w{n:03d}", marking, expert, "A1", "", part)


def rows(number: int, marking: Marking = FIRST_MARKING, start: int = 0, part: Part = WHOLE) -> list[Assignment]:
    return [row(n, marking, part) for n in range(start, start + number)]


MARKINGS = st.sampled_from([FIRST_MARKING, SECOND_MARKING, THIRD_MARKING, APPEAL_MARKING])
some = st.lists(st.tuples(MARKINGS, st.sampled_from([Part(1), Part(2)])), max_size=70).map(
    lambda drawn: [row(n, m, part if m <= SECOND_MARKING else WHOLE) for n, (m, part) in enumerate(drawn)]
)


@settings(max_examples=80, deadline=None)
@given(some, st.integers(1, 20), st.randoms(use_true_random=False))
def test_packets_hold_everything_once_evenly_and_in_secret_order(
    given_rows: list[Assignment], most: int, order: random.Random
) -> None:
    """Nothing is lost or doubled, no packet is too large, neither kinds nor parts mix, and the input's order doesn't
    show."""
    packets = compose(given_rows, most, key)
    assert sorted(a.work for packet in packets for a in packet) == [a.work for a in given_rows]
    sizes: dict[tuple[Kind, int], list[int]] = {}
    for packet in packets:
        kinds = {(kind_of(a.key.marking), a.part) for a in packet}
        assert len(kinds) == 1
        sizes.setdefault(kinds.pop(), []).append(len(packet))
        assert [key(a.key) for a in packet] == sorted(key(a.key) for a in packet)
    for of_kind in sizes.values():
        assert max(of_kind) - min(of_kind) <= 1
        assert len(of_kind) == -(-sum(of_kind) // most)
    order.shuffle(given_rows)
    assert compose(given_rows, most, key) == packets


def test_a_load_just_over_the_limit_is_split_evenly() -> None:
    """21 works make packets of 11 and 10, not of 20 and 1."""
    assert [len(packet) for packet in compose(rows(21), 20, key)] == [11, 10]


def test_first_and_second_markings_share_packets_third_ones_don_t() -> None:
    """An expert can't tell a first from a second marking by the packet; third markings have their own."""
    mixed = [*rows(3), *rows(3, SECOND_MARKING, 3), *rows(2, THIRD_MARKING, 6)]
    packets = compose(mixed, 20, key)
    assert [len(p) for p in packets] == [6, 2]
    assert {a.marking for a in packets[0]} == {FIRST_MARKING, SECOND_MARKING}
    assert {a.marking for a in packets[1]} == {THIRD_MARKING}


def test_appeals_of_different_rounds_are_not_mixed() -> None:
    """Each later marking gets packets of its own."""
    later = [*rows(1, APPEAL_MARKING), *rows(1, Marking(31), 1)]
    assert [[a.marking for a in p] for p in compose(later, 20, key)] == [[30], [31]]


def test_nothing_makes_no_packet() -> None:
    """An expert without assignments gets no packet."""
    assert compose([], 20, key) == ()


def test_bad_input_is_refused() -> None:
    """Two experts at once, a work twice and packets without room are refused."""
    with pytest.raises(MixedExperts):
        compose([*rows(1), row(9, FIRST_MARKING, expert="e1")], 20, key)
    with pytest.raises(WorkTwiceInPackets, match="w000"):
        compose([*rows(1), *rows(1, SECOND_MARKING)], 20, key)
    with pytest.raises(WorkTwiceInPackets, match="w000"):
        compose([*rows(1, part=Part(1)), *rows(1, part=Part(2))], 20, key)
    with pytest.raises(BadPacketSize, match="0"):
        compose(rows(1), 0, key)
