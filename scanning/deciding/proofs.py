"""What is recorded of how a page was masked, as values, in words and as a picture. Nothing here opens an original."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import TaskId
from crosscheck.pageform import AnswerZone

SHOWN_DPI = 150.0
_K = SHOWN_DPI / 25.4
_SIZE = (round(A4_WIDTH * _K), round(A4_HEIGHT * _K))
_FONT = Path(__file__).resolve().parents[2] / "crosscheck" / "fonts" / "CrosscheckSans.ttf"
_FOOT_MM = 24.0
_HATCH_MM = 3.5
_HIDDEN, _COPIED, _IDENTITY = (150, 150, 160), (0, 130, 60), (200, 30, 30)


@dataclass(frozen=True, slots=True)
class Told:
    """What a check of the leak check is about, in words; the limit of its measure (None: not a number), with a unit.
    `least`: the measure must reach the limit; otherwise it must stay below it, or at most be it."""

    words: str
    limit: float | None
    unit: str = ""


CHECKS: Mapping[str, Told] = {
    "in_place": Told(N_("print lies where the form has it"), 1.5, N_("mm off")),
    "plain_file": Told(N_("one A4 picture and nothing besides"), 0, N_("other things in the file")),
    "no_code": Told(N_("no code can be read"), 0, N_("codes")),
    "outside_white": Told(N_("outside the zones all is white"), 0, N_("pixels")),
    "own_place": Told(N_("all ink stands in the scan at the same place"), 1.0, N_("mm² elsewhere")),
    "identity_absent": Told(N_("no word of the identity zone was copied"), 0.6, N_("greatest likeness")),
    "known_text": Told(N_("print of the identity zone can't be read (OCR)"), 0, N_("words")),
}


@dataclass(frozen=True, slots=True)
class CheckShown:
    """One recorded check: its name, whether it passed, its measure and what that had to stay within."""

    name: str
    passed: bool
    measure: float
    limit: float | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A recorded proof. `plain` holds what was recorded in one value each (template, orientation ...), by name; `why`
    says why a page was not masked, else it is empty."""

    plain: Mapping[str, object]
    zones: tuple[AnswerZone, ...]
    hidden: tuple[Box, ...]
    checks: tuple[CheckShown, ...]
    why: str


def proof_of(evidence: str) -> Proof:
    """The proof in a page reading's `evidence` (JSON)."""
    said: dict[str, object] = json.loads(evidence)
    zones, hidden = said.pop("zones", []), said.pop("hidden", [])
    checks = said.pop("checks", {})
    assert isinstance(zones, list)
    assert isinstance(hidden, list)
    assert isinstance(checks, dict)
    return Proof(
        {name: value for name, value in said.items() if name != "why"},
        tuple(AnswerZone(TaskId(task), Box(*box)) for task, *box in zones),
        tuple(Box(*box) for box in hidden),
        tuple(_check(name, *said) for name, said in checks.items()),
        str(said.get("why", "")),
    )


def _check(name: str, passed: bool, measure: float, limit: float | None = None) -> CheckShown:
    known = CHECKS.get(name)
    return CheckShown(name, passed, measure, known.limit if limit is None and known is not None else limit)


# --- in words --------------------------------------------------------------------------------------------

_PLAIN: Mapping[str, str] = {
    "template": N_("form"),
    "page": N_("page of the form"),
    "orientation": N_("turned in the scan, degrees"),
    "residual_mm": N_("marks off their places at most, mm"),
    "dpi": N_("resolution, dpi"),
    "capture": N_("taken by"),
    "codes_agreeing": N_("codes that agree"),
    "signed": N_("the code shows that this ledger printed it"),
    "original": N_("sealed original"),
    "masked_sha256": N_("SHA-256 of the masked picture"),
    "picture": N_("keyed hash of the scanned picture"),
    "ocr": N_("print read again (OCR)"),
    "words_read": N_("words read"),
    "words_hidden": N_("words in hidden fields"),
    "words_shared": N_("words in both"),
}
_VALUES: Mapping[object, str] = {
    True: N_("yes"),
    False: N_("no"),
    "own": N_("ours"),
    "scan": N_("a scanner"),
    "photo": N_("a camera"),
    "not_installed": N_("not installed"),
    "nothing_to_read": N_("nothing to read"),
    "failed": N_("failed"),
}


def in_words(proof: Proof) -> Iterator[tuple[str, str]]:
    """The proof line by line: what, and what was recorded."""
    if proof.why:
        yield _("not masked"), proof.why
    for name, value in proof.plain.items():
        yield _(_PLAIN.get(name, name)), _value(value)
    if proof.zones:
        yield _("zones copied"), "; ".join(_zone(zone) for zone in proof.zones)
    for check in proof.checks:
        yield _check_words(check)


_DECISIONS: Mapping[str, str] = {
    "assign": N_("assign"),
    "discard": N_("discard"),
    "keep": N_("keep"),
    "foreign": N_("foreign"),
    "undo": N_("undo"),
}


