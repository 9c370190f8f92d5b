"""A person makes a template from a sample; nobody's name stays in it; all that is wrong is said."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from crosscheck import cli
from crosscheck.errors import Exit
from crosscheck.geometry import Box
from scanning.errors import TemplateProblems
from scanning.files.sources import FileOpened, open_file
from scanning.forms import checking, learning, matching, previewing
from scanning.forms.templates import load_template, sketched_template
from scanning.templating import NoSuchTemplatePage, NotAPreview, SampleNotOpened, TemplateExists
from tests.scanning import foreign
from tests.scanning.pages import Canvas, Grey, canvas, laid, noisy, quarter_turned, scribble


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return foreign.write_template(tmp_path_factory.mktemp("form"))


def saved(folder: Path, *pages: Grey) -> Path:
    """Pages as one PDF."""
    first, *others = [Image.fromarray(page) for page in pages]
    path = folder / "sample.pdf"
    first.save(path, save_all=True, append_images=others, resolution=200)
    return path


def within(picture: Grey, box: Box) -> Grey:
    """The part of a picture of a whole page."""
    k = picture.shape[1] / 210
    return picture[round(box.y * k) : round(box.bottom * k), round(box.x * k) : round(box.right * k)]


# --- learning ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("degrees", "quarters"), [(0.0, 0), (2.3, 0), (-1.7, 1)])
def test_frames_of_a_sample_become_answer_zones(degrees: float, quarters: int) -> None:
    """Within a millimetre of where they are printed on the page set upright again."""
    grey = quarter_turned(laid(foreign.filled(1), degrees), quarters)
    frames = learning.proposed(learning.upright(grey), surely_upright=True).answers
    assert len(frames) == 2
    for frame, zone in zip(frames, foreign.ZONES, strict=True):
        assert np.abs(np.subtract(frame.corners(), zone.corners())).max() < 1.0


def test_a_photo_of_a_sample_is_rectified_by_the_sheets_edges() -> None:
    """Frames are upright rectangles again."""
    page = foreign.filled(2, 200)
    there = np.array([[0, 0], [1654, 0], [1654, 2339], [0, 2339]], np.float32)
    seen = np.array([[250, 180], [1800, 240], [1900, 2500], [150, 2420]], np.float32)
    photo = cv2.warpPerspective(page, cv2.getPerspectiveTransform(there, seen), (2050, 2700), borderValue=60.0)
    frames = learning.frames_of(learning.upright(np.asarray(photo, np.uint8)))
    assert len(frames) == 2
    for frame, zone in zip(frames, foreign.ZONES, strict=True):
        assert np.abs(np.subtract(frame.corners(), zone.corners())).max() < 2.5


@pytest.mark.parametrize("upside_down", [False, True])
def test_no_name_of_a_filled_sample_is_kept(
    tmp_path: Path, upside_down: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not in the stored pictures, whichever way up it was scanned, as long as nobody vouches for that."""
    page = quarter_turned(noisy(foreign.filled(1)), 2 if upside_down else 0)
    status = cli.run(["template", "learn", str(saved(tmp_path, page)), "--name", "f", "--out", str(tmp_path / "t")])
    capsys.readouterr()
    assert status == Exit.PERSON_NEEDED
    kept = np.asarray(cv2.imread(str(tmp_path / "t" / "f-1.png"), cv2.IMREAD_GRAYSCALE), np.uint8)
    names = quarter_turned(kept, 2) if upside_down else kept
    assert within(names, foreign.IDENTITY.grown(2)).min() == 255
    for zone in foreign.ZONES:
        assert within(names, zone.grown(-1)).min() == 255
    assert within(names, Box(15, 148, 180, 12)).min() < 100  # what is printed between the frames stays


