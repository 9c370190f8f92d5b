"""Pictures of a packet and of the proof page for the guide: `python -m drill.packet_pictures` writes docs/pictures.

Numbers, names and handwriting are made up or lifted from the samples.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageOps

from crosscheck import damm
from crosscheck.i18n import translator
from crosscheck.model import FIRST_MARKING, AnonymousNumber
from crosscheck.pageform import PageForm, page_forms
from crosscheck.procedure import Procedure
from crosscheck.sheetform import sheet_forms
from crosscheck.typeset import canvas
from drill import scan_ink
from drill.assessment import DISTRICT
from drill.ink import Page
from drill.paper_pictures import FOLDER
from packets.drawing.cropped import Copy, Only
from packets.drawing.packet import PacketContent, PacketWork, draw_packet
from packets.drawing.proof import draw_proof
from packets.drawing.sheets import SheetContent, SheetRow
from packets.print_settings import Layout

_DPI, _GREYS, _EDGE = 72, 8, 140
_COPY_DPI = scan_ink.DPI
_WORKS = 6


def _masked(form: PageForm, work: int) -> bytes:
    """A page as masking leaves it: answers on white, nothing else."""
    rng = np.random.default_rng([work, form.page])
    page: Page = np.full((round(297 / 25.4 * _COPY_DPI), round(210 / 25.4 * _COPY_DPI)), 255, np.uint8)
    script = scan_ink.scripts()[work % len(scan_ink.scripts())]
    for zone in form.answers:
        for row in range(max(1, int(zone.box.h // 22))):
            line = scan_ink.jittered(script.lines[int(rng.integers(len(script.lines)))], rng, zone.box.w - 30, 8.0)
            scan_ink.lay(page, line, (zone.box.x + 6, zone.box.y + 4 + 14 * row), 0.8)
        left, top, right, bottom = (
            round(v / 25.4 * _COPY_DPI) for v in (zone.box.x, zone.box.y, zone.box.right, zone.box.bottom)
        )
        cv2.rectangle(page, (left, top), (right, bottom), 150, 2)
    return bytes(cv2.imencode(".png", page)[1].tobytes())


def packet(procedure: Procedure) -> PacketContent:
    """Packet 42 with six works of two pages."""
    numbers = [AnonymousNumber(damm.closed(f"{483_291 + 77_731 * n % 500_000:06d}")) for n in range(_WORKS)]
    asked = frozenset(criterion.id for criterion in procedure.criteria)
    rows = tuple(SheetRow(number, asked) for number in numbers)
    expert, forms = "Вымышленная Анна Сергеевна", page_forms(procedure)
    sheets = tuple(SheetContent(procedure, form, 42, 0, FIRST_MARKING, expert, rows) for form in sheet_forms(procedure))
    works = tuple(
        PacketWork(number, tuple(Copy(form.page, form.answers, _masked(form, n)) for form in forms), len(forms))
        for n, number in enumerate(numbers)
    )
    return PacketContent(procedure, 42, 0, FIRST_MARKING, expert, "Пункт 1", works, sheets, None, by="17:30")


def _pages(content: PacketContent, layout: Layout) -> list[Image.Image]:
    draw_packet(content, out := io.BytesIO(), layout)
    return _rendered(out.getvalue())


def _rendered(pdf: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    shown = [page.render(scale=_DPI / 72, grayscale=True).to_pil().convert("L") for page in document]
    document.close()
    return [ImageOps.expand(page, 1, _EDGE).quantize(_GREYS) for page in shown]


def pictures(procedure: Procedure) -> Iterator[tuple[str, Image.Image]]:
    """What the guide shows, by name."""
    content = packet(procedure)
    whole = _pages(content, Layout())
    yield "packet-cover", whole[0]
    yield "packet-instruction", whole[1]
    yield "packet-copy", whole[2]
    yield "packet-sheet", whole[-1 - len(content.sheets)]
    yield "packet-slip", whole[-1]
    yield "packet-two-up", _pages(content, Layout(two_up=True))[2]
    tasks = frozenset(task.id for task in procedure.tasks[3:5])
    only = tuple(replace(work, shown=Only(tasks)) for work in content.works)
    yield "packet-tasks", _pages(replace(content, works=only), Layout())[2]
    press = canvas(out := io.BytesIO())
    draw_proof(press, translator("ru"))
    press.finish()
    yield "printer-proof", _rendered(out.getvalue())[0]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures(DISTRICT):
        picture.save(FOLDER / f"{name}.png", optimize=True, bits=4)


if __name__ == "__main__":
    main()
