"""The demo's comparison with the truth sees what it is there to see: each is shown a bug planted in the product."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crosscheck import facts
from crosscheck.geometry import Box
from crosscheck.model import CriterionId, Fate, Given, PageKey, Points
from drill import pens
from drill.compare import Comparison, compare
from drill.journey import PASSPHRASES
from drill.people import Knowledge, know
from drill.truth import Truth
from drill.truth import read as read_truth
from packets import assigning, origins, present
from scanning.collating import collation
from scanning.collating.collation import Placed
from scanning.leaks.leakcheck import LeakProof
from scanning.masking import redaction
from scoring import decide, reading
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk
from tests.journey.played import SAMPLES, Played

HEAD = Box(20, 18, 170, 36)  # where the form has name, school, class and code
HASTY = dataclasses.replace(pens.CAREFUL, habits=pens.Habits(corrected=1.0))


# --- a pile of four pages ------------------------------------------------------------------------


def _pile(folder: Path, order: Sequence[int]) -> Truth:
    """Some pages of the sample scans as a file of their own, in this order, and the truth about them."""
    played.pile(folder, order)
    truth = read_truth(SAMPLES / "truth.json")
    return Truth(truth.works, tuple(dataclasses.replace(truth.pages[i], index=at) for at, i in enumerate(order)))


def _scanned(desk: Desk, folder: Path, order: Sequence[int]) -> Comparison:
    """Take the pile in, mask and number it, and compare with the truth."""
    truth = _pile(folder, order)
    desk.type("ingest", str(folder))
    desk.type("redact")
    desk.type("number")
    known = know(played.opened(desk.home), truth, folder, SAMPLES, PASSPHRASES["CROSSCHECK_COORDINATOR_PASSPHRASE"])
    return _compared(desk, known, {})


def _compared(desk: Desk, known: Knowledge, meant: dict[tuple[str, str], Given]) -> Comparison:
    return compare(played.opened(desk.home), known, SAMPLES, meant)


def _uncover(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: the head of the form is copied as if it were an answer."""
    redact = redaction.redact

    def careless(grey: Any, registration: Any, zones: Sequence[Box], _identity: Sequence[Box], *rest: Any) -> Any:
        return redact(grey, registration, [*zones, HEAD], [], *rest)

    monkeypatch.setattr(redaction, "redact", careless)


def test_a_sound_product_leaves_the_gates_silent(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Without a planted bug four pages in any order are placed and masked."""
    compared = _scanned(desk_at("registered"), tmp_path / "pile", (2, 3, 0, 1))
    assert (compared.wrong_attributions, compared.pages_placed) == (0, 4)
    assert (compared.leaked_pages, compared.pages_masked) == (0, 4)


def test_the_product_itself_stops_pages_whose_mask_is_wrong(
    desk_at: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leak check, which knows nothing of the masking, lets no page with a visible head through."""
    _uncover(monkeypatch)
    compared = _scanned(desk_at("registered"), tmp_path / "pile", (0,))
    assert (compared.leaked_pages, compared.pages_masked) == (0, 0)


def test_the_gate_sees_a_leak_that_the_product_let_through(
    desk_at: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the leak check blinded too, the comparison counts the page."""
    _uncover(monkeypatch)
    monkeypatch.setattr(LeakProof, "passed", property(lambda _proof: True))
    compared = _scanned(desk_at("registered"), tmp_path / "pile", (0,))
    assert (compared.leaked_pages, compared.pages_masked) == (1, 1)


def test_the_gate_sees_pages_that_were_given_to_works_by_order(
    desk_at: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Collation that counts pages instead of reading their codes puts swapped works wrong, and is caught."""

    def counted(page: collation.Scanned, _listed: object, expected: collation.Expected) -> Placed:
        form = expected.forms[min(expected.forms) + page.position // 2]
        return Placed(Fate.KNOWN, PageKey(form.work, page.position % 2 + 1), "by order")

    monkeypatch.setattr(collation, "_by_itself", counted)
    compared = _scanned(desk_at("registered"), tmp_path / "pile", (2, 3, 0, 1))
    assert (compared.wrong_attributions, compared.pages_placed) == (4, 4)


# --- points --------------------------------------------------------------------------------------


def _corrected_sheets(desk: Desk, day: Played, folder: Path) -> Comparison:
    """A packet in which every expert's cross was corrected: a wrong box filled in, the right one crossed."""
    rows = sorted(played.all_of(desk.home, facts.PacketRow, packet=1), key=lambda row: row.row)
    criteria = [criterion.id for criterion in played.opened(desk.home).procedure().criteria]
    given: list[dict[CriterionId, Given]] = [dict.fromkeys(criteria, Points(1)) for _row in rows]
    folder.mkdir()
    for i, scan in enumerate(played.filled(desk.home, 1, given, pen=HASTY)):
        (folder / f"{i}.jpg").write_bytes(scan)
    desk.type("ingest", "--sheets", str(folder))
    desk.type("read")
    meant: dict[tuple[str, str], Given] = {(row.number, criterion): Points(1) for row in rows for criterion in criteria}
    return _compared(desk, day.known, meant)


def test_corrected_cells_are_never_accepted_wrong(desk_at: MakeDesk, day: Played, tmp_path: Path) -> None:
    """Without a planted bug no corrected cell gives points that nobody meant."""
    compared = _corrected_sheets(desk_at("printed"), day, tmp_path / "sheets")
    assert compared.cells > 0
    assert compared.wrong_points_accepted == 0


def test_the_gate_sees_points_read_from_the_darkest_box(
    desk_at: MakeDesk, day: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that takes the box with most ink takes the cancelled one, and is caught."""

    def darkest(boxes: Sequence[decide.BoxMeasure], _limits: object) -> decide.Decision:
        return decide.Decision(max(boxes, key=lambda box: box.coverage).given, decide.Rule.ONE_CROSS)

    monkeypatch.setattr(reading, "decide", darkest)
    compared = _corrected_sheets(desk_at("printed"), day, tmp_path / "sheets")
    assert compared.wrong_points_accepted > compared.cells / 2


# --- assignments ---------------------------------------------------------------------------------


def test_the_gate_sees_an_allocation_that_ignores_conflicts(
    desk_at: MakeDesk, day: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With conflicts forgotten and one expert for all, the expert marks works of the own school, and is caught."""
    desk = desk_at("numbered")
    code = next(expert for expert, name in day.known.experts.items() if name == "Э01")
    opened, experts = origins.open_origins, present.experts_there

    def forgetful(*arguments: Any) -> origins.Origins:
        return dataclasses.replace(opened(*arguments), conflicts=frozenset())

    def only_one(*arguments: Any) -> Any:
        return tuple(e for e in experts(*arguments) if e.expert == code)

    monkeypatch.setattr(assigning, "open_origins", forgetful)
    monkeypatch.setattr(assigning, "experts_there", only_one)
    desk.type("allocate")
    assert _compared(desk, day.known, {}).conflicts == 4  # three of school 3, and the nephew