def test_a_learned_template_finds_other_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a filled sample that somebody saw upright to the pages of another pupil."""
    sample = saved(tmp_path, laid(foreign.filled(1), 0.8), foreign.filled(2))
    learn = ["template", "learn", str(sample), "--name", "vpr", "--out", str(tmp_path), "--upright"]
    assert cli.run(learn) == Exit.PERSON_NEEDED
    assert "4 answer zones" in capsys.readouterr().out
    template = load_template(tmp_path / "vpr.toml")
    found = matching.match(noisy(laid(foreign.filled(2, 150, seed=9), -2.0)), (template,))
    assert isinstance(found, matching.Matched)
    assert found.page.page == 2
    assert not any(checking.inked(page) for page in template.pages)


def test_only_the_first_pages_are_learned_and_nothing_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second run refuses before it writes."""
    sample = saved(tmp_path, foreign.filled(1), foreign.filled(2))
    learn = ["template", "learn", str(sample), "--name", "vpr", "--out", str(tmp_path), "--pages", "1", "--blank"]
    cli.run(learn)
    assert sorted(path.name for path in tmp_path.glob("vpr*")) == ["vpr-1.png", "vpr.toml"]
    before = (tmp_path / "vpr.toml").read_bytes()
    capsys.readouterr()
    assert cli.run(learn) == TemplateExists.exit
    assert "E3045" in capsys.readouterr().err
    assert (tmp_path / "vpr.toml").read_bytes() == before


def test_a_sample_that_does_not_open_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what to do."""
    (tmp_path / "s.pdf").write_bytes(b"no scan")
    learn = ["template", "learn", str(tmp_path / "s.pdf"), "--name", "x", "--out", str(tmp_path / "t")]
    assert cli.run(learn) == SampleNotOpened.exit
    assert "E3046 s.pdf" in capsys.readouterr().err


def test_a_page_without_frames_hides_its_head() -> None:
    """Nothing to copy is proposed, and a quarter of the page is taken for identity."""
    proposal = learning.proposed(canvas(200).pixels, surely_upright=True)
    assert proposal.answers == ()
    assert proposal.identity[0].bottom >= 70


# --- preview -------------------------------------------------------------------------------------------


def test_a_preview_shows_each_kind_of_zone_in_its_colour(tmp_path: Path) -> None:
    """Identity, guard, answers, and what is ignored."""
    text = foreign.TEMPLATE.replace("identity = [[20, 25, 170, 24]]", "identity = [[20, 25, 170, 24]]\nguard = 6")
    text = text.replace("identity = []", "identity = []\nignore = [[150, 252, 40, 9]]")
    first, second = sketched_template(foreign.write_template(tmp_path, text)).pages
    pictures = [previewing.drawn(previewing.Shown(checking.picture_of(p), p, (), "т")) for p in (first, second)]
    k = previewing.PREVIEW_DPI / 25.4

    def tint(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
        values = np.asarray(picture)[round(y * k) - 3 : round(y * k) + 4, round(x * k) - 3 : round(x * k) + 4]
        return tuple(int(v) for v in np.median(values.reshape(-1, 3), axis=0))

    red, _, blue = tint(pictures[0], 185, 37)
    assert red > blue + 30
    red, green, blue = tint(pictures[0], 100, 20.5)
    assert red > blue + 30
    assert green > blue + 20
    red, green, _ = tint(pictures[0], 185, 240)
    assert green > red + 20
    red, green, blue = tint(pictures[1], 189, 253)
    assert blue > red + 10
    assert tint(pictures[1], 100, 155) != tint(pictures[0], 185, 37)


def test_a_preview_over_a_scan_lays_the_page_upright(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As PDF for all pages, as PNG for one; a page that shows no template is told."""
    scan = saved(tmp_path, quarter_turned(foreign.filled(1), 1), foreign.filled(2), noisy(canvas(150).pixels))
    out = tmp_path / "all.pdf"
    assert cli.run(["template", "preview", str(made), str(scan), "--out", str(out)]) == Exit.PERSON_NEEDED
    assert "sample.pdf, page 3" in capsys.readouterr().out
    opened = open_file(out)
    assert isinstance(opened, FileOpened)
    assert len(opened.pages) == 2
    one = tmp_path / "one.png"
    assert cli.run(["template", "preview", str(made), str(scan), "--page", "1", "--out", str(one)]) == Exit.DONE
    with Image.open(one) as picture:
        assert picture.height > picture.width


