"""A third look at a masked page that passed its leak check: what only a person can judge, and OCR where in doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosscheck.geometry import Box
from scanning.files.colours import Small
from scanning.files.sources import Grey, decode
from scanning.findings import Finding, FindingKind
from scanning.leaks import ocr, stamps
from scanning.leaks.leakcheck import LeakProof
from scanning.leaks.ocr import NothingToRead, OcrCheck
from scanning.masking.redaction import Masked
from scanning.placing.registration import Registration


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What was seen: `findings` for a person, and what OCR compared."""

    findings: tuple[Finding, ...]
    compared: OcrCheck


def look(
    masked: Masked,
    original: Grey,
    laid: Registration,
    zones: Sequence[Box],
    handwritten: Sequence[Box],
    proof: LeakProof,
    colours: Small | None,
) -> Suspicion:
    """Look at the zones (mm) of a masked page made from the scan `original` (HxW uint8). `handwritten`: the boxes in
    which the form asks who somebody is. OCR is asked about doubtful zones only: it takes as long as twenty pages."""
    doubtful = sorted({c.zone for c in proof.crossings} | {r.zone for r in proof.resemblances})
    compared: OcrCheck = NothingToRead()
    if doubtful and handwritten:
        page, suspicious = decode(masked.image, masked.media), [zones[n] for n in doubtful]
        compared = ocr.same_words(page, original, laid, zones, handwritten, suspicious, ocr.installed())
    # All ink of the page stands in the scan at its place: the pupil wrote it there, and a person must look.
    known = () if ocr.passed(compared) else (Finding(FindingKind.KNOWN_TEXT),)
    return Suspicion((*_findings(proof), *known, *_seals(colours, laid, zones)), compared)


def _findings(proof: LeakProof) -> Iterator[Finding]:
    for crossed in proof.crossings:
        yield Finding(FindingKind.INK_ACROSS, f"{crossed.zone + 1} {crossed.side.value} {crossed.mm:.1f} mm")
    for alike in proof.resemblances:
        yield Finding(FindingKind.NAME_IN_ANSWER, f"{alike.zone + 1} {alike.likeness:.2f}")


def _seals(colours: Small | None, laid: Registration, zones: Sequence[Box]) -> Iterator[Finding]:
    if colours is not None:
        for zone in stamps.sealed(colours, laid, zones):
            yield Finding(FindingKind.COLOURED, f"{zone + 1}")