def decision(recorded: str) -> str:
    """What a person decided, in a word."""
    return _(_DECISIONS.get(recorded, recorded))


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_(_PLAIN.get(str(name), str(name)))}: {_value(inner)}" for name, inner in value.items())
    if isinstance(value, bool | str) and value in _VALUES:
        return _(_VALUES[value])
    return str(value)


def _zone(zone: AnswerZone) -> str:
    box = zone.box
    return _("task {task}: {w:g} x {h:g} mm at {x:g}, {y:g}").format(
        task=zone.task, w=round(box.w, 1), h=round(box.h, 1), x=round(box.x, 1), y=round(box.y, 1)
    )


def _check_words(check: CheckShown) -> tuple[str, str]:
    known = CHECKS.get(check.name, Told(check.name, check.limit))
    result = _("passed") if check.passed else _("FAILED")
    measure = f"{check.measure:g} {_(known.unit) if known.unit else ''}".strip()
    limit = "" if check.limit is None else _("at most {limit:g}").format(limit=check.limit)
    return _(known.words), f"{result}; {measure}" + (f" ({limit})" if limit else "")


# --- as a picture ----------------------------------------------------------------------------------------


def drawn(masked: bytes, proof: Proof, title: str, foot: str) -> Image.Image:
    """The masked page (JPEG or PNG) with what was copied in frames and everything that was hidden hatched."""
    with Image.open(io.BytesIO(masked)) as page:
        grey = np.asarray(page.convert("L"), np.uint8)
    paper = cv2.resize(grey, _SIZE, interpolation=cv2.INTER_AREA)
    sheet = Image.new("RGB", (_SIZE[0], _SIZE[1] + round(_FOOT_MM * _K)), (255, 255, 255))
    sheet.paste(Image.fromarray(np.asarray(paper, np.uint8)).convert("RGB"), (0, 0))
    hidden = Image.new("L", sheet.size, 0)
    shade = ImageDraw.Draw(hidden)
    shade.rectangle((0, 0, *_SIZE), fill=255)
    for zone in proof.zones:
        shade.rectangle(_pixels(zone.box), fill=0)
    sheet.paste(_hatching(sheet.size), (0, 0), hidden)
    pen = ImageDraw.Draw(sheet)
    for zone in proof.zones:
        pen.rectangle(_pixels(zone.box), outline=_COPIED, width=3)
        place = (round((zone.box.right - 1.5) * _K), round((zone.box.y + 1) * _K))
        pen.text(place, _("task {task}").format(task=zone.task), fill=_COPIED, font=_font(5.0), anchor="ra")
    for box in proof.hidden:
        pen.rectangle(_pixels(box), outline=_IDENTITY, width=3)
    _legend(pen, title, foot, identity=bool(proof.hidden))
    return sheet


def _pixels(box: Box) -> tuple[int, int, int, int]:
    return round(box.x * _K), round(box.y * _K), round(box.right * _K), round(box.bottom * _K)


def _hatching(size: tuple[int, int]) -> Image.Image:
    made = Image.new("RGB", size, (240, 240, 244))
    pen, step = ImageDraw.Draw(made), round(_HATCH_MM * _K)
    for start in range(-size[1], size[0], step):
        pen.line((start, size[1], start + size[1], 0), fill=_HIDDEN, width=2)
    return made


def _font(size_mm: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), round(size_mm * _K))


def _legend(pen: ImageDraw.ImageDraw, title: str, foot: str, *, identity: bool) -> None:
    entries = [(_HIDDEN, _("hidden")), (_COPIED, _("answers: copied"))]
    entries += [(_IDENTITY, _("identity: hidden"))] if identity else []
    top, left = A4_HEIGHT + 2, 8.0
    pen.line((0, _SIZE[1], _SIZE[0], _SIZE[1]), fill=(0, 0, 0), width=2)
    pen.text((round(left * _K), round(top * _K)), title, fill=(0, 0, 0), font=_font(4.2))
    x = left
    for colour, words in entries:
        pen.rectangle(_pixels(Box(x, top + 8, 4, 4)), outline=colour, width=4)
        pen.text((round((x + 5.5) * _K), round((top + 8) * _K)), words, fill=(0, 0, 0), font=_font(3.4))
        x += pen.textlength(words, font=_font(3.4)) / _K + 12
    pen.text((round(left * _K), round((top + 15) * _K)), foot, fill=(0, 0, 0), font=_font(2.8))


def png(picture: Image.Image) -> bytes:
    """A picture as PNG."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def pdf(pictures: Sequence[tuple[Image.Image, float]]) -> bytes:
    """One page for each picture, in its true size: a picture and how many pixels an inch has."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for picture, dpi in pictures:
        points = (picture.width * 72 / dpi, picture.height * 72 / dpi)
        canvas.setPageSize(points)
        canvas.drawImage(ImageReader(picture), 0, 0, *points)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
