"""Packets as another PDF program sees them."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from crosscheck.model import TaskId
from packets.drawing.cropped import WHOLE, Only, Shown
from packets.drawing.packet import draw_packet
from packets.print_settings import Ink, Layout
from tests.imports import ROOT
from tests.packets.printed import packet


@pytest.mark.system("pdftoppm")
@pytest.mark.parametrize("layout", [Layout(), Layout(duplex=True, two_up=True, ink=Ink.BLACK)], ids=["plain", "other"])
@pytest.mark.parametrize("shown", [WHOLE, Only(frozenset({TaskId("2"), TaskId("5")}))], ids=["whole", "crops"])
def test_poppler_draws_a_packet_without_a_warning(tmp_path: Path, layout: Layout, shown: Shown) -> None:
    """Every page is drawn, none is complained about, and the count is the one that was recorded."""
    out = io.BytesIO()
    criteria = (ROOT / "sample_scans" / "district" / "criteria.pdf").read_bytes()
    content = packet(criteria=criteria)
    works = tuple(replace(work, shown=shown) for work in content.works)
    pages = draw_packet(replace(content, works=works), out, layout).pages
    (tmp_path / "packet.pdf").write_bytes(out.getvalue())
    command = ["pdftoppm", "-r", "30", "-gray", str(tmp_path / "packet.pdf"), str(tmp_path / "page")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    drawn = [path for path in tmp_path.iterdir() if re.fullmatch(r"page-\d+\.pgm", path.name)]
    assert len(drawn) == pages
