"""Sheets keyed in by hand: every cell kept at once, two people blind of each other, nobody shifted by a cell."""

from __future__ import annotations

import dataclasses
import io
import os
import select
import signal
import subprocess
import sys

import pytest

from crosscheck import cli, damm, facts, labels
from crosscheck.errors import Exit
from crosscheck.labels import Kind, Label
from crosscheck.model import Points
from crosscheck.packetcode import NotAPacketCode
from crosscheck.procedure import CaptureStyle, Control, Criterion, Keying, Procedure, paper_digest, sheet_digest
from drill.assessment import toml
from scoring import capture, entry, keyboard
from scoring.blind import Said, Stands, TakenBack, verdict
from scoring.entry import OldPrint
from scoring.settle import NoSuchPacket
from tests import factories
from tests.imports import ROOT
from tests.stations import PHRASES, Desk, Ended, district

FIRST, SECOND = damm.closed("483291"), damm.closed("572610")
PACKET = damm.closed("000001")
IVANOVA, ORLOVA, SEDOV = "Иванова И. И.", "Орлова В. П.", "Седов С. С."
ALL_OF_FIRST = "1 2 2 3 0 X\n"


def packet(desk: Desk, **changes: object) -> Desk:
    """Two works in one packet, of a procedure with these settings."""
    if changes:
        again = desk.home.parent / "again"
        (district(again) / "procedure.toml").write_text(toml(factories.procedure(**changes)), "utf-8")
        assert desk.run("register", str(again)).status == Exit.DONE
    desk.add(facts.Packet(1, "E1", 1, 2))
    for row, (form, number) in enumerate(((11, FIRST), (12, SECOND))):
        work = desk.work(form)
        desk.add(
            facts.Number(work, 1, number),
            facts.Assignment(work, 1, "E1", "A", ""),
            facts.PacketRow(1, row, work, 1, number, ""),
        )
    return desk


def keyed(desk: Desk, text: str, code: str | None = PACKET, who: str = IVANOVA) -> Ended:
    """Key these characters."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdin", io.StringIO(text))
        return desk.run("enter", *([] if code is None else [code]), who=who)


def scores(desk: Desk, form: int = 11) -> dict[str, int | None]:
    """What stands for a work."""
    return {score.criterion: score.points for score in desk.facts(facts.Score) if score.work == desk.work(form)}


def looked(desk: Desk, form: int = 11) -> list[tuple[str, str, int | None]]:
    """Everything that was said of a work, in order."""
    return [(one.criterion, one.kind, one.points) for one in desk.facts(facts.Look) if one.work == desk.work(form)]


# --- one person -----------------------------------------------------------------------------------


def test_a_sheet_is_keyed_in_the_order_of_its_rows(desk: Desk) -> None:
    """X is not 0; what stands already isn't asked again; with nothing left nothing is asked."""
    packet(desk)
    desk.add(facts.Score(desk.work(11), 1, "1", 0, 1, "reading", "p", ""))
    ended = keyed(desk, "2230X\n100000\n")
    assert (ended.status, ended.out.strip().splitlines()[-1]) == (Exit.DONE, "11 points keyed.")
    assert scores(desk) == {"1": 1, "2": 2, "3": 2, "4": 3, "5К1": 0, "5К2": None}
    assert scores(desk, 12) == {"1": 1, "2": 0, "3": 0, "4": 0, "5К1": 0, "5К2": 0}
    assert keyed(desk, "").out.strip() == "0 points keyed."


def test_a_value_above_the_maximum_stops_the_row(desk: Desk) -> None:
    """What is typed on after it is not taken for the next cells; acknowledged, the cell is asked again."""
    ended = keyed(packet(desk), "1 9 0 0 0\n2 2 3 0 X\n")
    assert "E3072 9 is not possible for criterion 2" in ended.out
    assert scores(desk) == {"1": 1, "2": 2, "3": 2, "4": 3, "5К1": 0, "5К2": None}


def test_whoever_stops_goes_on_at_the_same_cell(desk: Desk) -> None:
    """Escape in the middle of a row: what was keyed of it is kept, and no score yet."""
    packet(desk)
    assert keyed(desk, "122\x1b").status == Exit.DONE
    assert (scores(desk), len(looked(desk))) == ({}, 3)
    keyed(desk, "30X\n")
    assert scores(desk) == {"1": 1, "2": 2, "3": 2, "4": 3, "5К1": 0, "5К2": None}


