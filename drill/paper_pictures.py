"""Pictures of papers for the guide, from made-up facts: `python -m drill.paper_pictures` writes docs/pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

from crosscheck.i18n import translator
from crosscheck.labels import Kind as LabelKind
from crosscheck.labels import Label
from crosscheck.numbering import packet_code
from crosscheck.procedure import Procedure, paper_digest
from drill.assessment import DISTRICT
from packets.paper_gathering import occasion
from packets.papers.kinds import KINDS, OfPoint, OfProcedure, OfSchool
from packets.papers.known import ClassKnown, ExpertThere, PacketThere, ParticipantThere, PointKnown
from packets.papers.layout import print_papers

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SHOWN = (
    "scanning-guide",
    "class-cover",
    "code-slips",
    "code-register",
    "class-report",
    "contacts",
    "transfer-act",
    "envelope-labels",
    "check-protocol",
    "difficulties",
    "observer-act",
    "remark-protocol",
)
_DPI, _GREYS, _EDGE = 84, 16, 140
_NAMES = (
    "Абрамова Н. С.", "Белова Е. Ю.", "Волков П. А.", "Громова И. И.", "Денисова О. В.", "Егорова Т. М.",
    "Жукова А. К.", "Зимина Л. Д.",
)  # fmt: skip


def made_up_class(procedure: Procedure) -> ClassKnown:
    """14 participants, one of them absent."""
    people = tuple(ParticipantThere(f"{50_000 + n * 137}", str(2030 + n), n == 9) for n in range(14))
    label = Label(LabelKind.COVER, 4, 1, 0, paper_digest(procedure), "MADEUPXX")
    name = "МБОУ «Средняя общеобразовательная школа № 12 имени Героя Советского Союза А. А. Вымышленного»"
    return ClassKnown(occasion(procedure), "12", name, "5А", 14, people, label)


def made_up_point(procedure: Procedure) -> PointKnown:
    """8 experts with a packet each."""
    packets = tuple(
        PacketThere(n, packet_code(n), name, 12 + n % 3, 38 + n % 3 * 2, 1) for n, name in enumerate(_NAMES, start=11)
    )
    experts = tuple(ExpertThere(one.expert, (one.code,)) for one in packets)
    return PointKnown(occasion(procedure), "Пункт 1", experts, packets)


def pictures(procedure: Procedure) -> Iterator[tuple[str, Image.Image]]:
    """The first page of each paper that the guide shows, by name."""
    _ = translator("ru")
    for kind in KINDS:
        if kind.name not in SHOWN:
            continue
        match kind.made_for:
            case OfPoint(make_point):
                papers = make_point(made_up_point(procedure), _)
            case OfSchool(make_class):
                papers = make_class(made_up_class(procedure), _)
            case OfProcedure(make):
                papers = make(occasion(procedure), _)
            case _:
                continue
        assert isinstance(papers, tuple)
        out = io.BytesIO()
        print_papers(papers, out, _)
        page = pypdfium2.PdfDocument(out.getvalue())[0].render(scale=_DPI / 72, grayscale=True).to_pil().convert("L")
        yield kind.name, ImageOps.expand(page, 1, _EDGE).quantize(_GREYS)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures(DISTRICT):
        picture.save(FOLDER / f"{name}.png", optimize=True, bits=4)


if __name__ == "__main__":
    main()
