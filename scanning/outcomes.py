"""What reading one page takes and gives: the papers that may turn up, and the closed union of what a page can be."""

from __future__ import annotations

from dataclasses import dataclass, field

from crosscheck.geometry import Box
from crosscheck.labels import Label, ShortLabel
from crosscheck.pageform import PageForm
from scanning.findings import Finding
from scanning.forms.foreignform import Template
from scanning.leaks.leakcheck import LeakProof
from scanning.leaks.ocr import NothingToRead, OcrCheck
from scanning.masking.redaction import Masked
from scanning.placing.registration import Registration
from scanning.quality import Quality


@dataclass(frozen=True, slots=True)
class PaperSpec:
    """What papers may turn up: pages of our own form with their digest, and templates of foreign forms."""

    own: tuple[PageForm, ...]
    paper_digest: str
    templates: tuple[Template, ...] = ()


@dataclass(frozen=True, slots=True)
class Readable:
    """A page that was masked and passed its leak check. `label` is None where no code says whose it is; on a foreign
    form it is that of a sticker (kind COVER). `template` names the foreign form, None on our own; `page` is the page
    whose zones were copied; `hidden` are the boxes that identify (mm), `compared` what OCR was asked."""

    label: Label | None
    support: int
    template: str | None
    page: int
    registration: Registration
    masked: Masked
    proof: LeakProof
    findings: tuple[Finding, ...]
    hidden: tuple[Box, ...] = ()
    compared: OcrCheck = field(default_factory=NothingToRead)


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A score sheet of ours: to be read by scoring, never masked."""

    label: Label | ShortLabel | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class CoverPage:
    """A cover of ours, which opens a run of foreign forms. `label` is None when only its marks say so."""

    label: Label | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class BlankPage:
    """Nothing on it: the reverse of a page, an empty sheet."""


@dataclass(frozen=True, slots=True)
class NotReadable:
    """A person must look; `label` is what the page says it is, where it could be read."""

    findings: tuple[Finding, ...]
    label: Label | ShortLabel | None = None
    proof: LeakProof | None = None


Outcome = Readable | SheetPage | CoverPage | BlankPage | NotReadable


@dataclass(frozen=True, slots=True)
class PageReading:
    """Everything seen on one page. `quality` is None when there was no picture."""

    outcome: Outcome
    quality: Quality | None