def test_a_row_cut_off_before_its_end_is_ended_first(desk: Desk) -> None:
    """All cells were keyed, Enter was not: Enter is what is asked."""
    packet(desk)
    keyed(desk, "12230X")
    assert scores(desk) == {}
    keyed(desk, "\n")
    assert len(scores(desk)) == 6


def test_going_back_is_a_fact_of_its_own(desk: Desk) -> None:
    """Nothing that was keyed is rewritten: it is taken back, and keyed anew."""
    keyed(packet(desk), "10\x7f2230X\n")
    assert looked(desk)[:4] == [("1", "points", 1), ("2", "points", 0), ("2", "taken_back", None), ("2", "points", 2)]
    assert scores(desk)["2"] == 2


def test_a_sheet_goes_before_the_next_sheet(fresh: Desk) -> None:
    """Where criteria stand on two sheets, all rows of the first are keyed, then all of the second."""
    desk = packet(fresh, criteria=tuple(factories.criterion(f"{task}К1", task, 9) for task in "12345"))
    procedure = desk.station().procedure()
    with desk.station().ledger.reading() as connection:
        asked = entry.rows_to_key(connection, procedure, 1, IVANOVA)
    assert [one.sheet for one in asked] == sorted(one.sheet for one in asked)
    assert len({one.sheet for one in asked}) > 1
    assert sum(len(one.row.fields) for one in asked) == 2 * len(procedure.criteria)


# --- sums -----------------------------------------------------------------------------------------


def test_the_sum_of_the_row_is_keyed_by_its_last_digit(desk: Desk) -> None:
    """8 points: an 8 ends the row. Another digit says what is wrong, and the row can be put right."""
    packet(desk, control=Control.ROWS, style=CaptureStyle.DIGITS)
    ended = keyed(desk, "12230X7\n\x7f\x7f\x7f20X7")
    assert "The points keyed make 8, and the sum says 7." in ended.out
    assert scores(desk) == {"1": 1, "2": 2, "3": 2, "4": 2, "5К1": 0, "5К2": None}
    assert desk.facts(facts.Finding) == []


def test_a_sum_that_was_added_wrongly_changes_no_points_and_is_told(desk: Desk) -> None:
    """Keyed twice, it stands on the paper: a finding for a person."""
    packet(desk, control=Control.ROWS, style=CaptureStyle.DIGITS)
    keyed(desk, "12230X7\n7")
    assert len(scores(desk)) == 6
    (finding,) = desk.facts(facts.Finding)
    assert (finding.kind, finding.subject) == ("sum_differs", desk.work(11))


# --- two people -----------------------------------------------------------------------------------

TWO = Keying(entry_people=2)


def test_two_people_key_a_sheet_blind_of_each_other(desk: Desk) -> None:
    """The first makes no score; the second isn't shown anything, and what agrees stands."""
    packet(desk, keying=TWO)
    ended = keyed(desk, ALL_OF_FIRST + "000000\n")
    assert ended.status == Exit.PERSON_NEEDED
    assert "Another person must key it, under their own name: 12 cells." in ended.out
    assert desk.facts(facts.Score) == []
    ended = keyed(desk, ALL_OF_FIRST + "000000\n", who=ORLOVA)
    assert ended.status == Exit.DONE
    assert len(desk.facts(facts.Score)) == 12


def test_the_same_person_is_never_the_second(desk: Desk) -> None:
    """Whatever way the name is written: nothing is asked, nothing counts twice."""
    packet(desk, keying=TWO)
    keyed(desk, ALL_OF_FIRST + "000000\n")
    for name in (IVANOVA, "иванова  и.и.", "ИВАНОВА И И"):
        ended = keyed(desk, ALL_OF_FIRST, who=name)
        assert "0 points keyed." in ended.out
    assert desk.facts(facts.Score) == []


def test_only_what_differs_is_asked_of_a_third(desk: Desk) -> None:
    """Named by row and criterion, without the values; the third look settles it."""
    packet(desk, keying=TWO)
    keyed(desk, ALL_OF_FIRST + "000000\n")
    ended = keyed(desk, "1 2 1 3 0 X\n000000\n", who=ORLOVA)
    assert f"third person must key just these: {FIRST[:3]} {FIRST[3:6]}-{FIRST[6:]} 3." in ended.out
    assert "3" not in scores(desk)
    assert len(desk.facts(facts.Score)) == 11
    assert "0 points keyed." in keyed(desk, "1\n", who=ORLOVA).out
    ended = keyed(desk, "1\n", who=SEDOV)
    assert (ended.status, scores(desk)["3"]) == (Exit.DONE, 1)
    assert "3(0-2,X)" in ended.out
    assert "4(0-3,X)" not in ended.out


