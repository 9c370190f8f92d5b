"""Papers of schools: only the own class-sets, participants by code alone, sheets that a scanner sets aside."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from crosscheck import coverform, facts, keys, labels, pageform
from crosscheck.errors import Exit
from crosscheck.i18n import translator
from crosscheck.labels import Kind, Label
from crosscheck.procedure import paper_digest
from packets.papers import schools
from packets.papers.blocks import Across, Paper, Table, Upright
from packets.papers.errors import NobodyInClass, NoSuchSchool, SchoolTakesNoPart
from packets.papers.known import ClassKnown
from packets.papers.layout import print_papers
from scanning.files.sources import Media
from scanning.reading import CoverPage, PaperSpec, read_page
from tests import factories
from tests.packets import worst
from tests.packets.boxes import seen
from tests.packets.printed import mark_errors, pages, read_labels, texts
from tests.packets.test_coverlist import foreign, make
from tests.stations import TABLES, Desk, Ended, district

__all__ = ["foreign"]  # a fixture
RU = translator("ru")
SCHOOL_PAPERS = ("class-cover", "code-slips", "code-register", "class-report")
OF = {"7": ("Школа №7", "5А", "00017", "00018", "00020"), "12": ("Гимназия №12", "5Б", "00019"), "19": ("00021",)}


def made(desk: Desk, *arguments: str) -> dict[str, str]:
    """The text of every paper that was made, by its path."""
    ended = desk.run("paper", "make", *arguments)
    assert ended.status == Exit.DONE, ended.err
    folder = desk.station().out / "papers"
    return {p.relative_to(folder).as_posix(): "\n".join(texts(p.read_bytes())) for p in folder.rglob("*.pdf")}


def refused(ended: Ended, error: type[Exception]) -> bool:
    return f"E{error.number}" in ended.err  # type: ignore[attr-defined]


def test_a_school_gets_its_own_class_sets_and_nobody_elses(desk: Desk) -> None:
    """A folder for each school; no name, class or code of another one in it."""
    found = made(desk, *SCHOOL_PAPERS)
    assert set(found) == {f"school-{n}/{name}-{n}.pdf" for n in OF for name in SCHOOL_PAPERS}
    for path, text in found.items():
        own = path.split("/")[0].removeprefix("school-")
        assert all(word not in text for school, words in OF.items() if school != own for word in words if word != "5А")
    assert all(code in found["school-7/code-register-7.pdf"] for code in ("00017", "00018", "00020"))
    assert "Школа №7" in found["school-7/class-cover-7.pdf"]


def test_only_the_school_that_is_named(desk: Desk) -> None:
    """However it is spelled."""
    assert set(made(desk, "class-report", "--school", "гимназия 12")) == {"school-12/class-report-12.pdf"}


def test_each_opening_for_a_school_is_recorded(desk: Desk) -> None:
    """With what for."""
    made(desk, "code-slips")
    assert {"papers of schools"} <= {opening.why for opening in desk.facts(facts.Opening)}


def test_the_column_of_names_is_empty() -> None:
    """Filled in by hand in the school: a name never passes through the program."""
    (paper,) = schools.code_register(worst.class_set(), RU)
    (table,) = (block for block in paper.blocks if isinstance(block, Table))
    names = [column.title for column in table.columns].index("фамилия, имя (от руки)")
    assert {row[names] for row in table.rows} == {""}
    assert len(table.rows) == 34


def test_slips_are_for_those_who_write() -> None:
    """One each; whoever is known to be absent needs none."""
    known = worst.class_set()
    (cards,) = schools.code_slips(known, RU)
    assert [card[1].text for card in cards.cards] == [one.code for one in known.present]
    away = replace(known, participants=known.absent)
    assert schools.code_slips(away, RU) == ()


@pytest.mark.parametrize(("criteria", "sheet"), [(12, Upright()), (13, Across())])
def test_a_report_form_lies_across_where_columns_are_many(criteria: int, sheet: object) -> None:
    """A row for each who wrote, a column for each criterion with its maximum, the absent named below."""
    known = worst.class_set(worst.occasion(worst.LONGEST.criteria[:criteria]))
    (paper,) = schools.class_report(known, RU)
    assert paper.sheet == sheet
    (table,) = (block for block in paper.blocks if isinstance(block, Table))
    assert [row[1] for row in table.rows] == [one.code for one in known.present]
    assert [column.title for column in table.columns][2 : 2 + criteria] == [
        f"{one.criterion}\n(20)" for one in known.occasion.criteria
    ]


def test_a_class_with_long_codes_is_still_whole() -> None:
    """Codes of 32 letters: columns are parted, no code is broken off."""
    known = worst.class_set(code="КОД-УЧАСТНИКА-2026-ВПР-5А-{:06d}")
    shown = [placed.text for page in seen(printed(*schools.class_report(known, RU))) for placed in page.texts]
    for one in known.present:
        assert one.code in "".join(shown)


# --- the sheet on top of the works --------------------------------------------------------------


def printed(*papers: Paper) -> bytes:
    out = io.BytesIO()
    print_papers(papers, out, RU)
    return out.getvalue()


def of_class(label: Label | None) -> ClassKnown:
    return replace(worst.class_set(), label=label)


def test_the_sheet_on_top_of_works_is_set_aside_by_a_scanner() -> None:
    """Marks and codes of a cover, in their places; scanning takes it for a cover and for nothing else."""
    procedure = factories.procedure()
    label = labels.signed(Label(Kind.COVER, 77, 1, 0, paper_digest(procedure)), b"k" * 32)
    grey = pages(printed(*schools.class_cover(of_class(label), RU)), dpi=150)[0]
    assert read_labels(grey) == ([label, label], [labels.shortened(label)])
    assert max(mark_errors(grey, coverform.MARKS)) < 0.3
    stream = simplejpeg.encode_jpeg(np.ascontiguousarray(grey[:, :, None]), quality=85, colorspace="GRAY")
    spec = PaperSpec(pageform.page_forms(procedure), label.paper)
    outcome = read_page(bytes(stream), Media.JPEG, spec).outcome
    assert isinstance(outcome, CoverPage)
    assert outcome.label == label


def test_a_sheet_without_codes_says_that_it_is_not_scanned() -> None:
    """A scanner couldn't tell what it is."""
    with_codes, without = (
        texts(printed(*schools.class_cover(of_class(label), RU)))[0] for label in (worst.class_set().label, None)
    )
    assert "Этот лист не сканируйте" in without
    assert "Этот лист не сканируйте" not in with_codes


