"""Anonymous numbers: stable for whoever has the secret, meaningless for everyone else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import labels, numbering
from crosscheck.model import WHOLE, AnonymousNumber, Marking, MarkingKey, Part, WorkId
from crosscheck.numbering import NumbersUsedUp, draw, packet_code, packet_number, parsed, spaced

SECRETS = st.binary(min_size=32, max_size=32)
WORKS = st.text("0123456789abcdefWх", min_size=1, max_size=14).map(WorkId)
MARKINGS = st.integers(1, 4).map(Marking)
FIRST, SECOND = Marking(1), Marking(2)


@given(SECRETS, WORKS, MARKINGS, st.integers(0, 3))
def test_a_number_reads_back_as_printed(secret: bytes, work: WorkId, marking: Marking, attempt: int) -> None:
    """Seven digits; with the printed blank and dash, without them, or with a no-break space."""
    number = draw(secret, MarkingKey(work, marking), attempt)
    assert len(number) == 7
    for typed in (number, spaced(number), spaced(number).replace(" ", "\u00a0"), f" {number} "):
        assert parsed(typed) == number


@given(SECRETS, WORKS, st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_refused(secret: bytes, work: WorkId, at: int, by: int) -> None:
    """Whichever digit, the check digit included, whatever it is mistaken for."""
    number = draw(secret, MarkingKey(work, FIRST), 0)
    wrong = f"{number[:at]}{(int(number[at]) + by) % 10}{number[at + 1 :]}"
    assert parsed(wrong) is None


@given(SECRETS, WORKS, st.integers(0, 5))
def test_two_neighbouring_digits_swapped_are_refused(secret: bytes, work: WorkId, at: int) -> None:
    """The commonest slip of whoever types numbers."""
    number = draw(secret, MarkingKey(work, FIRST), 0)
    swapped = f"{number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}"
    assert parsed(swapped) == (None if swapped != number else number)


@pytest.mark.parametrize("typed", ["", "0", "123456", "12345678", "abcdefg", "١٢٣٤٥٦٧", "00000x0"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    """Too short, too long, letters, digits of other scripts."""
    assert parsed(typed) is None


def given_out(secret: bytes, works: Sequence[WorkId], markings: Sequence[Marking]) -> dict[tuple[WorkId, Marking], str]:
    taken: set[AnonymousNumber] = set()
    found: dict[tuple[WorkId, Marking], str] = {}
    for work in works:
        for marking in markings:
            number = numbering.number(secret, MarkingKey(work, marking), taken)
            taken.add(number)
            found[work, marking] = number
    return found


MANY = [WorkId(f"W{n:05d}") for n in range(1500)]


def test_numbers_are_unique_and_the_same_on_a_re_run() -> None:
    """3,000 markings meet by chance (about 4 pairs are expected to) and still all differ; a re-run gives the same."""
    secret = b"s" * 32
    numbers = given_out(secret, MANY, (FIRST, SECOND))
    drawn_first = [draw(secret, MarkingKey(work, marking), 0) for work in MANY for marking in (FIRST, SECOND)]
    assert len(set(drawn_first)) < len(drawn_first), "no two draws met: the test would say nothing"
    assert len(set(numbers.values())) == len(numbers)
    assert given_out(secret, MANY, (FIRST, SECOND)) == numbers


@settings(max_examples=30)
@given(SECRETS, WORKS)
def test_the_markings_of_a_work_have_different_numbers(secret: bytes, work: WorkId) -> None:
    """Two experts can't tell that they hold the same work."""
    numbers = given_out(secret, [work], [Marking(n) for n in (1, 2, 3, 4)])
    assert len(set(numbers.values())) == 4


def test_the_parts_of_a_work_have_different_numbers() -> None:
    """Nor can experts who mark different parts of it; the whole work keeps the number that earlier versions drew."""
    keys = [MarkingKey(WorkId("W1"), marking, Part(part)) for marking in (FIRST, SECOND) for part in range(4)]
    drawn = {key: draw(b"s" * 32, key, 0) for key in keys}
    assert len(set(drawn.values())) == len(keys)
    assert drawn[MarkingKey(WorkId("W1"), SECOND, WHOLE)] == "4724135"


