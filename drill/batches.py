"""The sample batches: what each class-set's scan is like, and what goes wrong in it. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from drill.containers import Container
from drill.district import CLASS_SETS, SINGLE_CLASS_SETS, ClassSet
from drill.paper import CLEAN, ORDINARY, WORN, Turn, Wear
from drill.truth import Accident


@dataclass(frozen=True, slots=True)
class Event:
    """An accident at one place: pupil (from 0, in the order of codes) and page (from 1)."""

    accident: Accident
    pupil: int
    page: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One class-set's scan. `turn` is how all pages lay, `rotate` the PDF's own rotation; `missing` are (pupil,
    page) that never were scanned; a shuffled batch has its pages in no order at all."""

    stem: str
    class_set: ClassSet
    container: Container
    dpi: int
    wear: Wear
    quality: int = 55
    colour: bool = False
    turn: Turn = Turn.UPRIGHT
    rotate: int = 0
    shuffled: bool = False
    events: tuple[Event, ...] = ()
    missing: tuple[tuple[int, int], ...] = ()

    @property
    def one_bit(self) -> bool:
        return self.container in (Container.PDF_G4, Container.TIFF_G4, Container.PNGS)


_A = Accident
BATCHES = (
    Batch(
        "scan-001", CLASS_SETS[0], Container.PDF_JPEG, 200, ORDINARY,
        events=(Event(_A.UPSIDE_DOWN, 2, 1), Event(_A.UPSIDE_DOWN, 2, 2), Event(_A.NAME_IN_ANSWER, 4, 1)),
    ),
    Batch("scan-002", CLASS_SETS[1], Container.TIFF_G4, 300, ORDINARY, events=(Event(_A.CODES_DESTROYED, 3, 2),)),
    Batch("scan-003", CLASS_SETS[2], Container.PDF_MIXED, 150, ORDINARY, events=(Event(_A.BLANK, 2, 2),)),
    Batch(
        "scan-004", CLASS_SETS[3], Container.JPEGS, 150, WORN, quality=60, colour=True,
        events=(Event(_A.DUPLICATE, 1, 1),),
    ),
    Batch("scan-005", CLASS_SETS[4], Container.TIFF_G4, 200, ORDINARY, missing=((5, 2),)),
    Batch(
        "scan-006", CLASS_SETS[5], Container.PNGS, 200, CLEAN,
        events=(Event(_A.OTHER_PROCEDURE, 3, 2), Event(_A.NAME_IN_MARGIN, 2, 1)),
    ),
    Batch("scan-007", CLASS_SETS[6], Container.PDF_G4, 200, ORDINARY, turn=Turn.OVER, shuffled=True),
    Batch(
        "scan-008", CLASS_SETS[7], Container.TIFF_G4, 400, CLEAN,
        events=(Event(_A.NAME_IN_ANSWER, 3, 2), Event(_A.OTHER_PAPER, 5, 2)),
    ),
    Batch("scan-009", CLASS_SETS[8], Container.PDF_JPEG, 150, ORDINARY, events=(Event(_A.NAME_IN_ANSWER, 2, 2),)),
    Batch("scan-010", CLASS_SETS[9], Container.TIFF_G4, 200, ORDINARY, events=(Event(_A.UPSIDE_DOWN, 4, 1),)),
    Batch(
        "scan-011", CLASS_SETS[10], Container.PDF_JPEG, 150, CLEAN, colour=True, turn=Turn.LEFT, rotate=90,
        events=(Event(_A.NAME_IN_MARGIN, 6, 2),),
    ),
    Batch(
        "scan-012", CLASS_SETS[11], Container.PDF_JPEG, 150, ORDINARY, turn=Turn.RIGHT,
        events=(Event(_A.NAME_IN_ANSWER, 1, 3),),
    ),
    Batch("scan-013", CLASS_SETS[12], Container.TIFF_G4, 300, CLEAN),
)  # fmt: skip

SINGLE_STEM = "scan-101"
# The small procedure's works lie in one pile of three class-sets: one file, three batches.
SINGLE_BATCHES = tuple(
    Batch(SINGLE_STEM, class_set, Container.PDF_JPEG, 200, CLEAN, quality=50) for class_set in SINGLE_CLASS_SETS
)