def test_three_who_differ_need_a_fourth(desk: Desk) -> None:
    """No value is taken because it came last, or lies between."""
    packet(desk, keying=TWO)
    for who, given in ((IVANOVA, "0"), (ORLOVA, "1"), (SEDOV, "2")):
        keyed(desk, f"1 2 {given} 3 0 X\n" if who != SEDOV else f"{given}\n", who=who)
    assert "3" not in scores(desk)
    keyed(desk, "2\n", who="Волкова Д. Д.")
    assert scores(desk)["3"] == 2


def test_a_first_entry_that_differs_from_a_later_reading_is_told(desk: Desk) -> None:
    """One of two people keyed it when its scan is read: the reading stands, and a person must look."""
    packet(desk, keying=TWO)
    keyed(desk, "1\x1b")
    for criterion, points in (("1", 0), ("2", 2)):
        cell = facts.CellReading("p", desk.work(11), 1, criterion, "points", points, "[]", "one_cross", "{}", "c")
        with desk.station().ledger.writing() as writer:
            writer.append(cell)
            capture._accept(writer, [cell])
    (finding,) = desk.facts(facts.Finding)
    assert (finding.kind, finding.finding.endswith("-1")) == ("entry_differs", True)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_who_came_first_makes_no_difference(order: tuple[int, ...]) -> None:
    """Of three voices two are the same, whatever their order: that value stands."""
    three = [Said("a", Points(1)), Said("b", Points(2)), Said("c", Points(2))]
    assert verdict([three[n] for n in order], 2) == Stands(Points(2))


# --- which packet ---------------------------------------------------------------------------------


def refused(ended: Ended, error: type[Exception]) -> bool:
    return ended.status == error.exit and f"E{error.number}" in ended.err  # type: ignore[attr-defined]


def test_a_packet_is_named_by_its_code(desk: Desk) -> None:
    """A mistyped code, a code of no packet, no code."""
    packet(desk)
    for wrong in (f"{PACKET[:-1]}0", "", "x", "²", damm.closed("9" * 30)):
        assert refused(keyed(desk, "", wrong), NotAPacketCode)
    assert refused(keyed(desk, "", damm.closed("000002")), NoSuchPacket)


def test_codes_are_scanned_one_after_another(desk: Desk) -> None:
    """Without a code on the command line: each packet's code, then its rows; a wrong one is said and asked again."""
    ended = keyed(packet(desk), f"123\r\n{PACKET}\r\n{ALL_OF_FIRST}000000\n", None)
    assert (ended.status, "E6064" in ended.out, len(desk.facts(facts.Score))) == (Exit.DONE, True, 12)


def _label(procedure: Procedure, kind: Kind, round_: int = 0) -> str:
    digest = sheet_digest(procedure) if kind is Kind.SHEET else paper_digest(procedure)
    return labels.text(Label(kind, 1, 1, round_, digest))


@pytest.mark.parametrize("kind", [Kind.PACKET, Kind.SHEET])
def test_the_codes_on_cover_and_sheet_name_the_packet(desk: Desk, kind: Kind) -> None:
    """As a hand scanner reads them, the long one and the one of digits alone."""
    packet(desk)
    procedure = desk.station().procedure()
    digest = sheet_digest(procedure) if kind is Kind.SHEET else paper_digest(procedure)
    short = labels.digits(Label(kind, 1, 1, 0, digest))
    assert "6 points keyed." in keyed(desk, ALL_OF_FIRST, _label(procedure, kind)).out
    assert "6 points keyed." in keyed(desk, "000000\n", short).out


@pytest.mark.parametrize("kind", [Kind.PACKET, Kind.SHEET])
def test_a_code_scanned_with_a_russian_keyboard_layout_is_understood(desk: Desk, kind: Kind) -> None:
    """And said, so that the next one isn't keyed in it."""
    packet(desk)
    code = _label(desk.station().procedure(), kind)
    typed = code.translate(str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM.", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬю"))
    assert "the keyboard layout is Russian" in keyed(desk, ALL_OF_FIRST, typed).out
    assert "the keyboard layout is Russian" not in keyed(desk, "000000\n", code).out


