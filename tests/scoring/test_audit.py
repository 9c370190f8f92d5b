"""Audits: a lot that anybody can draw again, blind keying by other people, and no more confidence than was earned."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck import damm, facts
from crosscheck.errors import Exit
from crosscheck.model import Given, NotAttempted, Points
from crosscheck.procedure import Boundaries
from scoring.audit import NoSuchAudit, NotAnAuditFile, NothingToAudit
from scoring.auditing import Checked, Counts, counted, distance, lot, may_change_mark, pooled, to_third_marking
from tests.stations import Desk, Ended

IVANOVA, SEDOV = "Иванова И. И.", "Седов С. С."
CRITERIA = ("1", "2", "3", "4", "5К1", "5К2")
# Totals 0, 3, 6, 9, 1: boundaries are at 4, 7 and 10.
ROWS = ("000000", "111000", "122010", "122310", "100000")


def number(n: int) -> str:
    return damm.closed(f"{483000 + n}")


@pytest.fixture
def read(desk: Desk) -> Desk:
    """Five works of one packet, read; nothing waits."""
    desk.add(facts.Packet(1, "E1", 1, len(ROWS)))
    for n, line in enumerate(ROWS):
        desk.add(facts.Number(f"w{n}", 1, number(n)), facts.PacketRow(1, n, f"w{n}", 1, number(n), ""))
        for criterion, value in zip(CRITERIA, line, strict=True):
            cell = ("p", f"w{n}", 1, criterion, "points", int(value), "[]", "one_cross", "{}", "c")
            desk.add(facts.CellReading(*cell))
            desk.add(facts.Score(f"w{n}", 1, criterion, 0, int(value), "reading", "p", "one_cross"))
    return desk


def draw(desk: Desk, *more: str, rows: int = 2) -> Ended:
    return desk.run("read", "audit", "draw", "--seed", "5 11 36", "--rows", str(rows), *more)


def listed(desk: Desk) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(desk.run("read", "audit", "list", "--json").out)
    return found


def key(desk: Desk, text: str, who: str = SEDOV) -> Ended:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdin", io.StringIO(text))
        return desk.run("read", "audit", "key", who=who)


def figures(desk: Desk) -> dict[str, object]:
    (found,) = json.loads(desk.run("read", "audit", "show", "--json").out)
    return dict(found)


# --- drawing --------------------------------------------------------------------------------------


def test_anybody_can_draw_the_lot_again(read: Desk) -> None:
    """From the seed and the printed numbers alone, in whatever order they are listed."""
    assert draw(read, "--near", "0").status == Exit.DONE
    order = lot("5 11 36", [number(n) for n in (4, 2, 0, 1, 3)])
    assert sorted(str(row["number"]) for row in listed(read)) == sorted(order[:2])
    found = sorted(read.facts(facts.AuditRow), key=lambda row: row.place)
    assert [row.number for row in found] == order[:2]


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=50), st.text(max_size=20))
def test_a_lot_is_an_order_of_all(numbers: set[int], seed: str) -> None:
    """Nobody is left out, and the order in which they come makes no difference."""
    named = [str(n) for n in numbers]
    assert lot(seed, named) == lot(seed, reversed(named))
    assert sorted(lot(seed, named)) == sorted(named)


def test_other_seeds_draw_others() -> None:
    """Each number is first under about as many seeds."""
    firsts = [lot(str(seed), map(str, range(10)))[0] for seed in range(2000)]
    assert all(140 < firsts.count(str(n)) < 260 for n in range(10))


def test_works_close_to_another_mark_are_drawn_all(read: Desk) -> None:
    """Within one point of 4, 7 or 10: totals 3, 6 and 9. The others only by lot."""
    draw(read, rows=0)
    assert {row["number"] for row in listed(read)} == {number(1), number(2), number(3)}
    assert {row["how"] for row in listed(read)} == {"near"}


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 4))
def test_close_is_whatever_may_pass_a_boundary(one: int, other: int, near: int) -> None:
    """Of a total that lies between two others: some value of it, moved by so many points, has another mark than some
    other value."""
    low, high = sorted((one, other))
    boundaries = Boundaries(4, 7, 10)
    reachable = {boundaries.mark(max(0, n)) for n in range(low - near, high + near + 1)}
    assert may_change_mark(low, high, near, boundaries) is (len(reachable) > 1)


@given(st.integers(0, 20), st.integers(1, 20))
def test_a_distance_is_the_least_change_that_passes(value: int, cut: int) -> None:
    """One point less doesn't."""
    far = distance(value, cut)
    above = value >= cut
    assert any((value + step >= cut) is not above for step in (far, -far))
    assert all((value + step >= cut) is above for step in range(-far + 1, far))


