"""Settling what waits: look-alikes struck out by number, single cells by one key, two people, undo, known cells."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from crosscheck import damm, facts
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.procedure import Keying
from drill.assessment import toml
from scoring import contact, queueing, working
from scoring.queueing import NothingToUndo
from scoring.reviewing import NothingToReview
from tests import factories
from tests.stations import Desk, Ended, district

IVANOVA, ORLOVA, SEDOV = "Иванова И. И.", "Орлова В. П.", "Седов С. С."
ALIKE = 6  # cells of criterion 4 (0 to 3) that are read as 2


def number(n: int) -> str:
    return damm.closed(f"{483000 + n}")


def crop(value: int) -> bytes:
    """A made-up picture of a cell: five boxes, a cross in one of them."""
    picture = np.full((60, 300), 255, np.uint8)
    for box in range(5):
        cv2.rectangle(picture, (10 + box * 58, 10), (50 + box * 58, 50), 150, 2)
    left = 10 + value * 58
    cv2.line(picture, (left + 5, 15), (left + 35, 45), 0, 4)
    cv2.line(picture, (left + 35, 15), (left + 5, 45), 0, 4)
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.fixture
def queue(desk: Desk) -> Desk:
    """Cells that are read as 2, one of them really a 3; one with no proposal; certain ones beside them."""
    return fill(desk, Keying(known_percent=0))


def fill(desk: Desk, keying: Keying) -> Desk:
    again = desk.home.parent / "again"
    (district(again) / "procedure.toml").write_text(toml(factories.procedure(keying=keying)), "utf-8")
    assert desk.run("register", str(again)).status == Exit.DONE
    blobs = desk.station().blobs
    pictures = [str(blobs.put(crop(value))) for value in range(5)]
    desk.add(facts.Packet(1, "E1", 1, ALIKE))
    for n in range(ALIKE):
        work = f"w{n}"
        measures = json.dumps({"2": [0.3, 0, 0, 0], "3": [0.02 * n, 0, 0, 0]})
        shown = pictures[3 if n == 4 else 2]
        desk.add(
            facts.Number(work, 1, number(n)),
            facts.PacketRow(1, n, work, 1, number(n), ""),
            facts.CellReading("p", work, 1, "4", "ambiguous", None, '["2"]', "doubtful", measures, shown),
            facts.CellReading("p", work, 1, "3", "points", n % 3, "[]", "one_cross", "{}", pictures[n % 3]),
            facts.Score(work, 1, "3", 0, n % 3, "reading", "p", "one_cross"),
        )
    desk.add(facts.CellReading("p", "w0", 1, "2", "blank", None, "[]", "nothing", "{}", pictures[0]))
    return desk


def work(desk: Desk, text: str, who: str = IVANOVA) -> Ended:
    """Work at the queue, pressing these keys."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdin", io.StringIO(text))
        return desk.run("review", "work", "--no-open", who=who)


def standing(desk: Desk) -> dict[tuple[str, str], int | None]:
    """Points that stand, by work and criterion, without those of criterion 3."""
    with desk.station().ledger.reading() as connection:
        found = queries.standing_scores(connection)
    return {(score.work, score.criterion): score.points for score in found if score.criterion != "3"}


def shown_at(desk: Desk, place: int) -> str:
    """The work at a place of the only group."""
    from scoring.queue import Cell, groups

    with desk.station().ledger.reading() as connection:
        waiting = queueing.waiting(connection, desk.station().procedure(), IVANOVA)
    one = groups(waiting.cells)[0].shown[place - 1]
    assert isinstance(one, Cell)
    return one.place.work


def test_look_alikes_are_settled_with_one_line(queue: Desk) -> None:
    """All but those that are struck out stand; the one struck out comes alone and is keyed; the blank waits on."""
    wrong = next(n for n in range(1, ALIKE + 1) if shown_at(queue, n) == "w4")
    ended = work(queue, f"{wrong}\n" + "s3")
    assert "Read as 2: 6 cells. Which are not?" in ended.out
    assert standing(queue) == {(f"w{n}", "4"): 3 if n == 4 else 2 for n in range(ALIKE)}
    assert ended.status == Exit.PERSON_NEEDED
    assert "Cells that wait for you: 1, sums: 0." in ended.out


