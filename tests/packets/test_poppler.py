"""Packets as another PDF program sees them."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest

from packets.drawing.packet import draw_packet
from tests.packets.printed import packet


@pytest.mark.system("pdftoppm")
def test_poppler_draws_a_packet_without_a_warning(tmp_path: Path) -> None:
    """Every page is drawn, none is complained about, and the count is the one that was recorded."""
    out = io.BytesIO()
    pages = draw_packet(packet(), out).pages
    (tmp_path / "packet.pdf").write_bytes(out.getvalue())
    command = ["pdftoppm", "-r", "30", "-gray", str(tmp_path / "packet.pdf"), str(tmp_path / "page")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    drawn = [path for path in tmp_path.iterdir() if re.fullmatch(r"page-\d+\.pgm", path.name)]
    assert len(drawn) == pages
