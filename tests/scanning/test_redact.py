"""The stage that masks: pages in, readings with their proofs out; nothing of an original is left in the ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import simplejpeg

from crosscheck import facts, keys, labels
from crosscheck.blobs import BlobStore
from crosscheck.errors import Exit
from crosscheck.labels import Label
from crosscheck.limited import ReaderNotStarted
from crosscheck.model import BlobId
from crosscheck.procedure import paper_digest
from crosscheck.runner import Ran
from scanning import redact
from scanning.files.sources import Media
from scanning.findings import Finding, FindingKind
from scanning.incoming.intake import WORKS, take_in
from scanning.outcomes import CoverPage, NotReadable, PageReading, PaperSpec
from scanning.redact import Redacted, Unit, redact_all
from tests import factories
from tests.scanning import pages
from tests.stations import Desk

PAPER = paper_digest(factories.procedure())
PROOF = {
    "template", "page", "orientation", "residual_mm", "dpi", "capture", "codes_agreeing", "signed", "original",
    "masked_sha256", "zones", "hidden", "checks", "picture", "ocr",
}  # fmt: skip


def scan(folder: Path, name: str, form: int, seed: int = 1) -> Path:
    """Page 1 of a form, filled in, as a JPEG file."""
    grey = pages.answer_page(200, seed, Label(labels.Kind.ANSWER, form, 1, 0, PAPER))
    path = folder / name
    path.write_bytes(simplejpeg.encode_jpeg(grey[:, :, None], quality=80, colorspace="GRAY"))
    return path


def masked(desk: Desk, *files: Path) -> Ran:
    """Take the files in and mask what waits, in this process."""
    desk.home.joinpath("station.toml").write_text("jobs = 1\n")
    list(take_in(desk.station(), files, WORKS))
    return redact_all(desk.station())


def test_a_masked_page_is_recorded_with_its_proof(desk: Desk, tmp_path: Path) -> None:
    """What was masked, how the page lay, every check, and both pictures by address: enough to show it again."""
    assert masked(desk, scan(tmp_path, "a.jpg", 11), scan(tmp_path, "b.jpg", 12, 2)) == Ran(done=2)
    one, other = sorted(desk.facts(facts.PageReading), key=lambda reading: reading.number or 0)
    assert (one.outcome, one.number, one.page_no, one.round) == ("labelled", 11, 1, 0)
    proof = json.loads(one.evidence)
    assert set(proof) == PROOF
    assert proof["masked_sha256"] == one.masked
    assert len(desk.station().blobs.get(BlobId(one.masked))) > 1000
    assert proof["original"] in {page.original for page in desk.facts(facts.ScanPage)}
    assert (proof["capture"], proof["signed"], proof["template"]) == ("scan", False, "own")
    assert all(passed for passed, _measure in proof["checks"].values())
    assert proof["picture"] != json.loads(other.evidence)["picture"]
    assert len(one.evidence) < 1500
    opening = [fact for fact in desk.facts(facts.Opening) if fact.purpose == "redact"]
    assert [(fact.part, fact.records) for fact in opening] == [("originals", 2)]


def test_equal_pictures_have_equal_names(desk: Desk, tmp_path: Path) -> None:
    """The same scan in a second file tells that it is the same; the name says nothing to whoever lacks the key."""
    first = scan(tmp_path, "a.jpg", 11)
    second = tmp_path / "b.pdf"
    second.write_bytes(_pdf(first.read_bytes()))
    masked(desk, first, second)
    names = {json.loads(reading.evidence)["picture"] for reading in desk.facts(facts.PageReading)}
    assert len(desk.facts(facts.PageReading)) == 2
    assert len(names) == 1


def _pdf(stream: bytes) -> bytes:
    from drill.containers import Scan, Settings, pdf

    grey = simplejpeg.decode_jpeg(stream, colorspace="GRAY")[:, :, 0]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("drill.containers.jpeg", lambda _image, _settings: stream)
        return pdf([Scan(grey)], Settings(200, 80, ""), one_bit=False)


def test_pages_of_another_stations_batch_are_passed_over(desk: Desk, tmp_path: Path) -> None:
    """Though they came first, and though there are more of them than are asked for at once: ours are done."""
    desk.add(facts.Batch("station-2-001", "works"), facts.ScanFile("f", "station-2-001", "ref", 600, ""))
    desk.add(*(facts.ScanPage(f"theirs-{n}", "f", n, "image/jpeg", "x", "") for n in range(600)))
    assert masked(desk, scan(tmp_path, "a.jpg", 11)) == Ran(done=1)
    assert [reading.number for reading in desk.facts(facts.PageReading)] == [11]
    assert [fact.records for fact in desk.facts(facts.Opening) if fact.purpose == "redact"] == [1]


def test_a_second_run_opens_nothing(desk: Desk, tmp_path: Path) -> None:
    """Not one original, and so no opening is recorded."""
    masked(desk, scan(tmp_path, "a.jpg", 11))
    before = desk.facts(facts.Opening)
    assert redact_all(desk.station()) == Ran()
    assert desk.facts(facts.Opening) == before


def test_files_are_on_the_disk_before_the_ledger_speaks_of_them(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All masked pictures of a commit are forced at once, and first."""
    said: list[str] = []
    monkeypatch.setattr(BlobStore, "force", lambda _store: said.append("forced"))
    monkeypatch.setattr(redact, "_record", lambda _writer, results: said.append(f"recorded {len(results)}"))
    assert masked(desk, scan(tmp_path, "a.jpg", 11)) == Ran(done=1)
    assert said[-2:] == ["forced", "recorded 1"]


