"""The proof page: drawn, spoiled as printers and scanners do, read back; each fault is named and no other."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crosscheck.errors import Exit
from crosscheck.i18n import translator
from packets import proofing
from packets.drawing.proof import EDGES, QR_CODES, draw_proof
from packets.errors import NoProofPage, NoSuchPageThere, ScanUnreadable
from packets.previewing import pictures
from packets.proof_commands import check, preview, proof
from tests.packets.printed import Grey, Recorder, pages

DPI = 200
_PER_MM = DPI / 25.4


def _drawn(language: str = "ru") -> bytes:
    press = Recorder(out := io.BytesIO())
    draw_proof(press, translator(language))
    press.finish()
    return out.getvalue()


PAGE = pages(_drawn(), DPI)[0]


def _scanned(
    page: Grey, scale: float = 1.0, down: float | None = None, degrees: float = 0.0, shift: float = 0.0
) -> Grey:
    """The page as it lies on the scanner's glass, which is white around it."""
    height, width = page.shape
    matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), np.float64)
    stretch = np.diag([scale, scale if down is None else down, 1.0])
    stretch[0, 2], stretch[1, 2] = width / 2 * (1 - stretch[0, 0]) + shift, height / 2 * (1 - stretch[1, 1]) + shift
    moved = cv2.warpAffine(page, (matrix @ stretch), (width, height), flags=cv2.INTER_AREA, borderValue=(255,))
    return np.asarray(moved, np.uint8)


def _found(page: Grey, dpi: float = DPI) -> list[str]:
    return list(proofing.faults(proofing.looked_at(proofing.Scan(page, dpi)), lambda text: text))