def test_works_close_to_a_third_marking_count_by_task() -> None:
    """Sums that differ by one or two where two is essential; tasks that only one has say nothing; X counts 0."""
    one: dict[str, Given] = {"1": Points(3), "2": NotAttempted()}
    assert to_third_marking(one, {"1": Points(1)}, 2) == 1
    assert to_third_marking(one, {"1": Points(3), "2": Points(0)}, 2) == 2
    assert to_third_marking(one, {"3": Points(3)}, 2) is None


def test_nothing_is_drawn_from_nothing(desk: Desk) -> None:
    """Before anything was read, and before anything was drawn."""
    ended = draw(desk)
    assert (ended.status, f"E{NothingToAudit.number}" in ended.err) == (NothingToAudit.exit, True)
    ended = desk.run("read", "audit", "show", "A9")
    assert (ended.status, f"E{NoSuchAudit.number}" in ended.err) == (NoSuchAudit.exit, True)


# --- keying ---------------------------------------------------------------------------------------


def text_of(desk: Desk) -> str:
    """What stands in the drawn rows, as it is keyed."""
    return "".join(ROWS[int(str(row["row"])) - 1] + "\r" for row in listed(desk))


def test_rows_that_agree_prove_something(read: Desk) -> None:
    """Two of five rows keyed again and right: at most so many of the five can be wrong."""
    draw(read, "--near", "0")
    ended = key(read, text_of(read))
    assert ended.status == Exit.DONE
    said = figures(read)
    assert (said["keyed_rows"], said["wrong_rows"], said["keyed_cells"]) == (2, 0, 12)
    assert said["wrong_rows_at_most"] == 3
    assert "at most 3 of 5 rows hold a wrong point" in read.run("read", "audit", "show").out
    assert {score.source for score in read.facts(facts.Score)} == {"reading"}


def test_keying_is_blind_and_in_the_order_of_the_paper(read: Desk) -> None:
    """Packet and row are said, what stands is not."""
    draw(read, "--near", "0")
    out = key(read, "\x1b").out
    first = listed(read)[0]
    assert out.startswith(f"Packet 000001-3, row {first['row']}:")
    assert out.count("\n> ") == 1


def test_what_differs_waits_for_a_person_and_counts_as_wrong_until_then(read: Desk) -> None:
    """The auditor's value changes nothing; a person looks, and only then it is known who was wrong."""
    draw(read, "--near", "0")
    first = int(str(listed(read)[0]["row"])) - 1
    text = text_of(read)
    ended = key(read, "1" + text[1:] if text[0] == "0" else "0" + text[1:])
    assert (ended.status, figures(read)["wrong_rows"], figures(read)["open"]) == (Exit.PERSON_NEEDED, 1, 1)
    (waiting,) = json.loads(read.run("review", "list", "--json").out)
    assert (waiting["number"], waiting["criterion"]) == (number(first), "1")
    assert read.run("review", "set", number(first), "1", ROWS[first][0]).status == Exit.DONE
    assert (figures(read)["wrong_rows"], figures(read)["open"]) == (0, 0)
    assert json.loads(read.run("review", "list", "--json").out) == []


def test_a_point_that_was_wrong_stays_counted_when_it_is_put_right(read: Desk) -> None:
    """The audit is about what stood."""
    draw(read, "--near", "0")
    first = int(str(listed(read)[0]["row"])) - 1
    text, other = text_of(read), "1" if ROWS[first][0] == "0" else "0"
    key(read, other + text[1:])
    assert read.run("review", "set", number(first), "1", other, "--correct", "--why", "audit A1").status == Exit.DONE
    assert (figures(read)["wrong_rows"], figures(read)["wrong_cells"], figures(read)["open"]) == (1, 1, 0)


def test_whoever_had_a_hand_in_a_row_does_not_check_it(read: Desk) -> None:
    """Whatever way the name is written; nobody keys what another one is keying."""
    read.run("review", "set", number(0), "1", "1", "--correct", "--why", "w", who=IVANOVA)
    draw(read, "--near", "0", rows=5)
    ended = key(read, "", who="иванова И И")
    assert "1 rows need another person: you had a hand in them." in ended.out
    key(read, "1\x1b")
    assert f"row {listed(read)[0]['row']}:" not in key(read, "\x1b", who="Волкова Д. Д.").out


def test_whoever_stops_goes_on_at_the_same_cell(read: Desk) -> None:
    """Cells that were keyed are kept, and the row counts when it is whole."""
    draw(read, "--near", "0", rows=1)
    text = text_of(read)
    key(read, text[:3])
    assert figures(read)["keyed_rows"] == 0
    key(read, text[3:])
    assert figures(read)["keyed_rows"] == 1


# --- what it proves -------------------------------------------------------------------------------


