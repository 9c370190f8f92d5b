"""What did not come back is named: the whole packet, a sheet, a row; and a second scan is a copy or refused."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck import damm, facts
from crosscheck.errors import Exit
from crosscheck.procedure import Keying
from drill.assessment import toml
from scoring import capture
from scoring.evidence import Cell
from scoring.missing import Missing, RowSeen, SheetSeen, What, missing
from tests import factories
from tests.stations import Desk, district

NOTHING = RowSeen("1", 4, 0, 0, 0, 0)
FULL = RowSeen("2", 4, 4, 4, 0, 0)


def sheet(sheet_: int, *rows: RowSeen, read: bool = False, packet: int = 1) -> SheetSeen:
    return SheetSeen(packet, sheet_, read, rows)


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ([sheet(1, NOTHING), sheet(2, NOTHING)], [(What.PACKET, 0, "", 8)]),
        ([sheet(1, FULL), sheet(2, NOTHING)], [(What.SHEET, 2, "", 4)]),
        ([sheet(1, FULL, NOTHING, read=True)], [(What.ROW, 1, "1", 4)]),
        ([sheet(1, NOTHING, read=True)], [(What.ROW, 1, "1", 4)]),
        ([sheet(1, FULL, replace(FULL, scored=2))], []),
        ([sheet(1, FULL, replace(FULL, scored=1, marked=0, lacking=3))], [(What.CELLS, 1, "2", 3)]),
        ([sheet(1, FULL), sheet(2, replace(NOTHING, asked=0))], []),
        ([sheet(1, RowSeen("3", 4, 0, 0, 3, 1))], [(What.KEYED_ONCE, 1, "3", 3), (What.KEYED_DIFFERENTLY, 1, "3", 1)]),
    ],
    ids=[
        "packet",
        "sheet",
        "row",
        "an empty sheet",
        "cells wait elsewhere",
        "some cells",
        "a sheet asked for nothing",
        "keyed",
    ],
)
def test_the_largest_thing_that_is_missing_is_named(
    sheets: list[SheetSeen], expected: list[tuple[What, int, str, int]]
) -> None:
    """Not each row of a packet that never came; not a cell that waits in `review`."""
    assert missing(sheets) == [Missing(what, 1, at, number, cells) for what, at, number, cells in expected]


@given(st.lists(st.tuples(st.integers(1, 3), st.booleans(), st.lists(st.integers(0, 4), max_size=4)), max_size=6))
def test_every_cell_of_which_nothing_came_is_counted_once(made: list[tuple[int, bool, list[int]]]) -> None:
    """Whatever is missing whole: its cells add up."""
    sheets = [
        SheetSeen(packet, at, read, tuple(RowSeen(str(n), 4, scored, scored, 0, 0) for n, scored in enumerate(rows)))
        for at, (packet, read, rows) in enumerate(made, start=1)
    ]
    empty = sum(4 for one in sheets for row in one.rows if not row.scored)
    assert sum(one.cells for one in missing(sheets)) == empty


# --- in the ledger --------------------------------------------------------------------------------


def number(n: int) -> str:
    return damm.closed(f"{483000 + n}")


@pytest.fixture
def printed(desk: Desk) -> Desk:
    """Three printed packets of one work each; one was given out."""
    for n in (1, 2, 3):
        desk.add(
            facts.Packet(n, "E1", 1, 1),
            facts.Number(f"w{n}", 1, number(n)),
            facts.PacketRow(n, 0, f"w{n}", 1, number(n), ""),
            facts.PacketPrint(n, 0, "sha", 5),
            facts.Sheet(n, 1, 0, "blank"),
        )
    desk.add(facts.CustodyMove("m1", 1, "out", "П1", "2026-04-14T10:00:00", "Орлова", ""))
    return desk


def listed(desk: Desk) -> list[tuple[object, ...]]:
    ended = desk.run("read", "missing", "--json")
    rows = json.loads(ended.out)
    assert ended.status == (Exit.PERSON_NEEDED if rows else Exit.DONE)
    return [(row["packet"][:6], row["what"], row["number"], row["custody"]) for row in rows]


def test_packets_that_did_not_come_are_listed(printed: Desk) -> None:
    """With where they were last; what came whole isn't there, nor what was taken back."""
    criteria = printed.station().procedure().criteria
    printed.add(*(facts.Score("w2", 1, c.id, 0, 0, "entry", "", "") for c in criteria))
    printed.add(facts.Reassignment("w3", 1, 1, "E1", 3, "E2", "A", "", "absent", "w"))
    assert listed(printed) == [("000001", "packet", "", "out")]