@given(
    st.sampled_from([0, 1, 2, 3]),
    st.floats(-1, 1),
    st.floats(0.995, 1.005),
    st.floats(-4, 4),
    st.sampled_from([150, 200, 300]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=25, deadline=None)
def test_a_fit_printer_is_found_fit(
    turns: int, degrees: float, scale: float, shift: float, dpi: int, seed: int
) -> None:
    """Turned, a little crooked, a little off, greyish paper, noise, any usual resolution: nothing to complain of."""
    page = _scanned(pages(_drawn(), dpi)[0], scale, degrees=degrees, shift=shift)
    noise = np.random.default_rng(seed).normal(0, 4, page.shape)
    grey = np.clip(page.astype(np.float64) * (235 - 25) / 255 + 25 + noise, 0, 255).astype(np.uint8)
    assert _found(np.ascontiguousarray(np.rot90(grey, turns)), dpi) == []


def test_a_scan_too_coarse_for_sheets_is_said() -> None:
    """At 100 dpi the proof page looks fit; sheets scanned so would be refused on check day."""
    assert any("100 dots" in line for line in _found(pages(_drawn(), 100)[0], 100))
    assert not any("dots an inch" in line for line in _found(pages(_drawn(), 150)[0], 150))


@pytest.mark.parametrize("percent", [94, 97, 103])
def test_a_scaled_print_is_said_with_its_scale(percent: int) -> None:
    """“Fit to page” shrinks by a few per cent: every millimetre of a score sheet would be elsewhere."""
    page = np.full((round(PAGE.shape[0] * 1.1), round(PAGE.shape[1] * 1.1)), 255, np.uint8)
    page[100 : 100 + PAGE.shape[0], 80 : 80 + PAGE.shape[1]] = PAGE
    said = _found(_scanned(page, percent / 100))
    assert f"Scale {percent} %" in said[0]
    assert not any("Stretched" in one for one in said)


def test_a_stretched_page_is_said() -> None:
    """The paper crept: its height isn't what its width says."""
    (said,) = _found(_scanned(PAGE, 1.0, down=0.985))
    assert "Stretched: 100.0 % across, 98.5 % down" in said


def test_a_crooked_page_is_said() -> None:
    """Three degrees are too many for a score sheet."""
    assert any("Crooked by 3.0 degrees" in one for one in _found(_scanned(PAGE, 0.99, degrees=3)))


@pytest.mark.parametrize("edge", EDGES)
def test_margins_that_are_cut_are_said_with_their_edge(edge: str) -> None:
    """White down to seven millimetres from one edge; the marks stand ten from it, so all else holds."""
    page, cut = PAGE.copy(), round(6.9 * _PER_MM)
    whole, near, far = slice(None), slice(cut), slice(-cut, None)
    where = {"top": (near, whole), "bottom": (far, whole), "left": (whole, near), "right": (whole, far)}[edge]
    page[where[0], where[1]] = 255
    (said,) = _found(page)
    assert said.startswith(f"Cut off ({edge}): nothing is seen nearer than 7 mm")


def _paler(page: Grey) -> Grey:
    return np.asarray(255 - (255 - page.astype(np.int16)) * 0.45, np.uint8)


def _washed(page: Grey) -> Grey:
    return np.asarray(np.where(page > 180, 255, page), np.uint8)


def _pale_all_over(page: Grey) -> Grey:
    return np.asarray(255 - (255 - page.astype(np.float64)) * 0.3, np.uint8)


def _in_the_dark(page: Grey) -> Grey:
    return np.asarray(page.astype(np.float64) * 0.45, np.uint8)


def _darker(page: Grey) -> Grey:
    return np.asarray(np.clip(page.astype(np.int16) * 1.6 - 130, 0, 255), np.uint8)


@pytest.mark.parametrize(
    ("spoiled", "word"),
    [(_paler, "Too pale: black"), (_washed, "Too pale: light grey"), (_darker, "Too dark")],
    ids=["economy mode", "greys lost", "greys closed"],
)
def test_ink_that_is_wrong_is_said(spoiled: Callable[[Grey], Grey], word: str) -> None:
    """Each kind of wrong darkness has its own remedy."""
    assert [one for one in _found(spoiled(PAGE)) if one.startswith(word)]


def test_a_pale_print_is_not_said_to_be_cut_off_too() -> None:
    """Bars at the edge are as pale as all the rest, and there all the same."""
    assert not any("Cut off" in line for line in _found(_pale_all_over(PAGE)))


def test_paper_that_comes_out_grey_is_said() -> None:
    """Everything is to be told from it still, but sheets scanned so have little room for shadows."""
    assert _found(_in_the_dark(PAGE)) == [
        "The paper comes out grey (45 % of white): scan brighter, with nothing dark behind it."
    ]


def test_codes_that_can_t_be_read_are_said_one_by_one() -> None:
    """A streak over one code leaves the others."""
    page = PAGE.copy()
    box = next(iter(QR_CODES.values()))
    left, top, right, bottom = (round(v * _PER_MM) for v in (box.x, box.y, box.right, box.bottom))
    page[top : (top + bottom) // 2, left:right] = 0
    (said,) = _found(page)
    assert said.startswith("The square code above can't be read")


def test_a_missing_mark_is_said_and_the_rest_is_measured() -> None:
    """A folded corner: three marks still tell where the page lies."""
    page = PAGE.copy()
    page[-round(25 * _PER_MM) :, -round(25 * _PER_MM) :] = 255
    assert any("The mark bottom right is missing" in one for one in _found(page))


def test_what_is_no_proof_page_is_refused(tmp_path: Path) -> None:
    """An empty sheet, another paper, a file that is none."""
    with pytest.raises(NoProofPage, match=r"E6091 .*0 of 4"):
        proofing.looked_at(proofing.Scan(np.full((2339, 1654), 255, np.uint8), DPI))
    (tmp_path / "scan.png").write_bytes(b"no picture")
    with pytest.raises(ScanUnreadable, match="E6090"):
        proofing.opened(tmp_path / "scan.png")


def test_a_scan_without_a_resolution_counts_as_a4(tmp_path: Path) -> None:
    """PNG from a program that doesn't say: the whole page is as wide as A4."""
    Image.fromarray(PAGE).save(tmp_path / "scan.png")
    assert proofing.opened(tmp_path / "scan.png").dpi == pytest.approx(DPI, rel=0.002)
    Image.fromarray(PAGE).save(tmp_path / "scan.png", dpi=(150, 150))
    assert proofing.opened(tmp_path / "scan.png").dpi == pytest.approx(150, rel=0.002)


def test_texts_of_the_proof_page_never_collide() -> None:
    """In both languages."""
    for language in ("ru", "en"):
        press = Recorder(io.BytesIO())
        draw_proof(press, translator(language))
        assert len(press.inked) >= 9
        assert press.collisions() == []


def test_the_commands_draw_check_and_show(tmp_path: Path) -> None:
    """From the page to the verdict, and any PDF as pictures."""
    run = CliRunner()
    file = tmp_path / "proof.pdf"
    assert run.invoke(proof, [str(file)]).exit_code == 0
    fit = run.invoke(check, [str(file)], standalone_mode=False)
    assert (fit.return_value, fit.output.startswith("Fit: scale 100.0 %")) == (Exit.DONE, True)
    Image.fromarray(_paler(PAGE)).save(tmp_path / "pale.png", dpi=(DPI, DPI))
    pale = run.invoke(check, [str(tmp_path / "pale.png")], standalone_mode=False)
    assert (pale.return_value, pale.output.startswith("! Too pale")) == (Exit.PERSON_NEEDED, True)
    shown = run.invoke(preview, [str(file), "--out", str(tmp_path / "look"), "--dpi", "50"])
    assert shown.exit_code == 0, shown.output
    (png,) = (tmp_path / "look").iterdir()
    assert png.name == "proof-001.png"
    with Image.open(png) as picture:
        assert picture.size == (414, 585)


def test_a_document_of_the_same_name_overwrites_no_picture(tmp_path: Path) -> None:
    """Works of two folders may be called alike; the same document again is the same picture."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    (tmp_path / "a" / "work.pdf").write_bytes(_drawn())
    assert CliRunner().invoke(proof, [str(tmp_path / "b" / "work.pdf"), "--lang", "en"]).exit_code == 0
    look = tmp_path / "look"
    for folder in ("a", "b", "a", "b"):
        words = [str(tmp_path / folder / "work.pdf"), "--out", str(look), "--dpi", "30"]
        assert CliRunner().invoke(preview, words).exit_code == 0
    found = sorted(path.name for path in look.iterdir())
    assert (len(found), found[0]) == (2, "work-001.png")
    assert len({(look / name).read_bytes() for name in found}) == 2


def test_preview_refuses_what_is_not_there(tmp_path: Path) -> None:
    """A page too many, and a file that is no PDF."""
    (tmp_path / "proof.pdf").write_bytes(_drawn())
    with pytest.raises(NoSuchPageThere, match=r"E6092 .*no page 2; its pages: 1"):
        list(pictures(tmp_path / "proof.pdf", 2, 50))
    (tmp_path / "x.pdf").write_bytes(b"%PDF no")
    with pytest.raises(ScanUnreadable, match="E6090"):
        list(pictures(tmp_path / "x.pdf", None, 50))