def test_the_most_doubtful_comes_first(queue: Desk) -> None:
    """Where the eye is freshest."""
    assert [shown_at(queue, n) for n in (1, 6)] == ["w5", "w0"]


def test_pictures_go_when_they_were_looked_at(queue: Desk) -> None:
    """Nothing is left behind in the folder."""
    work(queue, "\n\x1b")
    assert list((queue.home / "out" / "review").iterdir()) == []


def test_numbers_that_are_not_there_are_asked_again(queue: Desk) -> None:
    """A slip settles nothing."""
    ended = work(queue, "7\nx\n0\n1 2,3;4 5 6\n\x1b")
    assert ended.out.count("Type numbers from 1 to 6") == 3
    assert standing(queue) == {}


def test_a_group_is_taken_back_whole(queue: Desk) -> None:
    """By U in the same sitting, or later by a command: facts of their own, and all cells wait again."""
    work(queue, "\n\x1b")
    assert len(standing(queue)) == ALIKE
    assert queue.run("review", "undo", who=IVANOVA).out.strip() == "Taken back: 6 cells wait again."
    assert standing(queue) == {}
    assert len(queue.facts(facts.ScoreWithdrawn)) == ALIKE
    assert len([s for s in queue.facts(facts.Score) if s.criterion == "4"]) == ALIKE
    assert len(json.loads(queue.run("review", "list", "--json").out)) == ALIKE + 1
    work(queue, "\nu\n\x1b")
    assert len(standing(queue)) == ALIKE


def test_a_correction_that_is_taken_back_says_that_the_earlier_score_stands(desk: Desk) -> None:
    """Of a cell that was keyed and never read nothing waits in the queue."""
    desk.add(
        facts.Packet(1, "E1", 1, 1),
        facts.Number("w1", 1, number(1)),
        facts.PacketRow(1, 0, "w1", 1, number(1), ""),
        facts.Score("w1", 1, "4", 0, 3, "entry", "", ""),
    )
    assert (
        desk.run("review", "set", number(1), "4", "0", "--correct", "--why", "a slip", who=ORLOVA).status == Exit.DONE
    )
    said = desk.run("review", "undo", who=ORLOVA).out
    assert "what stood before stands again" in said
    assert "wait again" not in said
    with desk.station().ledger.reading() as connection:
        assert [score.points for score in queries.standing_scores(connection, work="w1")] == [3]


def test_only_own_decisions_are_taken_back(queue: Desk) -> None:
    """And each only once."""
    work(queue, "\n\x1b")
    ended = queue.run("review", "undo", who=ORLOVA)
    assert (ended.status, f"E{NothingToUndo.number}" in ended.err) == (NothingToUndo.exit, True)
    queue.run("review", "undo", who=IVANOVA)
    assert queue.run("review", "undo", who=IVANOVA).status == NothingToUndo.exit


def test_a_correction_that_is_taken_back_leaves_what_was(queue: Desk) -> None:
    """The earlier score stands again, and the cell waits until somebody confirms it."""
    assert queue.run("review", "set", number(0), "3", "1", "--correct", "--why", "w").status == Exit.DONE
    queue.run("review", "undo")
    with queue.station().ledger.reading() as connection:
        (score,) = queries.standing_scores(connection, work="w0", criterion="3")
    assert (score.points, score.source) == (0, "reading")
    listed = json.loads(queue.run("review", "list", "--json").out)
    assert ("3", number(0)) in [(row["criterion"], row["number"]) for row in listed]
    assert queue.run("review", "set", number(0), "3", "0").status == Exit.DONE
    assert "3" not in {row["criterion"] for row in json.loads(queue.run("review", "list", "--json").out)}


# --- a score in doubt -----------------------------------------------------------------------------


@pytest.fixture
def doubted(queue: Desk) -> Desk:
    """Criterion 3 of the first work stands with 0, and the sum of its row differs."""
    queue.add(facts.Finding("sum-w0-1-3", "sum_differs", "w0", "criterion 3"))
    return queue


