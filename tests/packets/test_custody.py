"""Where packets are: what a code means, what a move means, and that the count of a check point always comes out."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck import damm, labels
from crosscheck.labels import Kind, Label
from crosscheck.packetcode import NoCode, PacketCode, code_of
from packets.custody import (
    AtOffice,
    Direction,
    GivenOut,
    Lost,
    Move,
    Packet,
    Recorded,
    Refusal,
    Remark,
    Returned,
    counted,
    judged,
    whereabouts,
)

PAPER = "Q3ZK7MWD"
NOON = datetime.datetime(2026, 4, 14, 12, tzinfo=datetime.UTC)
COVER = Label(Kind.PACKET, 42, 1, 1, PAPER)


def move(direction: Direction, packet: int = 42, minutes: int = 0, point: str = "П1") -> Move:
    return Move(packet, direction, point, NOON + datetime.timedelta(minutes=minutes), "Орлова")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (labels.text(COVER), PacketCode(42, 1)),
        (labels.digits(COVER), PacketCode(42, 1)),
        ("000042" + damm.check_digit("000042"), PacketCode(42, None)),
        (f" 000042-{damm.check_digit('000042')} ", PacketCode(42, None)),
        (f"000042–{damm.check_digit('000042')}", PacketCode(42, None)),
        (labels.text(replace(COVER, paper="AAAAAAAA")), NoCode.OTHER_PROCEDURE),
        (labels.digits(replace(COVER, paper="AAAAAAAA")), NoCode.OTHER_PROCEDURE),
        (labels.text(replace(COVER, kind=Kind.SHEET)), NoCode.OTHER_PAPER),
        (labels.digits(replace(COVER, kind=Kind.ANSWER)), NoCode.OTHER_PAPER),
        (labels.text(COVER)[:-1], NoCode.UNREADABLE),
        ("", NoCode.UNREADABLE),
        ("4006381333931", NoCode.UNREADABLE),
    ],
)
def test_only_the_code_of_a_packet_is_taken(text: str, code: PacketCode | NoCode) -> None:
    """QR, Code128, or typed with its check digit; a sheet, another procedure and damage are told apart."""
    assert code_of(text, PAPER) == code


_KEYS = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM.", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬю")


@given(
    st.integers(0, 99_999_999), st.integers(0, 99), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=8, max_size=8)
)
def test_a_russian_keyboard_layout_is_understood_and_said(packet: int, round_: int, paper: str) -> None:
    """What a scanner types into it is the same packet, also with Caps Lock; a sign that is wrong stays wrong."""
    plain = labels.text(Label(Kind.PACKET, packet, 1, round_, paper))
    typed = plain.translate(_KEYS)
    assert code_of(typed, paper) == code_of(typed.swapcase(), paper) == PacketCode(packet, round_, by_keys=True)
    assert code_of(plain, paper) == PacketCode(packet, round_)
    wrong = typed[:-1] + ("0" if typed[-1] != "0" else "1")
    assert code_of(wrong, paper) is NoCode.UNREADABLE
    sheet = labels.text(Label(Kind.SHEET, packet, 1, round_, paper)).translate(_KEYS)
    assert code_of(sheet, paper) is NoCode.OTHER_PAPER


@given(st.integers(0, 999_999), st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_never_another_packet(number: int, at: int, other: int) -> None:
    """A typed number with one slip is refused."""
    typed = damm.closed(f"{number:06d}")
    wrong = typed[:at] + str((int(typed[at]) + other) % 10) + typed[at + 1 :]
    assert code_of(wrong, PAPER) is NoCode.UNREADABLE


OUT, BACK, LOST = Direction.OUT, Direction.BACK, Direction.LOST
CODE, KNOWN = PacketCode(42, 1), Packet(42, "E1", "П1", 20, 1)


@pytest.mark.parametrize(
    ("where", "direction", "verdict"),
    [
        (AtOffice(), OUT, Recorded(())),
        (AtOffice(), BACK, Recorded((Remark.NEVER_OUT,))),
        (AtOffice(), LOST, Recorded(())),
        (GivenOut(move(OUT)), OUT, Refusal.OUT_ALREADY),
        (GivenOut(move(OUT)), BACK, Recorded(())),
        (GivenOut(move(OUT)), LOST, Recorded(())),
        (Returned(move(BACK)), OUT, Recorded((Remark.OUT_AGAIN,))),
        (Returned(move(BACK)), BACK, Refusal.BACK_ALREADY),
        (Returned(move(BACK)), LOST, Refusal.BACK_ALREADY),
        (Lost(move(LOST)), OUT, Recorded((Remark.FOUND,))),
        (Lost(move(LOST)), BACK, Recorded((Remark.FOUND,))),
        (Lost(move(LOST)), LOST, Refusal.LOST_ALREADY),
    ],
)
def test_what_a_move_means_depends_on_where_the_packet_is(
    where: AtOffice | GivenOut | Returned | Lost, direction: Direction, verdict: Recorded | Refusal
) -> None:
    """Every place against every direction: repeated moves are refused, odd ones recorded and shown."""
    assert judged(KNOWN, CODE, where, direction, "П1", closed=False) == verdict


def test_an_older_print_comes_back_but_does_not_go_out() -> None:
    """Its score sheets are void: whoever holds it must get the newer one."""
    old = PacketCode(42, 0)
    assert judged(KNOWN, old, AtOffice(), OUT, "П1", closed=False) is Refusal.OLD_PRINT
    back = judged(KNOWN, old, GivenOut(move(OUT)), BACK, "П1", closed=False)
    assert back == Recorded((Remark.OLD_PRINT,))


def test_a_closed_check_point_gives_nothing_out() -> None:
    """What still comes back is taken, and shown."""
    assert judged(KNOWN, CODE, AtOffice(), OUT, "П1", closed=True) is Refusal.POINT_CLOSED
    back = judged(KNOWN, CODE, GivenOut(move(OUT)), BACK, "П1", closed=True)
    assert back == Recorded((Remark.AFTER_CLOSING,))


def test_a_packet_at_another_check_point_is_shown() -> None:
    """And one that nobody printed is refused."""
    assert judged(KNOWN, CODE, AtOffice(), OUT, "П2", closed=False) == Recorded((Remark.OTHER_POINT,))
    assert judged(None, CODE, AtOffice(), OUT, "П1", closed=False) is Refusal.UNKNOWN_PACKET


MOVES = st.lists(
    st.builds(move, st.sampled_from(Direction), st.integers(1, 6), st.integers(0, 500), st.sampled_from(("П1", "П2"))),
    max_size=20,
    unique_by=lambda m: (m.packet, m.at),
)
PACKETS = tuple(Packet(n, "E1", "П1" if n % 2 else "П2", n, 0) for n in range(1, 7))


@given(MOVES, st.randoms(use_true_random=False))
def test_the_count_of_check_points_comes_out(moves: list[Move], order: random.Random) -> None:
    """Every packet is in one place and one check point's count, in whatever order its moves became known."""
    counts = counted(PACKETS, whereabouts(moves))
    assert sum(c.all for c in counts) == len(PACKETS)
    assert all(c.all == c.at_office + c.out + c.back + c.lost for c in counts)
    order.shuffle(moves)
    assert counted(PACKETS, whereabouts(moves)) == counts
