"""Decisions of the standardisation meeting on the day: in every packet, and alone when packets are out."""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PdfReader

from crosscheck.errors import Exit
from tests.journey.fixtures import MakeDesk

PACKETS = Path("out") / "packets"


def _texts(home: Path) -> list[str]:
    """The text of each packet."""
    files = sorted((home / PACKETS).glob("*.pdf"))
    return ["\n".join(page.extract_text() for page in PdfReader(io.BytesIO(f.read_bytes())).pages) for f in files]


def test_decisions_stand_in_every_packet_and_later_ones_in_none(desk_at: MakeDesk) -> None:
    """Recorded between giving out and printing; drawn anew with other settings, packets say the same."""
    desk = desk_at("allocated")
    assert desk.type("meeting", "decide", "all", "зачёркнутое не проверяется").status == Exit.DONE
    assert desk.type("print").status == Exit.DONE
    first = _texts(desk.home)
    assert first
    assert all("зачёркнутое не проверяется" in text for text in first)
    assert desk.type("meeting", "decide", "all", "позднее решение").status == Exit.DONE
    assert desk.type("print", "--duplex").status == Exit.DONE
    again = _texts(desk.home)
    assert len(again) == len(first)
    assert all("зачёркнутое не проверяется" in text and "позднее решение" not in text for text in again)
