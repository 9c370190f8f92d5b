"""A page that proves a printer: printed, scanned and read back, it tells scale, margins, darkness and readable codes.

Everything stands where it stands on our other papers, so that what is readable here is readable there.
"""

from __future__ import annotations

from collections.abc import Callable

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, BAR_TOP, QR_BOTTOM, QR_TOP, Box, corner_marks
from crosscheck.typeset import BOLD, Align, Press
from packets.drawing.parts import draw_marks

FIRST_MARKER = 8  # 0-7 are answer pages and score sheets
MARKS = corner_marks(FIRST_MARKER)
QR_CODES = {"CROSSCHECK-PROOF-TOP-0123456789ABCDEF": QR_TOP, "CROSSCHECK-PROOF-BOTTOM-0123456789ABCDEF": QR_BOTTOM}
BAR_CODE = "10000000010002000300040005"
STEPS = (1.0, 0.75, 0.5, 0.25, 0.1)  # ink
PAPER = Box(150, 120, 30, 20)  # nothing is printed here
_STEP = Box(30, 120, 20, 20)
EDGES = ("top", "bottom", "left", "right")
DISTANCES = (3, 4, 5, 6, 7, 8)  # millimetres from the edge
NEEDED = 5  # our papers print no nearer to an edge
_BAR, _THICK, _APART = 10.0, 0.6, 14.0


def step_box(index: int) -> Box:
    """Where patch `index` of STEPS stands."""
    return Box(_STEP.x + index * (_STEP.w + 2), _STEP.y, _STEP.w, _STEP.h)


def edge_bar(edge: str, index: int) -> Box:
    """The short bar that lies DISTANCES[index] millimetres from an edge."""
    from_edge, along = float(DISTANCES[index]), 64 + index * _APART
    match edge:
        case "top":
            return Box(along, from_edge, _BAR, _THICK)
        case "bottom":
            return Box(along, A4_HEIGHT - from_edge - _THICK, _BAR, _THICK)
        case "left":
            return Box(from_edge, along + 40, _THICK, _BAR)
        case _:
            return Box(A4_WIDTH - from_edge - _THICK, along + 40, _THICK, _BAR)


def draw_proof(press: Press, _: Callable[[str], str]) -> None:
    """The page, with what to do with it."""
    draw_marks(press, MARKS)
    for payload, box in QR_CODES.items():
        press.qr(box, payload)
    press.bar(BAR_TOP, BAR_CODE)
    for edge in EDGES:
        for index in range(len(DISTANCES)):
            press.fill(edge_bar(edge, index))
    press.text(Box(30, 45, 150, 12), _("Proof page for a printer"), 20, BOLD, align=Align.CENTRE, upright=0.5)
    said = _(
        "1. Print this page as the packets will be printed: the same printer, paper and settings, “actual size”.\n"
        "2. Scan it as score sheets will be scanned: grey, 200 to 300 dpi, the whole page.\n"
        "3. Run: crosscheck paper check scan.png - it says in words what is wrong, if anything is."
    )
    press.text(Box(30, 62, 150, 40), said, 11)
    press.text(Box(30, 112, 108, 6), _("Darkness: five patches, all different"), 9, ink=0.8)
    for index, ink in enumerate(STEPS):
        press.fill(step_box(index), ink)
    press.text(Box(30, 150, 150, 6), _("Readable without effort, also the last line:"), 9, ink=0.8)
    top = 157.0
    for size in (12.0, 10.0, 8.0, 7.0, 6.5):
        line = _("{size} points: works 483 291-5, criterion 6K1, points 0 1 2 X").format(size=f"{size:g}")
        press.text(Box(30, top, 150, size * 0.6), line, size)
        top += size * 0.6 + 1
    press.text(Box(30, 200, 150, 6), _("Measure if in doubt: this line is 150 mm long."), 9, ink=0.8)
    press.line((30, 209), (180, 209), 0.3)
    for x in range(30, 181, 10):
        press.line((float(x), 207.5), (float(x), 210.5), 0.3)
    press.end_page()
