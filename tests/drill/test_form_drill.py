"""The drill of electronic forms: it holds, it has something to try, and it sees what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from crosscheck import cli
from crosscheck.errors import Exit
from crosscheck.model import Points
from drill import form_bombs, form_faults, form_station, forms
from drill.form_sent import Says, Sent, a_form, filled, no_form, said_by, with_fault
from drill.forms import Counted, judge
from scoring.forms import reading, recorded, unpacking, values
from scoring.forms.book import Refused
from scoring.forms.reading import number_of, read
from scoring.forms.unpacking import Caps, unpacked


def judged(sent: Sent) -> Counted:
    """One file read in this process, and what was counted."""
    counted = Counted()
    book = unpacked(sent.content, Caps())
    if isinstance(book, Refused):
        judge(sent, book, counted)
        return counted
    number = number_of(book)
    judge(sent, read(sent.form, book, "f.xlsx") if number == sent.form.number else number, counted)
    return counted


def counted(sent: Sent) -> int:
    """What is counted against the reader."""
    c = judged(sent)
    return c.wrong_cells + c.good_refused + c.bad_taken + c.faults_unnamed + c.others_misnamed


def good(seed: int) -> Sent:
    dice = np.random.default_rng(seed)
    form = a_form(dice, 0)
    statements = said_by(form, dice)
    return Sent("good", form, filled(form, statements, dice), Says(statements))


def spoilt(fault: str, seed: int = 1) -> Sent:
    dice = np.random.default_rng(seed)
    form = a_form(dice, 0)
    return with_fault(form, filled(form, said_by(form, dice), dice), fault, dice)


def faked(other: str, seed: int = 1) -> Sent:
    dice = np.random.default_rng(seed)
    form = a_form(dice, 0)
    return no_form(form, filled(form, said_by(form, dice), dice), other, dice)


@pytest.mark.parametrize("fault", form_faults.FAULTS)
def test_every_fault_is_refused_with_its_cell(fault: str) -> None:
    """Each one there is, on a form of its own."""
    assert counted(spoilt(fault)) == 0


@pytest.mark.parametrize("other", sorted(set(form_bombs.NOT_FORMS) - form_bombs.DEAR))
def test_every_other_file_is_called_what_it_is(other: str) -> None:
    """Each kind but the dear ones, which the drill itself tries."""
    assert counted(faked(other)) == 0


def test_the_whole_drill_holds() -> None:
    """A few files, the process that opens them, a station that takes them in: no gate fails, all have chances."""
    gates = {gate.name: gate for gate in forms.run(5, 12)}
    assert [name for name, gate in gates.items() if not gate.ok] == []
    assert all(gate.n > 0 for name, gate in gates.items() if "memory" not in name)


# --- planted bugs --------------------------------------------------------------------------------


def _clamped(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """A value above the maximum becomes the maximum."""
    score = values.score
    monkeypatch.setattr(
        reading,
        "score",
        lambda content, criterion, by: (
            Points(criterion.maximum) if isinstance(found := score(content, criterion, by), values.Wrong) else found
        ),
    )
    return spoilt("above the maximum")


def _empty_is_zero(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """An empty cell is a 0."""
    score = values.score
    monkeypatch.setattr(
        reading, "score", lambda content, criterion, by: Points(0) if content is None else score(content, criterion, by)
    )
    return good(3)


def _hidden_is_fine(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Nobody looks what is hidden."""
    monkeypatch.setattr(unpacking, "_row_hidden", lambda _sheet, _row: False)
    return spoilt("a hidden row")


def _titles_unread(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Nobody compares what stands above the table."""
    monkeypatch.setattr(reading._Reading, "look_at_fixed", lambda _reading: None)
    return spoilt("another title")


def _container_unread(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Nobody looks what else is in the container."""
    monkeypatch.setattr(unpacking, "_look_at_names", lambda _names: None)
    return faked("macros")


@pytest.mark.parametrize("plant", [_clamped, _empty_is_zero, _hidden_is_fine, _titles_unread, _container_unread])
def test_the_drill_sees_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], Sent]
) -> None:
    """Each bug is counted, and without it nothing is."""
    with monkeypatch.context() as planted:
        sent = plant(planted)
        assert counted(sent) > 0
    assert counted(sent) == 0


def _nothing_recorded(_monkeypatch: pytest.MonkeyPatch, _home: Path, _returned: Path) -> int:
    """The import says that it refused something, and does nothing."""
    return Exit.INPUT


def _zeros_recorded(monkeypatch: pytest.MonkeyPatch, home: Path, returned: Path) -> int:
    """The import records 0 for everything."""
    fact = recorded.fact
    monkeypatch.setattr(recorded, "fact", lambda work, c, revision, _stated: fact(work, c, revision, Points(0)))
    return int(cli.run(["--home", str(home), "forms", "import", str(returned)]))


@pytest.mark.parametrize(
    ("plant", "failing"),
    [
        (_nothing_recorded, {"otherwise than typed", "more than once, or not", "of refused forms"}),
        (_zeros_recorded, {"otherwise than typed", "imports that stopped"}),  # nothing was sent that is refused
    ],
)
def test_the_drill_sees_what_a_station_recorded_wrongly(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    plant: Callable[[pytest.MonkeyPatch, Path, Path], int],
    failing: set[str],
) -> None:
    """Its ledger is compared with what was typed, cell by cell."""
    with monkeypatch.context() as planted:
        planted.setattr(form_station, "_taken_in", lambda home, returned, _out: (plant(planted, home, returned), 0))
        gates, _peak = form_station.play(tmp_path, np.random.default_rng(1), 0)
    failed = [gate.name for gate in gates if not gate.ok]
    assert len(failed) == len(failing)
    assert all(any(name.endswith(end) for end in failing) for name in failed)