def test_paper_of_another_procedure_and_old_prints_are_refused(desk: Desk) -> None:
    """By name, before anything is keyed."""
    packet(desk)
    procedure = desk.station().procedure()
    other = dataclasses.replace(procedure, code="other")
    assert refused(keyed(desk, "", _label(other, Kind.SHEET)), NotAPacketCode)
    assert refused(keyed(desk, "", _label(other, Kind.PACKET)), NotAPacketCode)
    desk.add(facts.Sheet(1, 1, 0, "blank"), facts.Sheet(1, 1, 1, "blank"))
    assert refused(keyed(desk, "", _label(procedure, Kind.SHEET)), OldPrint)
    assert "6 points keyed." in keyed(desk, ALL_OF_FIRST, _label(procedure, Kind.SHEET, 1)).out


# --- at a terminal --------------------------------------------------------------------------------

pty = pytest.importorskip("pty", reason="a pseudo terminal is of Unix")
LARGE = tuple(factories.criterion(f"{n % 5 + 1}К{n // 5 + 1}", f"{n % 5 + 1}", 3) for n in range(15))


PATIENCE_S = 20


class Terminal:
    """`crosscheck enter` at a pseudo terminal: keys are pressed one by one, each once the last one was taken."""

    def __init__(self, desk: Desk, *arguments: str) -> None:
        self.desk, self.presses = desk, 0
        self._keys, slave = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
        environment |= {f"CROSSCHECK_{name}_PASSPHRASE": phrase for name, phrase in PHRASES.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crosscheck", "--home", str(desk.home), "--who", IVANOVA, "enter", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**environment, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
            start_new_session=True,
        )
        os.close(slave)
        self.screen = ""

    def until(self, words: str) -> None:
        """Wait until the screen shows these words, and forget what stands before them."""
        while words not in self.screen:
            shown = self._shown()
            assert shown, self.screen
            self.screen += shown
        self.screen = self.screen.partition(words)[2]

    def _shown(self) -> str:
        """What comes next on the screen; nothing at the end, or when nothing comes any more."""
        ready, _, _ = select.select([self._keys], [], [], PATIENCE_S)
        try:
            return os.read(self._keys, 65536).decode("utf-8", "replace") if ready else ""
        except OSError:
            return ""

    def press(self, keys: str) -> None:
        self.presses += len(keys)
        os.write(self._keys, keys.encode())

    def end(self) -> int:
        """Wait for the command to end; its status."""
        while self._shown():
            pass
        try:
            return self.process.wait(5)
        finally:
            self.process.kill()

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        os.close(self._keys)


def rows_of(desk: Desk, count: int, criteria: int) -> list[str]:
    """Fill a packet with works of their own, and say what stands in its rows."""
    desk.add(facts.Packet(1, "E1", 1, count))
    for row in range(count):
        number = damm.closed(f"{483000 + row}")
        desk.add(facts.Number(f"w{row}", 1, number), facts.PacketRow(1, row, f"w{row}", 1, number, ""))
    return ["".join("0123x"[(row + n) % 5] for n in range(criteria)) for row in range(count)]


def large(desk: Desk, criteria: tuple[Criterion, ...], control: Control) -> list[str]:
    """20 rows of these criteria on one sheet."""
    again = desk.home.parent / "again"
    made = factories.procedure(criteria=criteria, style=CaptureStyle.DIGITS, control=control)
    (district(again) / "procedure.toml").write_text(toml(made), "utf-8")
    assert desk.run("register", str(again)).status == Exit.DONE
    return rows_of(desk, 20, len(criteria))


@pytest.mark.parametrize(("control", "criteria"), [(Control.NONE, 15), (Control.ROWS, 14)], ids=["enter", "sums"])
def test_a_large_sheet_takes_one_key_a_cell_and_one_a_row(fresh: Desk, control: Control, criteria: int) -> None:
    """20 rows without a slip, at a terminal: 320 keys for 15 criteria; as many for a row where its sum is keyed (14 fit
    beside it). Keys come faster than anybody types, and none is lost."""
    desk, asked = fresh, LARGE[:criteria]
    rows = large(fresh, asked, control)
    terminal = Terminal(desk, PACKET)
    terminal.until("> ")
    for row in rows:
        total = sum(int(c) for c in row if c != "x")
        terminal.press(row + ("\r" if control is Control.NONE else str(total % 10)))
    assert terminal.end() == Exit.DONE
    assert terminal.presses == 20 * (criteria + 1) <= 320
    found = {(score.work, score.criterion): score.points for score in desk.facts(facts.Score)}
    wanted = {
        (f"w{row}", c.id): None if given == "x" else int(given)
        for row, line in enumerate(rows)
        for c, given in zip(asked, line, strict=True)
    }
    assert found == wanted


