"""The packets drill: quiet where order says nothing, loud where it says the school."""

from __future__ import annotations

from unittest import mock

import pytest

from crosscheck import keys, numbering
from crosscheck.model import AnonymousNumber, MarkingKey
from drill.gate import Gate
from drill.packets import run

DISTRICTS = 20


def _loud(gates: tuple[Gate, ...]) -> set[str]:
    return {gate.name.split(",")[0] for gate in gates if not gate.ok}


def test_order_says_nothing_of_schools() -> None:
    """The product's own order and numbers: no association, with either of two seeds."""
    for seed in (1, 2):
        gates = run(seed, DISTRICTS)
        assert _loud(gates) == set()
        assert {gate.n for gate in gates} == {DISTRICTS}


def _sorted_by(domain: str) -> mock._patch[object]:
    """Keyed hashes of this domain are the subject itself, so that works or experts come sorted by school."""
    keyed = keys.keyed

    def planted(key: bytes, where: str, subject: str | bytes) -> str:
        return str(subject) if where == domain else keyed(key, where, subject)

    return mock.patch.object(keys, "keyed", planted)


@pytest.mark.parametrize(
    ("domain", "heard"),
    [
        ("packet-order", {"places in packets against schools", "neighbours in packets of one school"}),
        ("packet-number", {"numbers of packets against schools"}),
    ],
)
def test_a_planted_sort_by_school_is_heard(domain: str, heard: set[str]) -> None:
    """Works of a packet in the order of their names, or packets in the order of experts' schools."""
    with _sorted_by(domain):
        # That an expert reads nothing of the own school shows less than which works stand first.
        assert _loud(run(1, 3 * DISTRICTS)) == heard


def test_planted_numbers_in_order_of_works_are_heard() -> None:
    """Numbers that grow with the school, and two numbers of a work that lie side by side."""
    counted = iter(range(10_000_000))

    def planted(_secret: bytes, _key: MarkingKey, _attempt: int) -> AnonymousNumber:
        return AnonymousNumber(f"{next(counted) % 10_000_000:07d}")

    with mock.patch.object(numbering, "draw", planted):
        assert _loud(run(1, DISTRICTS)) == {"numbers against schools", "the two numbers of a work against each other"}