def test_another_secret_gives_other_numbers() -> None:
    """Without the secret a number says nothing: hardly any work keeps its number."""
    one, two = (given_out(secret * 32, MANY[:300], (FIRST,)) for secret in (b"a", b"b"))
    assert sum(one[key] == two[key] for key in one) <= 1


def test_a_taken_number_is_never_given() -> None:
    """The next draw is taken instead, and the one after that."""
    secret, work = b"s" * 32, WorkId("W1")
    draws = [draw(secret, MarkingKey(work, FIRST), attempt) for attempt in range(3)]
    assert numbering.number(secret, MarkingKey(work, FIRST), {draws[0]}) == draws[1]
    assert numbering.number(secret, MarkingKey(work, FIRST), set(draws[:2])) == draws[2]


def test_a_full_ledger_says_so() -> None:
    """It does not look for a free number for ever."""
    taken = [AnonymousNumber("0000000")] * (numbering.SPACE * 9 // 10 + 1)
    with pytest.raises(NumbersUsedUp, match=r"E4008.*900001"):
        numbering.number(b"s" * 32, MarkingKey(WorkId("W1"), FIRST), taken)


def rank_correlation(numbers: Sequence[str]) -> float:
    """Spearman's, of the numbers with the order they stand in (which follows schools and classes)."""
    ranks = {number: rank for rank, number in enumerate(sorted(numbers))}
    n = len(numbers)
    apart = sum((i - ranks[number]) ** 2 for i, number in enumerate(numbers))
    return 1 - 6 * apart / (n * (n * n - 1))


SEEDS = [hashlib.sha256(str(n).encode()).digest() for n in range(20)]


@pytest.mark.parametrize("marking", [FIRST, SECOND])
def test_numbers_follow_no_order_of_works(marking: Marking) -> None:
    """Over 20 secrets: within 4 standard errors each (1/√(n-1) = 0.05 for 400 works), about zero on average."""
    found = [rank_correlation([draw(secret, MarkingKey(work, marking), 0) for work in MANY[:400]]) for secret in SEEDS]
    assert max(map(abs, found)) < 0.2
    assert abs(sum(found) / len(found)) < 0.03


def test_a_hidden_order_would_be_found() -> None:
    """The yardstick itself: numbers in order, and numbers of which only every third follows the order."""
    numbers = [draw(SEEDS[0], MarkingKey(work, FIRST), 0) for work in MANY[:400]]
    assert rank_correlation(sorted(numbers)) == pytest.approx(1)
    assert rank_correlation(sorted(numbers, reverse=True)) == pytest.approx(-1)
    third = iter(sorted(numbers[::3]))
    leaking = [next(third) if n % 3 == 0 else number for n, number in enumerate(numbers)]
    assert rank_correlation(leaking) > 0.2


def test_the_two_numbers_of_a_work_are_unrelated() -> None:
    """The second numbers, in the order of the first ones, follow no order either."""
    for secret in SEEDS[:5]:
        works = sorted(MANY[:400], key=lambda work: draw(secret, MarkingKey(work, FIRST), 0))
        assert abs(rank_correlation([draw(secret, MarkingKey(work, SECOND), 0) for work in works])) < 0.2


@given(st.integers(0, 9_999_999))
def test_the_code_of_a_packet_is_read_as_it_is_written(packet: int) -> None:
    """With and without its dash and leading zeros; larger numbers have longer codes."""
    code = packet_code(packet)
    for typed in (code, code.replace("-", ""), f" {code.replace('-', ' ')} ", code.replace("-", "\u2013"), f"№ {code}"):
        assert packet_number(typed) == packet


@pytest.mark.parametrize("typed", ["", "0", "000042-3", "packet 000042-4", "000042-4x", "4006381333931", "-"])
def test_what_is_no_code_of_a_packet_is_none(typed: str) -> None:
    """A wrong check digit, words, and the long numbers of other bar codes."""
    assert packet_number(typed) is None


@given(st.integers(0, 99_999_999), st.integers(0, 7))
def test_the_line_under_the_bars_of_a_cover_names_the_same_packet(packet: int, round_: int) -> None:
    """Number and page there aren't taken for one larger number, whose check digit would be right too."""
    line = labels.spoken(labels.Label(labels.Kind.PACKET, packet, 1, round_, "ABCDEFGH"))
    assert numbering.packet_number(line) == numbering.packet_number(line.replace("-", "")) == packet