def test_the_sample_ends_at_the_first_gap() -> None:
    """Whoever leaves out a row that is hard to read doesn't choose the sample by that."""
    right, wrong = Checked(6, 0), Checked(6, 2)
    assert counted(9, [right, wrong, None, right, right]) == Counts(9, 2, 1, 12, 2)
    assert counted(9, [None, right]) == Counts(9, 0, 0, 0, 0)
    assert counted(9, [None]).rows_at_most() == 9


@pytest.mark.parametrize(
    "counts", [(5, 6, 0, 9, 0), (5, 2, 3, 9, 3), (5, 2, 1, 9, 0), (5, 2, 0, 9, 1), (5, 2, 1, 1, 2)]
)
def test_counts_that_contradict_each_other_are_refused(counts: tuple[int, int, int, int, int]) -> None:
    """More wrong than keyed, more keyed than there are, wrong cells in no wrong row."""
    with pytest.raises(ValueError, match="wrong"):
        Counts(*counts)


def test_audits_of_several_procedures_are_one(read: Desk, tmp_path: Path) -> None:
    """What one ledger exports another takes in, once; a later state of the same audit replaces the earlier."""
    draw(read, "--near", "0")
    key(read, text_of(read))
    out = tmp_path / "ours.json"
    assert read.run("read", "audit", "export", str(out)).status == Exit.DONE
    said = json.loads(out.read_text("utf-8"))
    assert "483" not in out.read_text("utf-8"), "no number of a work"
    for rows in (10, 20, 20):
        other = said | {"procedure": "russian-5", "population": 100, "rows": rows, "cells": 6 * rows}
        (tmp_path / "other.json").write_text(json.dumps(other), "utf-8")
        ended = read.run("read", "audit", "pool", str(tmp_path / "other.json"))
        assert ended.status == Exit.DONE
    later = json.loads((tmp_path / "other.json").read_text("utf-8")) | {"audit": "A2", "rows": 20}
    (tmp_path / "later.json").write_text(json.dumps(later), "utf-8")
    ended = read.run("read", "audit", "pool", str(tmp_path / "later.json"))
    assert "Procedures: 2." in ended.out, "two draws from the same rows are no two procedures"
    assert "By lot: 22 of 105 rows keyed again, 0 of them wrong; 132 cells, 0 wrong." in ended.out
    assert len(read.facts(facts.AuditCount)) == 3
    assert read.run("read", "audit", "pool", str(out)).status == NotAnAuditFile.exit, "its own audit counts anyway"
    assert pooled([Counts(5, 2, 0, 12, 0), Counts(100, 20, 0, 120, 0)]) == Counts(105, 22, 0, 132, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"crosscheck": "audit", "version": 2}',
        '{"crosscheck": "audit", "version": 1, "procedure": "a", "audit": "A1"}',
        '{"crosscheck": "audit", "version": 1, "procedure": "", "audit": "A1", "population": 1, "rows": 0, '
        '"wrong_rows": 0, "cells": 0, "wrong_cells": 0}',
        '{"crosscheck": "audit", "version": 1, "procedure": "a", "audit": "A1", "population": 1, "rows": 2, '
        '"wrong_rows": 0, "cells": 0, "wrong_cells": 0}',
        '{"crosscheck": "audit", "version": 1, "procedure": "a", "audit": "A1", "population": 9, "rows": 2, '
        '"wrong_rows": 0, "cells": 0, "wrong_cells": 0}',
        "[" * 100_000,
        "x" * 200_000,
    ],
    ids=["empty", "list", "nothing", "later", "no counts", "no name", "impossible", "no cells", "deep", "large"],
)
def test_what_is_no_export_is_refused(read: Desk, tmp_path: Path, text: str) -> None:
    """By name, and nothing of it is recorded."""
    (tmp_path / "x.json").write_text(text, "utf-8")
    ended = read.run("read", "audit", "pool", str(tmp_path / "x.json"))
    assert (ended.status, f"E{NotAnAuditFile.number}" in ended.err) == (NotAnAuditFile.exit, True)
    assert read.facts(facts.AuditCount) == []


def test_drawing_again_is_seen_and_a_seed_is_words(read: Desk) -> None:
    """Whoever draws until the result pleases can't hide it; nothing is no seed."""
    assert read.run("read", "audit", "draw", "--seed", " ").status == Exit.USAGE
    draw(read, "--near", "0")
    assert "so far" not in read.run("read", "audit", "show").out
    assert "so far: 2" in read.run("read", "audit", "draw", "--seed", "another").out
    assert "so far: 2" in read.run("read", "audit", "show").out


def test_reading_itself_is_still_a_command(desk: Desk) -> None:
    """`crosscheck read` reads; the audit is below it."""
    assert "0 pages read" in desk.run("read").out
