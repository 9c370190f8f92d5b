"""A check day by task, from scans to published results: each expert marks some tasks of many works and no others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pypdf
import pytest

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.model import THIRD_MARKING, AnonymousNumber, Points, is_control
from crosscheck.numbering import packet_code, spaced
from drill import journey, people
from drill.experts import EXACT, Severity
from drill.truth import read as read_truth
from tests.journey import played
from tests.journey.played import SAMPLES

TRUTH = read_truth(SAMPLES / "truth.json")
PARTS = {1: ("1", "2", "3"), 2: ("4", "5"), 3: ("6",)}
SPLIT = 'markings = 2\nscheme = "by_task"\nparts = [["1", "2", "3"], ["4", "5"], ["6"]]\nseed_works = 2\nseeds = 1'
HARD = Severity(bias=1.0, noise=0.0, blunder=0.0)
FAMILIES = "АБВГДЕЖЗИКЛМНОПРСТ"


@dataclass(frozen=True, slots=True)
class ByTask:
    """The played day and its station."""

    day: journey.Day
    home: Path


def district(folder: Path) -> Path:
    """The small sample district, its works marked by task, twice, by experts of whom there are enough for that."""
    folder.mkdir()
    for table in SAMPLES.glob("*.csv"):
        (folder / table.name).write_bytes(table.read_bytes())
    text = (SAMPLES / "procedure.toml").read_text("utf-8")
    text = text.replace("markings = 1", SPLIT).replace("task_difference = 2", "task_difference = 1")
    (folder / "procedure.toml").write_text(text, "utf-8")
    rows = ["expert;name;schools;subjects;status;capacity;check_point;classes"]
    for n, letter in enumerate(FAMILIES):
        # All may give third markings: six of twelve of other schools read some part of a work.
        school = ("3", "7", "12")[n % 3]
        rows.append(f"Э{n:02d};{letter}{letter.lower()}ва {letter}. {letter}.;{school};Математика;senior;40;Пункт 1;")
    (folder / "experts.csv").write_text("\n".join([*rows, ""]), "utf-8")
    (folder / "conflicts.csv").write_text("expert;kind;school;class;participant;note\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def by_task(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ByTask]:
    """The day, played once: everybody marks as works deserve, but one expert of the first part gives nothing."""
    root = tmp_path_factory.mktemp("by-task")
    real, hard = people._judged, set[int]()

    def judged(connection: queries.Connection, *more: Any) -> Any:
        packet = more[2]
        first = {row.packet for row in queries.all_of(connection, facts.PacketRow, part=1)}
        hard.update([packet] if packet in first and not hard else [])
        with mock.patch.object(people, "some_severity", return_value=HARD if packet in hard else EXACT):
            return real(connection, *more)

    with played.settled(), mock.patch.object(people, "_judged", judged):
        day = journey.play(SAMPLES, district(root / "district"), root / "station", played.SEED)
        yield ByTask(day, root / "station")


def all_of(by_task: ByTask, kind: type[facts.PacketRow]) -> list[facts.PacketRow]:
    found: list[facts.PacketRow] = played.all_of(by_task.home, kind)
    return found


def test_the_points_published_are_those_the_works_deserve(by_task: ByTask) -> None:
    """Parts come together to the truth, criterion by criterion; where one expert was wrong, by a third one."""
    published = {}
    for path in sorted((by_task.home / "out" / "results").glob("class-*.xlsx")):
        rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
        head = next(row for row in rows if row[0] == "Код участника")
        for row in rows[rows.index(head) + 1 :]:
            if row[1] is not None:
                points = {str(c).split(" (")[0]: v for c, v in zip(head[3:11], row[3:11], strict=True)}
                published[str(row[0])] = {c: 0 if v == "X" else int(str(v)) for c, v in points.items()}
    truth = {
        work.participant: {c: g.value if isinstance(g, Points) else 0 for c, g in work.points.items()}
        for work in TRUTH.works
    }
    assert published == truth
    assert by_task.day.discrepancies > 0, "the hard expert changed nothing: the test would say less"


def test_nothing_went_wrong_and_every_law_balances(by_task: ByTask) -> None:
    """8 works, 2 markings, 3 parts, and the third markings; no conflict, no wrong point, no finding left."""
    compared = by_task.day.comparison
    assert (compared.wrong_attributions, compared.leaked_pages, compared.wrong_points_accepted) == (0, 0, 0)
    assert compared.conflicts == 0
    assert by_task.day.markings == 8 * 2 * 3 + by_task.day.discrepancies
    assert (by_task.day.balances_ok, by_task.day.findings_open) == (True, 0)
    station = played.opened(by_task.home)
    with station.ledger.reading() as connection:
        counts = state.counts(connection, station.procedure())
        assert (counts.returned, counts.outstanding) == (by_task.day.markings, 0)
        rows = queries.all_of(connection, facts.PacketRow)
    assert station.ledger.verify() > len(rows)


def test_nobody_sees_two_parts_of_a_work(by_task: ByTask) -> None:
    """An expert has one part; a third expert none of the work; all numbers of a work differ."""
    given: dict[str, set[int]] = {}
    of_work: dict[str, list[tuple[str, int]]] = {}
    for a in played.all_of(by_task.home, facts.Assignment):
        of_work.setdefault(a.work, []).append((a.expert, a.part))
        if a.marking != THIRD_MARKING:
            given.setdefault(a.expert, set()).add(a.part)
    assert {len(parts) for parts in given.values()} == {1}
    assert all(len({expert for expert, _part in some}) == len(some) for some in of_work.values())
    numbers = [n.number for n in played.all_of(by_task.home, facts.Number)]
    assert len(numbers) == len(set(numbers)) == 8 * 2 * 3 + by_task.day.discrepancies + len(hidden(by_task))


def hidden(by_task: ByTask) -> list[facts.Assignment]:
    return [a for a in played.all_of(by_task.home, facts.Assignment) if is_control(a.marking)]


def test_hidden_works_come_back_and_count_in_nothing(by_task: ByTask) -> None:
    """Printed, marked and read like the others; their points stand in the methodists' report and in no result."""
    some = hidden(by_task)
    assert some
    scores = {(s.work, s.marking) for s in played.all_of(by_task.home, facts.Score)}
    assert {(a.work, a.marking) for a in some} <= scores
    book = openpyxl.load_workbook(by_task.home / "out" / "reports" / "discrepancies.xlsx")
    told = [str(row[0]) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    assert any("Скрытые работы" in word for word in (*told, *book.sheetnames))
    results = openpyxl.load_workbook(by_task.home / "out" / "results" / "discrepancies.xlsx")
    assert not any("Скрытые" in word for word in results.sheetnames)


def test_a_packet_shows_the_tasks_of_its_part_and_no_others(by_task: ByTask) -> None:
    """Captions, columns of the score sheet, the cover; as many pictures as there are answers to mark, each once."""
    packets: dict[int, list[facts.PacketRow]] = {}
    for row in all_of(by_task, facts.PacketRow):
        packets.setdefault(row.packet, []).append(row)
    assert len(packets) >= 6
    for number, rows in packets.items():
        (part,) = {row.part for row in rows}
        if part == 0:
            continue
        data = (by_task.home / "out" / "packets" / f"{packet_code(number)}.pdf").read_bytes()
        reader = pypdf.PdfReader(io.BytesIO(data))
        texts = [page.extract_text() for page in reader.pages]
        assert "Только задания" in texts[0]
        copies = [page for page, text in zip(reader.pages, texts, strict=True) if "Задание " in text]
        seen = [task for page in copies for task in "123456" if f"Задание {task}" in page.extract_text()]
        assert sorted(set(seen)) == sorted(PARTS[part])
        assert sum(len(page.images) for page in copies) == len(rows) * len(PARTS[part])
        for row in rows:
            on = [page for page in copies if spaced(AnonymousNumber(row.number)) in page.extract_text()]
            assert on
        assert [sheet.sheet for sheet in played.all_of(by_task.home, facts.Sheet, packet=number)] == [1]