def of_first(desk: Desk) -> list[tuple[int | None, str]]:
    return [(s.points, s.source) for s in desk.facts(facts.Score) if (s.work, s.criterion) == ("w0", "3")]


def test_what_the_machine_accepted_is_never_changed_silently(doubted: Desk) -> None:
    """Whoever keys something else is told what stands and must confirm; without that it waits on."""
    ended = work(doubted, "\ns" + "1\x7f")
    assert "0 stands there, and is in doubt." in ended.out
    assert of_first(doubted) == [(0, "reading")]
    work(doubted, "s" + "1\r")
    assert of_first(doubted) == [(0, "reading"), (1, "review")]
    assert len(doubted.facts(facts.FindingClosed)) == 1


def test_a_score_in_doubt_is_confirmed_by_the_same_value(doubted: Desk) -> None:
    """Nothing is added, and the doubt is closed."""
    work(doubted, "\ns" + "0")
    assert of_first(doubted) == [(0, "reading")]
    assert len(doubted.facts(facts.FindingClosed)) == 1


def test_what_somebody_else_settled_meanwhile_stays(queue: Desk) -> None:
    """A group that was open on another screen changes nothing that stands by now."""
    from scoring.queue import groups

    procedure = queue.station().procedure()
    with queue.station().ledger.reading() as connection:
        (group,) = groups(queueing.waiting(connection, procedure, IVANOVA).cells)
    queue.run("review", "set", number(3), "4", "0", who=ORLOVA)
    with queue.station().ledger.writing() as writer:
        done = queueing.decide_group(writer, procedure, group, {1})
    assert (done.stand, done.struck) == (4, 1)
    assert standing(queue)["w3", "4"] == 0


# --- two people -----------------------------------------------------------------------------------


@pytest.fixture
def two(desk: Desk) -> Desk:
    return fill(desk, Keying(review_people=2, known_percent=0))


def test_a_second_person_settles_blind(two: Desk) -> None:
    """The first makes no score, and isn't asked again under any spelling; the second is shown everything anew."""
    ended = work(two, "\ns\x1b")
    assert "Another person must say the same, without having seen it: 6." in ended.out
    assert standing(two) == {}
    assert "Read as" not in work(two, "s", who="иванова И.И.").out
    assert {row["people"] for row in json.loads(two.run("review", "list", "--json").out)} == {0, 1}
    assert "Read as 2: 6 cells" in work(two, "\ns\x1b", who=ORLOVA).out
    assert len(standing(two)) == ALIKE


def test_who_differs_needs_a_third(two: Desk) -> None:
    """By `set` as in the queue; the third settles it."""
    assert two.run("review", "set", number(1), "4", "2", who=IVANOVA).status == Exit.PERSON_NEEDED
    assert two.run("review", "set", number(1), "4", "2", who=IVANOVA).status == Exit.PERSON_NEEDED
    assert standing(two) == {}
    ended = two.run("review", "set", number(1), "4", "3", who=ORLOVA)
    assert (ended.status, "one who said nothing yet must look" in ended.out) == (Exit.PERSON_NEEDED, True)
    assert two.run("review", "set", number(1), "4", "3", who=SEDOV).status == Exit.DONE
    assert standing(two) == {("w1", "4"): 3}
    rows = {row["who"]: row for row in json.loads(two.run("review", "measure", "--json").out)}
    assert [rows[who]["overruled"] for who in (IVANOVA, ORLOVA, SEDOV)] == [1, 0, 0]


def test_what_one_of_two_took_back_is_no_voice(two: Desk) -> None:
    """The second takes it back: the score goes, the first's word stays."""
    work(two, "\n\x1b")
    work(two, "\n\x1b", who=ORLOVA)
    two.run("review", "undo", who=ORLOVA)
    assert standing(two) == {}
    work(two, "\n\x1b", who=SEDOV)
    assert len(standing(two)) == ALIKE


# --- known cells ----------------------------------------------------------------------------------


class Drawn(random.Random):
    """Always a known cell, and a wrong one."""

    def random(self) -> float:
        return 0.0