def test_sheets_of_own_forms_are_numbered_once_and_declare_no_foreign_work(desk: Desk) -> None:
    """Made again they are the same bytes, whoever was absent in between."""
    made(desk, "class-cover")
    folder = desk.station().out / "papers"
    first = {path: path.read_bytes() for path in folder.rglob("*.pdf")}
    covers = desk.facts(facts.Cover)
    assert sorted((c.cover, c.work, c.works, c.pages) for c in covers) == [(n, "", 0, 2) for n in (1, 2, 3)]
    made(desk, "class-cover")
    assert {path: path.read_bytes() for path in folder.rglob("*.pdf")} == first
    desk.add(facts.Absence(desk.work(11), "ill"))
    made(desk, "class-cover")
    assert desk.facts(facts.Cover) == covers


def test_a_class_on_foreign_forms_gets_the_codes_of_its_cover(foreign: Desk) -> None:
    """Before covers are printed its sheet has no codes; afterwards those of the newest cover of the class."""
    made(foreign, "class-cover")
    path = foreign.station().out / "papers" / "school-7" / "class-cover-7.pdf"
    assert read_labels(pages(path.read_bytes())[0])[0] == []
    assert foreign.facts(facts.Cover) == []
    make(foreign, "class-covers")
    made(foreign, "class-cover")
    (label, _same) = read_labels(pages(path.read_bytes())[0])[0]
    assert isinstance(label, Label)
    assert labels.genuine(label, keys.label_key(foreign.station().keys))
    assert label.number == next(c.cover for c in foreign.facts(facts.Cover) if c.works == 2)


# --- what is refused ----------------------------------------------------------------------------


def test_an_unknown_school_is_refused(desk: Desk) -> None:
    """With those there are; no file is written."""
    ended = desk.run("paper", "make", "class-cover", "--school", "13")
    assert refused(ended, NoSuchSchool)
    assert "7, 12, 19" in ended.err
    assert not (desk.station().out / "papers").exists()


def test_a_school_that_takes_no_part_is_refused_by_name(fresh: Desk, tmp_path: Path) -> None:
    """Its class declared nobody; for all schools together it is left out."""
    sets = TABLES["class_sets"].replace("19;5А;1", "19;5А;0")
    people = TABLES["participants"].replace("19;5А;00021;14;\n", "")
    folder = district(tmp_path / "district", class_sets=sets, participants=people)
    assert fresh.run("register", str(folder)).status == Exit.DONE
    assert refused(fresh.run("paper", "make", "class-cover", "--school", "19"), SchoolTakesNoPart)
    assert {path.partition("/")[0] for path in made(fresh, "class-cover")} == {"school-7", "school-12"}


def test_a_class_set_of_which_nobody_is_known_is_refused(desk: Desk) -> None:
    """Its participants were erased: said before anything is written; the other schools can be named."""
    assert desk.run("vault", "erase", f"participant:{desk.work(13)}", "--why", "акт 7").status == Exit.DONE
    ended = desk.run("paper", "make", "code-slips")
    assert refused(ended, NobodyInClass)
    assert "5Б" in ended.err
    assert not (desk.station().out / "papers").exists()
    assert set(made(desk, "code-slips", "--school", "7")) == {"school-7/code-slips-7.pdf"}