def test_a_picture_that_can_not_be_decoded_is_a_finding() -> None:
    """Whatever is in it: the page waits for a person, the run goes on."""
    try:
        reading = redact._read(b"\xff\xd8 no picture", Media.JPEG, PaperSpec((), PAPER))
    finally:
        redact._end_decoder()
    assert isinstance(reading.outcome, NotReadable)
    assert [finding.kind for finding in reading.outcome.findings] == [FindingKind.UNDECODABLE]


def _originals(desk: Desk) -> list[Path]:
    (page,) = desk.facts(facts.ScanPage)
    return [path for path in (desk.home / "blobs").rglob("*.sealed") if page.original.endswith(path.stem)]


def test_a_page_whose_picture_is_gone_waits_until_it_is_back(desk: Desk, tmp_path: Path) -> None:
    """A lost file or a folder that isn't mounted is no fact about the paper."""
    list(take_in(desk.station(), [scan(tmp_path, "a.jpg", 11)], WORKS))
    (lost,) = _originals(desk)
    content = lost.read_bytes()
    lost.unlink()
    ended = desk.run("redact")
    assert (ended.status, "E4041" in ended.err) == (Exit.LEDGER, True)
    assert desk.facts(facts.PageReading) == []
    lost.write_bytes(content)
    assert desk.run("redact").status == Exit.DONE
    assert [reading.outcome for reading in desk.facts(facts.PageReading)] == ["labelled"]


def test_a_page_lost_for_good_can_be_set_aside(desk: Desk, tmp_path: Path) -> None:
    """Or the stage would end with an error for ever, and the batch would never be settled."""
    list(take_in(desk.station(), [scan(tmp_path, "a.jpg", 11)], WORKS))
    (page,) = desk.facts(facts.ScanPage)
    next(iter(_originals(desk))).unlink()
    assert desk.run("pages", "discard", page.page, "--why", "lost, scanned again").status == Exit.DONE
    assert desk.run("redact").status == Exit.DONE
    assert [reading.outcome for reading in desk.facts(facts.PageReading)] == ["unread"]


def test_a_process_that_can_not_be_started_is_no_fact_about_a_page(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage ends with its number; when processes start again the page is read."""
    desk.home.joinpath("station.toml").write_text("jobs = 1\n")
    list(take_in(desk.station(), [scan(tmp_path, "a.jpg", 11)], WORKS))

    def refuse(*_: object) -> None:
        raise ReaderNotStarted(detail="Cannot allocate memory")

    with monkeypatch.context() as patched:
        patched.setattr(redact, "_decoder", refuse)
        patched.setattr(redact, "_end_decoder", lambda: None)
        ended = desk.run("redact")
    assert (ended.status, "E3031" in ended.err) == (Exit.INPUT, True)
    assert desk.facts(facts.PageReading) == []
    assert redact_all(desk.station()) == Ran(done=1)


def _unit(tmp_path: Path) -> Unit:
    return Unit("p", "image/jpeg", "x", (), keys.WorkingKey("b", b"k" * 32), tmp_path, tmp_path, b"labels")


@pytest.mark.parametrize("label", [None, Label(labels.Kind.COVER, 7, 1, 0, PAPER)])
def test_a_cover_is_no_answer_page(tmp_path: Path, label: Label | None) -> None:
    """Its number is told where it could be read, nothing is masked, and unsigned it counts for nothing."""
    reading = PageReading(CoverPage(label, ()), None)
    recorded = redact._recorded(_unit(tmp_path), reading, "pic", PaperSpec((), PAPER), BlobStore(tmp_path))
    assert (recorded.reading.outcome, recorded.reading.masked) == ("alien", "")
    assert recorded.reading.number == (None if label is None else 7)
    assert json.loads(recorded.reading.evidence) == {"cover": True, "picture": "pic", "signed": False, "why": "a cover"}


def test_the_first_of_each_kind_of_finding_stands_for_the_others() -> None:
    """A page that was not masked has its fate and needs no findings beside it."""
    seen = (Finding(FindingKind.INK_ACROSS, "1"), Finding(FindingKind.SKEWED), Finding(FindingKind.INK_ACROSS, "2"))
    reading = facts.PageReading("p", "labelled", 1, 1, 0, "", "m", "image/jpeg", "{}")
    kept = list(redact._found(Redacted(reading, seen)))
    assert sorted((finding.kind, finding.detail) for finding in kept) == [("ink_across", "1"), ("skewed", "")]
    assert list(redact._found(Redacted(redact._plain("p", "unread", "x"), seen))) == []