def test_a_row_of_which_some_cells_came_is_still_listed(printed: Desk) -> None:
    """One cell was keyed, another one read and waits in `review`: of the others nothing is known."""
    first, second, *others = printed.station().procedure().criteria
    printed.add(facts.Score("w1", 1, first.id, 0, 0, "entry", "", ""))
    printed.add(facts.CellReading("p", "w1", 1, second.id, "ambiguous", None, "[]", "faint", "{}", "c"))
    ended = printed.run("read", "missing", "--json")
    (row,) = [row for row in json.loads(ended.out) if row["number"] == number(1)]
    assert (row["what"], row["cells"]) == ("missing_cells", len(others))


def test_rows_without_a_mark_are_listed(printed: Desk) -> None:
    """The sheet was read, and nothing is marked in the row."""
    printed.add(facts.SheetReading("p", "read", 1, 1, 0, ""))
    for criterion in printed.station().procedure().criteria:
        printed.add(facts.CellReading("p", "w1", 1, criterion.id, "blank", None, "[]", "nothing", "{}", "c"))
    assert ("000001", "missing_row", number(1), "out") in listed(printed)


def test_what_another_person_must_key_is_listed(printed: Desk) -> None:
    """Keyed by one of two people, who stopped in the middle of the row."""
    again = printed.home.parent / "again"
    made = factories.procedure(keying=Keying(entry_people=2))
    (district(again) / "procedure.toml").write_text(toml(made), "utf-8")
    printed.run("register", str(again))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdin", io.StringIO("122"))
        printed.run("enter", damm.closed("000001"))
    assert [row for row in listed(printed) if row[0] == "000001"] == [
        ("000001", "missing_cells", number(1), "out"),
        ("000001", "keyed_once", number(1), "out"),
    ]


# --- a sheet that comes twice -----------------------------------------------------------------------


def came(desk: Desk, page: str, kinds: dict[str, tuple[str, int | None]]) -> str:
    """A scan of the first packet's sheet with these cells comes in; what became of it."""
    cells = tuple(
        Cell(0, criterion, kind, points, "[]", "one_cross", "{}", "crop") for criterion, (kind, points) in kinds.items()
    )
    procedure = toml(factories.procedure())
    unit = capture.Unit(page, "", "", "", procedure, desk.home, b"")
    with desk.station().ledger.writing() as writer:
        capture._record(writer, unit, capture.Read(1, 1, 0, cells, ()))
    return next(one.outcome for one in desk.facts(facts.SheetReading) if one.page == page)


FIRST: dict[str, tuple[str, int | None]] = {"1": ("points", 1), "2": ("blank", None), "3": ("ambiguous", None)}


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "copy"),
        ({"3": ("points", 2)}, "copy"),
        ({"1": ("points", 0)}, "refused"),
        ({"2": ("points", 0)}, "refused"),
        ({"1": ("blank", None)}, "refused"),
        ({"1": ("not_attempted", None)}, "refused"),
    ],
    ids=["the same", "read better", "other points", "filled in later", "a mark is gone", "X for points"],
)
def test_a_photocopy_counts_for_nothing(
    printed: Desk, changed: dict[str, tuple[str, int | None]], outcome: str
) -> None:
    """The same contents are a copy; other contents are refused by name, also where only a cell was filled in that had
    been empty. Nothing of either is recorded."""
    assert came(printed, "p1", FIRST) == "read"
    scores = printed.facts(facts.Score)
    assert came(printed, "p2", {**FIRST, **changed}) == outcome
    assert printed.facts(facts.Score) == scores
    assert all(cell.page == "p1" for cell in printed.facts(facts.CellReading))
    told = [finding.detail for finding in printed.facts(facts.Finding)]
    assert told == (
        ["score sheet 1 of packet 000001-3, print 1: read already (page p1) with other contents"]
        if outcome == "refused"
        else []
    )


def test_a_sheet_taken_from_its_expert_counts_for_nothing(printed: Desk) -> None:
    """Its works were given to another expert: refused by name."""
    printed.add(facts.Reassignment("w1", 1, 1, "E1", 1, "E2", "A", "", "absent", "w"))
    assert came(printed, "p1", FIRST) == "refused"
    (finding,) = printed.facts(facts.Finding)
    assert "was taken back from its expert" in finding.detail
    assert printed.facts(facts.Score) == []
