"""Words that stand for identity are found wherever they may hide."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from drill import canaries
from drill.scan_files import Dress, Picture, stored
from drill.scan_plan import Container

CANARY = canaries.hatched((1, 2))
SPELLED = canaries.spellings(CANARY)
PAGE = np.full((400, 300), 240, np.uint8)


@pytest.mark.parametrize("container", list(Container))
def test_every_kind_of_file_carries_its_canary(container: Container) -> None:
    """A file that was kept as it came would be heard: the gate can fail."""
    one_bit = container is Container.TIFF
    picture = Picture(np.where(PAGE > 0, 255, 0).astype(np.uint8) if one_bit else PAGE, 200, 80, one_bit)
    assert canaries.sings(stored(container, [picture], Dress(CANARY.words("x"))), SPELLED)
    assert not canaries.sings(stored(container, [picture], Dress("plain")), SPELLED)


@pytest.mark.parametrize(
    "content",
    [
        CANARY.cyrillic.encode("cp1251"),
        CANARY.cyrillic.upper().encode("utf-16-le"),
        b"x" * 100 + zlib.compress(CANARY.latin.encode()) + b"y",
        ascii(CANARY.cyrillic)[1:-1].encode(),
    ],
)
def test_a_canary_is_heard_in_other_spellings(content: bytes) -> None:
    """In other codings, escaped, deflated."""
    assert canaries.sings(content, SPELLED)


def test_another_runs_canary_is_another_bird() -> None:
    """Each seed has its own, so that what one run left behind is not laid at the next one's door."""
    assert not canaries.sings(canaries.hatched((2, 2)).words("x").encode(), SPELLED)


def test_files_and_names_of_files_are_searched(tmp_path: Path) -> None:
    """A file's name is an output, too; and it is not repeated in the report."""
    (tmp_path / f"{CANARY.latin}.txt").write_text("nothing", "utf-8")
    (tmp_path / "note.txt").write_text(CANARY.words("7"), "utf-8")
    found = canaries.singing(tmp_path, SPELLED)
    assert len(found) == 2
    assert not any(CANARY.latin in name for name in found)


def test_a_temporary_file_is_heard_while_it_lives(tmp_path: Path) -> None:
    """What is left when the watch ends counts as well."""
    with canaries.Watch(tmp_path, SPELLED) as watch:
        (tmp_path / "spool").write_text(CANARY.words("7"), "utf-8")
    assert watch.heard == {"spool"}