def test_a_preview_that_can_not_be_written_is_refused(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two pages as PNG, another ending, a page that there is not."""
    for arguments, error in (
        (["--out", str(tmp_path / "p.png")], NotAPreview),
        (["--out", str(tmp_path / "p.gif"), "--page", "1"], NotAPreview),
        (["--out", str(tmp_path / "p.png"), "--page", "7"], NoSuchTemplatePage),
    ):
        assert cli.run(["template", "preview", str(made), *arguments]) == error.exit
        assert f"E{error.number}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# --- check ---------------------------------------------------------------------------------------------


def checked(capsys: pytest.CaptureFixture[str], *paths: Path) -> tuple[int, list[dict[str, object]]]:
    status = cli.run(["template", "check", "--json", *map(str, paths)])
    return status, json.loads(capsys.readouterr().out)


def test_check_says_what_scans_show(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Page, residual and share; or why not."""
    scan = saved(tmp_path, foreign.filled(2), noisy(canvas(150).pixels))
    status, rows = checked(capsys, made, scan)
    found, refused = rows[-2:]
    assert status == Exit.PERSON_NEEDED
    assert (found["shows"], found["todo"]) == ("vpr-math-5 2", "")
    assert float(str(found["residual"])) < 0.2
    assert "no page of the templates" in str(refused["todo"])


def test_writing_left_in_zones_is_seen_and_made_white(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A reference made from a filled page fails the check until it is whitened."""
    path = foreign.write_template(tmp_path)
    filled = Canvas(foreign.blank_form(1).pixels, 200)
    scribble(filled, foreign.IDENTITY, np.random.default_rng(5), 20)
    cv2.imwrite(str(tmp_path / "one.png"), filled.pixels)
    status, rows = checked(capsys, path)
    assert status == Exit.PERSON_NEEDED
    assert "whiten" in str(rows[0]["todo"])
    assert cli.run(["template", "whiten", str(path)]) == Exit.DONE
    capsys.readouterr()
    kept = np.asarray(cv2.imread(str(tmp_path / "one.png"), cv2.IMREAD_GRAYSCALE), np.uint8)
    assert within(kept, foreign.IDENTITY).min() == 255
    _, rows = checked(capsys, path)
    assert "whiten" not in str(rows[0]["todo"])


def test_templates_too_alike_and_templates_that_are_wrong_are_told(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the same listing."""
    twin = foreign.write_template(tmp_path, foreign.TEMPLATE.replace("vpr-math-5", "twin"))
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('nam = "x"', encoding="utf-8")
    status, rows = checked(capsys, made, twin, wrong)
    said = " ".join(str(row["todo"]) for row in rows)
    assert status == Exit.PERSON_NEEDED
    assert "vpr-math-5 page 1, twin page 1" in said or "twin page 1, vpr-math-5 page 1" in said
    assert "did you mean name" in said


# --- the file ------------------------------------------------------------------------------------------


def test_ignored_places_and_the_guard_are_read(tmp_path: Path) -> None:
    """Old files have neither and stay valid."""
    text = foreign.TEMPLATE.replace("identity = []", "identity = []\nignore = [[150, 5, 40, 9]]\nguard = 4.5")
    first, second = load_template(foreign.write_template(tmp_path, text)).pages
    assert (first.ignore, first.guard) == ((), 3.0)
    assert (second.ignore, second.guard) == ((Box(150, 5, 40, 9),), 4.5)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("guard = 2", "guard must be"),
        ('guard = "wide"', "guard must be"),
        ("guard = true", "guard must be"),
        ("ignore = [[1, 2, 3]]", "ignore 1: must be"),
        ("ignore = [[20, 80, 10, 10]]", "task 1 overlaps"),
        ("ignroe = []", "did you mean ignore"),
        ("guard = 30", "30 mm away"),
    ],
)
def test_wrong_guards_and_ignored_places_are_told(tmp_path: Path, line: str, told: str) -> None:
    """With the place in the file."""
    text = foreign.TEMPLATE.replace("identity = [[20, 25, 170, 24]]", f"identity = [[20, 25, 170, 24]]\n{line}")
    with pytest.raises(TemplateProblems, match=told):
        load_template(foreign.write_template(tmp_path, text))
