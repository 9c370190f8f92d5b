"""`crosscheck forms --make`: covers and stickers are numbered once, declare their works, and leave no order behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosscheck import facts
from crosscheck.coverform import FOREIGN_WORK
from crosscheck.errors import Exit
from packets.coverlist import BadPagesList, NoForeignForms, OtherPages, UnevenClass
from tests.scanning.deciding.test_settling import refused
from tests.stations import Desk, district

PARTICIPANTS = (
    "school;class;participant;form;status\n"
    "7;5А;00017;;\n7;5А;00018;;\n7;5А;00020;;absent\n12;5Б;00019;;\n19;5А;00021;;\n"
)


@pytest.fixture
def foreign(fresh: Desk, tmp_path: Path) -> Desk:
    """The small district, all on forms of others: a class of two present, two classes of one."""
    folder = district(tmp_path / "district", participants=PARTICIPANTS)
    text = (folder / "procedure.toml").read_text("utf-8")
    assert "templates = []" in text
    (folder / "procedure.toml").write_text(text.replace("templates = []", 'templates = ["t.toml"]'), "utf-8")
    (folder / "t.toml").write_text("", "utf-8")
    assert fresh.run("register", str(folder)).status == Exit.DONE
    return fresh


def make(desk: Desk, what: str, *options: str, pages: str = "4") -> str:
    """Print; what the command said, without the file's name."""
    ended = desk.run("forms", "print", str(desk.home / f"{what}.pdf"), "--make", what, "--pages", pages, *options)
    assert ended.status == Exit.DONE, ended.err
    return ended.out.partition(" in ")[0]


def test_a_class_gets_one_cover_for_its_present_works(foreign: Desk) -> None:
    """Absent participants are not counted; every present work is expected with its pages from now on."""
    assert make(foreign, "class-covers") == "3 new; 3 covers or stickers on 3 pages"
    covers = foreign.facts(facts.Cover)
    assert sorted((c.works, c.pages, c.work) for c in covers) == [(1, 4, ""), (1, 4, ""), (2, 4, "")]
    listed = foreign.facts(facts.ManifestPage)
    assert len(listed) == 4 * 4
    assert {row.file_ref for row in listed} == {f"{FOREIGN_WORK}{row.work}" for row in listed}


def test_printing_again_changes_nothing(foreign: Desk) -> None:
    """The same numbers, the same file, no new fact but the openings of the vault."""
    make(foreign, "class-covers")
    first = (foreign.home / "class-covers.pdf").read_bytes()
    assert make(foreign, "class-covers") == "0 new; 3 covers or stickers on 3 pages"
    assert (foreign.home / "class-covers.pdf").read_bytes() == first
    assert len(foreign.facts(facts.Cover)) == 3


def test_covers_and_stickers_of_a_work_share_a_number(foreign: Desk) -> None:
    """Both name the work; one laid on the other can't contradict it."""
    assert make(foreign, "work-covers") == "4 new; 4 covers or stickers on 4 pages"
    assert make(foreign, "stickers") == "0 new; 4 covers or stickers on 3 pages"
    covers = foreign.facts(facts.Cover)
    assert {cover.work for cover in covers} == {cover.subject for cover in covers}


def test_numbers_and_rows_follow_tokens(foreign: Desk) -> None:
    """Neither the order of cover numbers nor that of the declared pages says who sits in one class."""
    make(foreign, "class-covers")
    make(foreign, "work-covers")
    of_works = [cover.work for cover in foreign.facts(facts.Cover) if cover.work]
    assert of_works == sorted(of_works)
    listed = [row.work for row in foreign.facts(facts.ManifestPage)]
    assert listed == sorted(listed)
    classes = {row.token for row in foreign.facts(facts.ClassSet)}
    assert not any(cover.subject in classes for cover in foreign.facts(facts.Cover))


def test_only_the_named_schools(foreign: Desk) -> None:
    """A district prints school by school."""
    assert make(foreign, "work-covers", "--school", "7") == "2 new; 2 covers or stickers on 2 pages"


def test_works_may_have_their_own_numbers_of_pages(foreign: Desk, tmp_path: Path) -> None:
    """Told by a table; a class whose works differ has no cover of its own."""
    table = tmp_path / "pages.csv"
    table.write_text("participant;pages\n00018;6\n", "utf-8")
    options = ("--make", "class-covers", "--pages", "4", "--pages-from", str(table))
    assert refused(foreign.run("forms", "print", str(tmp_path / "c.pdf"), *options), UnevenClass, "1")
    assert foreign.facts(facts.Cover) == []
    make(foreign, "work-covers", "--pages-from", str(table))
    assert sorted(cover.pages for cover in foreign.facts(facts.Cover)) == [4, 4, 4, 6]


@pytest.mark.parametrize("row", ["99999;6", "00018;0", "00018;x", "00018;6\n00018;6"])
def test_a_bad_row_of_the_table_is_refused(foreign: Desk, tmp_path: Path, row: str) -> None:
    """Unknown participants, impossible numbers, rows that stand twice."""
    table = tmp_path / "pages.csv"
    table.write_text(f"participant;pages\n{row}\n", "utf-8")
    options = ("--make", "work-covers", "--pages", "4", "--pages-from", str(table))
    assert refused(foreign.run("forms", "print", str(tmp_path / "c.pdf"), *options), BadPagesList, row[:5])


def test_a_work_has_one_number_of_pages(foreign: Desk) -> None:
    """Covers with another one would wait for pages that nobody was told of."""
    make(foreign, "class-covers")
    ended = foreign.run("forms", "print", str(foreign.home / "c.pdf"), "--make", "stickers", "--pages", "6")
    assert refused(ended, OtherPages, "4", "6")


def test_own_forms_need_no_covers(desk: Desk) -> None:
    """Where the procedure knows no form of others."""
    ended = desk.run("forms", "print", str(desk.home / "c.pdf"), "--make", "stickers", "--pages", "6")
    assert refused(ended, NoForeignForms)


@pytest.mark.parametrize("options", [("--make", "stickers"), (), ("--list", "x.csv", "--pages", "4")])
def test_options_that_do_not_go_together_are_refused(foreign: Desk, options: tuple[str, ...]) -> None:
    """Covers need a number of pages, answer forms a list."""
    assert foreign.run("forms", "print", str(foreign.home / "c.pdf"), *options).status == Exit.USAGE


def test_participants_with_covers_get_no_form_of_ours(foreign: Desk) -> None:
    """They write on another one already."""
    make(foreign, "class-covers")
    ended = foreign.run("forms", "print", str(foreign.home / "f.pdf"), "--list", str(foreign.home / "f.csv"))
    assert (ended.status, foreign.facts(facts.IssuedForm)) == (Exit.DONE, [])