def test_a_killed_keyboard_loses_one_cell_at_most(desk: Desk) -> None:
    """kill -9 in the middle of a row: whatever the screen showed as keyed is kept, and the next start asks the cell
    after it."""
    packet(desk)
    terminal = Terminal(desk, PACKET)
    terminal.until("> ")
    terminal.press("122")
    terminal.until("> 1 2 2 ")
    terminal.kill()
    assert looked(desk) == [("1", "points", 1), ("2", "points", 2), ("3", "points", 2)]
    again = Terminal(desk, PACKET)
    again.until("> 1 2 2 ")
    again.press("30x\r")
    again.press("\x1b")
    again.end()
    assert scores(desk) == {"1": 1, "2": 2, "3": 2, "4": 3, "5К1": 0, "5К2": None}


@pytest.mark.parametrize("code", ["00000003-01-7", "000012-4\r", "000044-7\r\n", f"13{'0' * 22}\r"])
def test_a_code_scanned_into_a_row_is_told_and_nothing_of_it_is_taken(fresh: Desk, code: str) -> None:
    """Its digits would have filled the row, and their sum might have been right."""
    (row, *_more) = large(fresh, LARGE[:5], Control.ROWS)
    terminal = Terminal(fresh, PACKET)
    terminal.until("> ")
    terminal.press(code)
    terminal.until("nothing of it was taken")
    assert fresh.facts(facts.Look) == []
    terminal.press(row + str(sum(int(c) for c in row if c != "x") % 10))
    terminal.until("> ")
    terminal.press("\x1b")
    terminal.end()
    assert {score.work for score in fresh.facts(facts.Score)} == {"w0"}


@pytest.mark.parametrize(
    ("burst", "code"),
    [
        ("00000003-01-7\r", True),
        ("000012-4", True),
        ("1" * 24, True),
        ("CC1.P.00000001.01.0.ABCD2345.0.492A\r", True),
        ("СС1юЗю00000001ю01ю0юФИСВ2345ю0ю492Ф", True),
        ("212-", False),
        ("0000000", False),
        ("012x3\r", False),
        ("\x1b[A", False),
        ("1", False),
    ],
)
def test_what_comes_at_once_is_a_code_only_if_it_looks_like_one(burst: str, code: bool) -> None:
    """Rows keyed fast, sums that aren't written and arrows are none."""
    assert keyboard.code_in(burst) is code
    waiting = [burst, ""]
    found = list(keyboard.pieces(lambda: waiting.pop(0), lambda: False))
    assert found == ([burst] if code else list(keyboard.single(burst)))


def test_arrows_and_cyrillic_letters_are_one_key_each(desk: Desk) -> None:
    """An arrow means nothing and is refused as one key; ч is the key of x on a Cyrillic keyboard."""
    packet(desk)
    terminal = Terminal(desk, PACKET)
    terminal.until("> ")
    terminal.press("1\x1b[A")
    terminal.until("means nothing")
    terminal.press("\r")
    terminal.press("ч230х\r\x1b")
    terminal.end()
    assert scores(desk) == {"1": 1, "2": None, "3": 2, "4": 3, "5К1": 0, "5К2": None}


@pytest.mark.parametrize(
    ("chunk", "keys"), [("1\x1b[A2", 3), ("\x1b[1;5C", 1), ("\x1bOP", 1), ("\x1b", 1), ("ч", 1), ("\x1b[3~", 1)]
)
def test_what_a_terminal_sends_for_one_key_is_one_character(chunk: str, keys: int) -> None:
    """Escape alone stays Escape; a sequence is never taken for the characters it is made of."""
    assert len(keyboard.single(chunk)) == keys
    assert ("\x1b" in keyboard.single(chunk)) is (chunk == "\x1b")


def test_the_command_is_there() -> None:
    """`crosscheck enter` is found by its name, and takes no packet too."""
    assert cli.run(["enter", "--help"]) == 0


def test_what_was_taken_back_is_no_voice() -> None:
    """One who takes back and one who says it: one voice."""
    said = [Said("a", Points(1)), Said("a", TakenBack()), Said("b", Points(1))]
    assert not isinstance(verdict(said, 2), Stands)
