"""The sample scans that lie in the project agree with their checksums, their truth and their tables."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections import Counter
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from crosscheck.model import Fate
from crosscheck.pageform import fits
from crosscheck.procedure_file import read_procedure
from crosscheck.register_tables import read_register
from drill import district, foreign, sample_notes
from drill.assessment import DISTRICT, SINGLE, toml
from drill.district import Way
from drill.samples import checksums
from drill.truth import Accident, Truth, read, written

SAMPLES = Path(__file__).parents[2] / "sample_scans"
_SEED = 20260414


def _listed() -> dict[str, str]:
    lines = (SAMPLES / "CHECKSUMS.txt").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


@pytest.fixture(scope="module")
def truth() -> Truth:
    return read(SAMPLES / "truth.json")


def _rows(table: str) -> list[dict[str, str]]:
    with (SAMPLES / "district" / table).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter=";"))


def _pages_in(path: Path) -> int:
    if path.suffix == ".pdf":
        return len(pypdf.PdfReader(path).pages)
    with Image.open(path) as image:
        return int(getattr(image, "n_frames", 1))


def test_every_sample_file_has_its_checksum() -> None:
    """Nothing was altered, nothing is missing, nothing lies there unlisted."""
    stored = {p.relative_to(SAMPLES).as_posix(): p for p in SAMPLES.rglob("*") if p.is_file()}
    stored.pop("CHECKSUMS.txt")
    assert {name: hashlib.sha256(p.read_bytes()).hexdigest() for name, p in stored.items()} == _listed()


def test_the_checksum_file_is_what_the_generator_writes() -> None:
    """One line a file, sorted by name, as sha256sum reads it."""
    assert checksums({"b": b"", "a": b"x"}).splitlines()[1].endswith("  b")
    assert list(_listed()) == sorted(_listed())


def test_the_truth_names_every_scanned_page_once(truth: Truth) -> None:
    """Pages in the files and pages in the truth are the same."""
    found = Counter(page.file for page in truth.pages)
    assert found == {p.name: _pages_in(p) for p in (SAMPLES / "scans").iterdir()}
    assert len({(p.file, p.index) for p in truth.pages}) == len(truth.pages)


def test_the_district_is_as_large_as_it_says(truth: Truth) -> None:
    """94 works of 13 class-sets of 7 schools: 54 own, 24 like ВПР, 16 like РДР."""
    assert Counter(work.way for work in truth.works) == {"own": 54, "vpr": 24, "rdr": 16}
    assert len({(work.school, work.class_name) for work in truth.works}) == 13
    assert len({work.school for work in truth.works}) == 7


def test_expected_pages_are_scanned_or_missing(truth: Truth) -> None:
    """Every page of every work was scanned at least once, or is listed as missing."""
    scanned = {(page.participant, page.page) for page in truth.pages if page.participant}
    expected = {(work.participant, page) for work in truth.works for page in range(1, work.pages + 1)}
    missing = {(work.participant, page) for work in truth.works for page in work.missing}
    assert scanned == expected - missing
    assert missing


def test_every_kind_of_accident_happens(truth: Truth) -> None:
    """Each accident occurs, three names or more stand inside answers, and someone was absent."""
    assert {page.accident for page in truth.pages} == {*Accident, None}
    assert sum(page.planted_in_answer for page in truth.pages) >= 3
    assert sum(row["status"] == "absent" for row in _rows("participants.csv")) == 2


def test_copies_of_a_page_are_all_in_conflict(truth: Truth) -> None:
    """A page that was scanned twice is in conflict in both places, and no other page is."""
    copies = Counter((page.participant, page.page) for page in truth.pages if page.participant)
    twice = {key for key, count in copies.items() if count > 1}
    in_conflict = {(p.participant, p.page) for p in truth.pages if p.expected_fate is Fate.CONFLICT}
    assert in_conflict == twice != set()


def test_the_truth_survives_being_written_and_read(truth: Truth, tmp_path: Path) -> None:
    """Written truth reads back as the same truth."""
    (tmp_path / "truth.json").write_text(written(truth), encoding="utf-8")
    assert read(tmp_path / "truth.json") == truth


def test_points_fit_the_criteria(truth: Truth) -> None:
    """Every work is worth something from 0 to the maximum, or X, in each criterion."""
    for work in truth.works:
        assert list(work.points) == [c.id for c in DISTRICT.criteria]
        assert all(getattr(work.points[c.id], "value", 0) <= c.maximum for c in DISTRICT.criteria)


def test_the_participants_table_knows_the_works(truth: Truth) -> None:
    """Codes and form numbers of the table are those of the works."""
    rows = [row for row in _rows("participants.csv") if not row["status"]]
    table = {row["participant"]: row["form"] for row in rows}
    assert table == {work.participant: str(work.form or "") for work in truth.works}


def test_the_manifest_names_the_pages_of_foreign_works(truth: Truth) -> None:
    """Each foreign work's row names exactly the places of its pages."""
    places = {(p.participant, p.file, p.index + 1) for p in truth.pages}
    for row in _rows("manifest.csv"):
        first, last = map(int, row["pages"].split("-"))
        assert all((row["participant"], row["file"], at) in places for at in range(first, last + 1))
    assert len(_rows("manifest.csv")) == 40