def test_known_cells_measure_and_change_nothing(desk: Desk) -> None:
    """A wrong one among look-alikes let pass, single ones keyed rightly: no point is touched."""
    desk = fill(desk, Keying(known_percent=20))
    # The group is of cells up to 3; certain ones of the same width are needed.
    blob = str(desk.station().blobs.put(crop(1)))
    for n in range(3):
        desk.add(
            facts.Number(f"k{n}", 1, number(20 + n)),
            facts.PacketRow(1, 20 + n, f"k{n}", 1, number(20 + n), ""),
            facts.CellReading("p", f"k{n}", 1, "4", "points", 1, "[]", "one_cross_sum", "{}", blob),
            facts.Score(f"k{n}", 1, "4", 0, 1, "reading", "p", "one_cross_sum"),
        )
    before = set(desk.facts(facts.Score))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdin", io.StringIO("\ns\x1b"))
        working.work(desk.station(), opens=False, rng=Drawn())
    tried = [one for one in desk.facts(facts.Look) if one.source == "known"]
    assert {(one.kind, one.points, one.proposed) for one in tried} == {("points", 2, "2")}
    assert {s for s in desk.facts(facts.Score) if s.work.startswith("k")} == {s for s in before if s.work[0] == "k"}
    (row,) = json.loads(desk.run("review", "measure", "--json").out)
    assert (row["known"], row["let_pass"], row["wrong"]) == (len(tried), len(tried), len(tried))
    assert row["at_most"] == 1.0


def test_a_person_is_never_measured_by_own_decisions(two: Desk) -> None:
    """What two people settled is certain, for everybody but them."""
    work(two, "\n\x1b")
    work(two, "\n\x1b", who=ORLOVA)
    procedure = two.station().procedure()
    with two.station().ledger.reading() as connection:
        known = {who: queueing.waiting(connection, procedure, who).known for who in (IVANOVA, SEDOV)}
    certain = {who: {one.cell.place.criterion for one in found} for who, found in known.items()}
    assert certain == {IVANOVA: {"3"}, SEDOV: {"3", "4"}}


# --- pictures -------------------------------------------------------------------------------------


def decoded(png: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)


def test_a_contact_picture_holds_every_crop(tmp_path: Path) -> None:
    """Each crop is found on it, in order, and fits."""
    crops = [contact.Crop(crop(n % 5), ("0", "1", "2", "3", "X"), "2") for n in range(40)]
    made = contact.contact_picture(crops, "Прочитано как 2: ячеек 40. Какие из них - нет?")
    (tmp_path / "contact.png").write_bytes(made)
    page = decoded(made)
    assert page.shape[1] <= 1800
    one = decoded(crop(3))
    scale = min(2.0, 420 / one.shape[1], 110 / one.shape[0])
    wanted = cv2.resize(one, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = cv2.matchTemplate(page, wanted, cv2.TM_CCOEFF_NORMED) > 0.97
    assert cv2.connectedComponents(found.astype(np.uint8))[0] - 1 == 8


def test_a_cell_in_the_console_shows_its_cross() -> None:
    """Of five boxes the one with the cross has the most ink, and each has its sign above it."""
    for value in range(5):
        signs, *lines = contact.in_console(contact.Crop(crop(value), ("0", "1", "2", "10", "X")), 100).splitlines()
        assert [signs[20 * n : 20 * n + 20].strip() for n in range(5)] == ["0", "1", "2", "10", "X"]
        assert max(map(len, lines)) <= 100
        ink = [sum(line[20 * n : 20 * n + 20].count(c) for line in lines for c in "▀▄█") for n in range(5)]
        assert ink.index(max(ink)) == value


def test_what_was_neither_read_nor_keyed_cannot_be_settled(desk: Desk) -> None:
    """Nobody could have looked at it; it is keyed in, by as many people as the procedure asks for."""
    desk.add(
        facts.Packet(1, "E1", 1, 1),
        facts.Number("w1", 1, number(1)),
        facts.PacketRow(1, 0, "w1", 1, number(1), ""),
    )
    ended = desk.run("review", "set", number(1), "4", "2", who=ORLOVA)
    assert (ended.status, f"E{NothingToReview.number}" in ended.err) == (NothingToReview.exit, True)
    assert (desk.facts(facts.Score), desk.facts(facts.Look)) == ([], [])
