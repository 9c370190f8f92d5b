"""Pages are shown, their proofs are told and drawn, single tasks are cut out: only the original asks for a key."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from crosscheck import crops, facts
from crosscheck.errors import Exit
from crosscheck.labels import Kind, Label
from crosscheck.procedure import paper_digest
from scanning.deciding import proofs
from scanning.deciding.showing import FileExists, NoMaskedPicture, NoSuchTask, NotThatKind
from scanning.leaks import leakcheck
from scanning.leaks.leakcheck import CheckName
from scanning.masking.redaction import redact
from scanning.placing.registration import Registration, register
from tests import factories
from tests.scanning.deciding.test_settling import scan
from tests.scanning.leaks.test_leakcheck import encoded
from tests.scanning.pages import FORM, Grey, answer_page
from tests.stations import Desk, Ended

LABEL = Label(Kind.ANSWER, 11, 1, 0, paper_digest(factories.procedure()))
PAGE = answer_page(150, label=LABEL)


def _masked() -> bytes:
    laid = register(PAGE, FORM.marks)
    assert isinstance(laid, Registration)
    return redact(PAGE, laid, [zone.box for zone in FORM.answers], [FORM.identity, *FORM.qr, FORM.bar]).image


MASKED = _masked()


@pytest.fixture
def read(desk: Desk) -> Desk:
    """Page a1 of work 11, masked, and a page b1 of which nothing could be masked, as facts."""
    blob = desk.station().blobs.put(MASKED)
    evidence = {
        "template": "own", "page": 1, "orientation": 90, "residual_mm": 0.12, "dpi": 150.0, "capture": "scan",
        "codes_agreeing": 3, "signed": True, "masked_sha256": blob, "ocr": "not_installed",
        "zones": [[z.task, z.box.x, z.box.y, z.box.w, z.box.h] for z in FORM.answers],
        "checks": {"no_code": [True, 0], "own_place": [True, 0.4]},
    }  # fmt: skip
    a = facts.PageReading("a1", "labelled", 11, 1, 0, "", blob, "image/jpeg", json.dumps(evidence))
    b = facts.PageReading("b1", "unread", None, None, None, "", "", "", '{"why": "too_dark"}')
    scan(desk, a, b)
    desk.run("number")
    return desk


def refused(ended: Ended, error: type[Exception]) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err


def pixels(content: bytes) -> Grey:
    with Image.open(BytesIO(content)) as picture:
        return np.asarray(picture.convert("L"), np.uint8)


def rendered(path: Path) -> list[Grey]:
    with pypdfium2.PdfDocument(path) as document:
        pages = [np.asarray(page.render(scale=150 / 72, grayscale=True).to_numpy(), np.uint8) for page in document]
    return [page.reshape(page.shape[:2]) for page in pages]


def opened(desk: Desk) -> int:
    """How often an original was opened to be looked at."""
    return sum(opening.purpose == "settle" for opening in desk.facts(facts.Opening))


# --- the picture -----------------------------------------------------------------------------------------


def test_an_original_is_shown_as_it_was_scanned_and_that_is_recorded(desk: Desk) -> None:
    """The same bytes where the ending fits, the same pixels as PNG, one page as PDF; each an opening."""
    folder = desk.home / "scans"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(encoded(PAGE))
    assert desk.run("ingest", str(folder)).status == Exit.DONE
    (page,) = desk.facts(facts.ScanPage)
    for name in ("o.jpg", "o.png", "o.pdf"):
        assert desk.run("pages", "show", page.page, "--out", str(desk.home / name)).status == Exit.DONE
    assert (desk.home / "o.jpg").read_bytes() == encoded(PAGE)
    assert np.array_equal(pixels((desk.home / "o.png").read_bytes()), pixels(encoded(PAGE)))
    assert abs(int(rendered(desk.home / "o.pdf")[0].mean()) - int(PAGE.mean())) <= 3
    assert opened(desk) == 3


def test_a_masked_picture_is_shown_without_opening_anything(read: Desk) -> None:
    """Byte for byte what experts get."""
    out = read.home / "m.jpg"
    assert read.run("pages", "show", "a1", "--masked", "--out", str(out)).status == Exit.DONE
    assert out.read_bytes() == MASKED
    assert opened(read) == 0


def test_no_file_is_written_over_and_nothing_is_opened_for_it(read: Desk) -> None:
    """What is there stays as it is, with the original and with all other pictures."""
    out = read.home / "x.png"
    out.write_bytes(b"mine")
    for command in (["show", "a1"], ["proof", "a1"], ["crop", "a1", "1"]):
        assert refused(read.run("pages", *command, "--out", str(out)), FileExists)
    assert out.read_bytes() == b"mine"
    assert opened(read) == 0


def test_only_kinds_of_pictures_that_can_be_made_are_written(read: Desk) -> None:
    """The remedy names the endings."""
    ended = read.run("pages", "show", "a1", "--out", str(read.home / "x.gif"))
    assert refused(ended, NotThatKind)
    assert ".png, .jpg" in ended.err


def test_a_page_that_was_not_masked_says_why(read: Desk) -> None:
    """There is no masked picture to show or to cut."""
    for command in (["show", "b1", "--masked"], ["crop", "b1", "1"]):
        ended = read.run("pages", *command, "--out", str(read.home / "x.png"))
        assert refused(ended, NoMaskedPicture)
        assert "too_dark" in ended.err


# --- the proof -------------------------------------------------------------------------------------------


def test_a_proof_says_all_that_is_recorded(read: Desk) -> None:
    """Place, zones, checks with measure and limit, fate, findings; and the picture hashed again."""
    said = json.loads(read.run("pages", "proof", "a1", "--json").out)[0]
    assert (said["page"], said["recorded"]["orientation"], said["masked_now"]) == ("a1", 90, "agrees")
    assert said["checks"][1] == {"name": "own_place", "passed": True, "measure": 0.4, "limit": 1.0}
    assert [zone["task"] for zone in said["zones"]] == [zone.task for zone in FORM.answers]
    assert (said["fate"]["fate"], said["fate"]["number"], said["read"][0]["who"]) == ("known", 1, "tester")
    told = read.run("pages", "proof", "a1").out
    for words in ("marks off their places at most, mm: 0.12", "passed; 0.4 mm² elsewhere (at most 1)", "not installed"):
        assert words in told


def test_a_proof_names_who_decided_what(read: Desk) -> None:
    """Decisions and findings stand with their people."""
    read.run("pages", "discard", "b1", "--why", "rough paper", who="Иванова И. И.")
    told = read.run("pages", "proof", "b1").out
    assert "rough paper (Иванова И. И." in told
    assert "not masked: too_dark" in told


def test_an_altered_picture_is_noticed(read: Desk) -> None:
    """One changed byte, or none left: the exit status says that a person is needed."""
    (path,) = (p for p in (read.home / "blobs").rglob("*") if p.is_file() and p.read_bytes() == MASKED)
    path.chmod(0o600)
    path.write_bytes(MASKED[:-1] + b"x")
    ended = read.run("pages", "proof", "a1")
    assert ended.status == Exit.PERSON_NEEDED
    assert "NOT what was checked" in ended.out
    path.unlink()
    assert json.loads(read.run("pages", "proof", "a1", "--json").out)[0]["masked_now"] == "missing"


def test_the_picture_of_a_proof_hatches_all_that_was_hidden(read: Desk) -> None:
    """Outside the zones no millimetre is left plain; inside, the masked page stands as it is."""
    for name in ("p.png", "p.pdf"):
        assert read.run("pages", "proof", "a1", "--out", str(read.home / name)).status == Exit.DONE
    shown = pixels((read.home / "p.png").read_bytes())
    k = proofs.SHOWN_DPI / 25.4
    head = shown[: round(55 * k)]
    assert head.max() < 250
    assert (head < 200).mean() > 0.02
    zone = FORM.answers[1].box.grown(-8)
    area = (slice(round(zone.y * k), round(zone.bottom * k)), slice(round(zone.x * k), round(zone.right * k)))
    assert np.abs(shown[area].astype(int) - pixels(MASKED)[area]).mean() < 2
    assert len(rendered(read.home / "p.pdf")) == 1


def test_the_limits_told_are_those_that_were_checked() -> None:
    """The words can't drift from the check: every check has words, and the numbers are the check's own."""
    assert {name.value for name in CheckName} <= set(proofs.CHECKS)
    told = {name: check.limit for name, check in proofs.CHECKS.items()}
    own = (leakcheck._MOST_OFF_MM, leakcheck._LEAST_LEAK, leakcheck._COPIED)
    assert (told["in_place"], told["own_place"], told["identity_absent"]) == own


# --- single tasks ----------------------------------------------------------------------------------------


def test_a_task_is_cut_out_of_a_page_and_of_a_work(read: Desk) -> None:
    """The same pixels as on the masked page, the same bytes each time."""
    written = []
    for n, what in enumerate(("a1", "form:11")):
        out = read.home / f"{n}.png"
        assert read.run("pages", "crop", what, "2", "--out", str(out)).status == Exit.DONE
        written.append(out.read_bytes())
    assert written[0] == written[1] == crops.cut(MASKED, FORM.answers[1].box)
    assert read.run("pages", "crop", "a1", "2", "--out", str(read.home / "c.pdf")).status == Exit.DONE
    (page,) = rendered(read.home / "c.pdf")
    assert abs(page.shape[1] - pixels(written[0]).shape[1]) <= 2
    assert opened(read) == 0


def test_a_task_that_is_not_there_is_refused(read: Desk) -> None:
    """The message names the tasks that are."""
    ended = read.run("pages", "crop", "a1", "9", "--out", str(read.home / "x.png"))
    assert refused(ended, NoSuchTask)
    assert "1, 2, 3" in ended.err