@pytest.mark.parametrize(("folder", "procedure"), [("district", DISTRICT), ("single", SINGLE)])
def test_the_procedure_file_says_what_the_samples_were_made_with(folder: str, procedure: object) -> None:
    """procedure.toml reads as the value that the forms were printed from."""
    text = (SAMPLES / folder / "procedure.toml").read_text(encoding="utf-8")
    assert read_procedure(text, "procedure.toml") == procedure


def test_the_zones_fit_their_pages() -> None:
    """Both procedures' answer zones have room on the project's own forms."""
    assert fits(DISTRICT)
    assert fits(SINGLE)
    assert "criteria_pdf" not in tomllib.loads(toml(SINGLE))["procedure"]


def test_the_generator_makes_the_same_tables_again() -> None:
    """The stored tables are those of the seed the README names."""
    place = district.made(DISTRICT, district.CLASS_SETS, 28, 2001, _SEED)
    for name, text in district.tables(place).items():
        assert (SAMPLES / "district" / name).read_text(encoding="utf-8") == text
    assert (SAMPLES / "README.md").read_text(encoding="utf-8") == sample_notes.readme(_SEED)


@pytest.mark.parametrize("form", list(foreign.FORMS.values()), ids=list(foreign.FORMS))
def test_foreign_forms_keep_identity_away_from_answers(form: foreign.ForeignForm) -> None:
    """At least 4 mm lie between any identity box and any answer, and each blank is inside an identity box."""
    for page in form.pages:
        for box in page.identity:
            assert not any(box.grown(4.0).overlaps(answer.box) for answer in page.answers)
        assert all(any(blank.box.inside(box) for box in page.identity) for blank in page.blanks)
        assert len(page.answers) == len({answer.task for answer in page.answers})


def test_own_works_and_ways_agree(truth: Truth) -> None:
    """Works on own forms have a form number, others have none; numbers are all different."""
    assert all((work.form is not None) == (Way(work.way) is Way.OWN) for work in truth.works)
    assert len(truth.of_form()) == 54


def test_references_are_what_the_form_looks_like() -> None:
    """The stored reference of a foreign page is an A4 page at 150 dpi in grey."""
    for form in foreign.FORMS.values():
        for page in form.pages:
            data = (SAMPLES / "district" / "templates" / f"{form.name}-{page.page}.png").read_bytes()
            with Image.open(io.BytesIO(data)) as image:
                assert (image.size, image.mode) == ((1240, 1754), "L")


@pytest.mark.parametrize(("folder", "works"), [("district", 96), ("single", 8)])
def test_the_product_takes_the_tables(folder: str, works: int) -> None:
    """The register reads the sample tables without a complaint."""
    assert len(read_register(SAMPLES / folder).participants) == works
