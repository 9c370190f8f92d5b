"""The criteria, which come as somebody else's PDF, among the packet's own pages."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from pypdf import PdfReader

from crosscheck.criteria_file import BROKEN, EMPTY, CriteriaEncrypted, CriteriaUnreadable
from crosscheck.geometry import A4_WIDTH, Box
from crosscheck.typeset import Align, Press
from packets.drawing.imported import Foreign, draw_foreign, quiet

CONTENT = Box(0, 0, A4_WIDTH, 286)  # a criteria page is fitted into it, so that the stamp covers nothing
STAMP = Box(12, 287, 186, 4.5)


@dataclass(frozen=True, slots=True)
class Criteria:
    """The pages of a criteria PDF that was opened and found sound."""

    source: Foreign

    @property
    def pages(self) -> int:
        return len(self.source.pages)


def read_criteria(pdf: bytes) -> Criteria:
    """Open the criteria and draw every page once, to nowhere: what is broken shows before anything is printed.

    Errors: CriteriaUnreadable (E5010), CriteriaEncrypted (E5011).
    """
    with quiet():
        try:
            reader = PdfReader(io.BytesIO(pdf), strict=False)
            if reader.is_encrypted:
                raise CriteriaEncrypted
            criteria = Criteria(Foreign(hashlib.sha256(pdf).hexdigest()[:8], tuple(reader.pages)))
            press = Press(io.BytesIO())
            for index in range(criteria.pages):
                draw_criteria_page(press, criteria, index, "")
            press.finish()
        except CriteriaEncrypted:
            raise
        except Exception as wrong:  # pypdf raises a dozen classes, KeyError and RecursionError among them
            raise CriteriaUnreadable(reason=BROKEN.decode()) from wrong
    if criteria.pages == 0:
        raise CriteriaUnreadable(reason=EMPTY.decode())
    return criteria


def draw_criteria_page(press: Press, criteria: Criteria, index: int, stamp: str) -> None:
    """One page on A4 with `stamp` at its foot."""
    with quiet():
        draw_foreign(press, criteria.source, index, CONTENT)
    press.text(STAMP, stamp, 8, align=Align.CENTRE)
    press.end_page()
