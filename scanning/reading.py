"""One scanned page, whole: what it is, where it lies, its masked picture and the proof; pure, for workers.

Trouble with the page is a value. A page whose masked picture fails its leak check is handed to a person;
the picture is not even returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck import coverform, labels
from crosscheck.geometry import A4_HEIGHT, Box
from crosscheck.labels import Kind, Label, ShortLabel
from crosscheck.pageform import PageForm
from scanning import quality
from scanning.codes import barcodes, codeplaces
from scanning.codes.barcodes import Code, Disagree, LabelRead, LabelReading, ShortOnly, Symbology, Unreadable
from scanning.errors import UndecodableImage
from scanning.files.colours import Small, small
from scanning.files.sources import Grey, Media, decode
from scanning.findings import Finding, FindingKind
from scanning.forms import matching
from scanning.forms.matching import Matched
from scanning.guessing import beyond_doubt, guessed_form, safe_everywhere
from scanning.leaks import leakcheck
from scanning.leaks.inplace import Printed
from scanning.leaks.leakcheck import Paper
from scanning.leaks.suspicion import look
from scanning.masking import redaction
from scanning.outcomes import BlankPage, CoverPage, NotReadable, Outcome, PageReading, PaperSpec, Readable, SheetPage
from scanning.placing import flatness, registration
from scanning.placing.registration import (
    SCANS_AND_PHOTOS,
    Capture,
    Registration,
    RegistrationFault,
    RegistrationFaultKind,
    Seen,
)
from scanning.placing.shrinking import Views, views_of
from scanning.quality import Defect, Quality

__all__ = [
    "BlankPage",
    "CoverPage",
    "Finding",
    "FindingKind",
    "NotReadable",
    "Outcome",
    "PageReading",
    "PaperSpec",
    "Readable",
    "SheetPage",
    "guessed_form",
    "read_grey",
    "read_page",
    "safe_everywhere",
]

_LEAST_SIDE = 300  # pixels: nothing of a page can be read below it
_LOOK_DPI = 100.0
_COVER_MARKERS = frozenset(mark.marker for mark in coverform.MARKS)


@dataclass(frozen=True, slots=True, eq=False)
class _Scan:
    """A page as pixels, and what was measured of it as a picture."""

    views: Views
    looks: Quality
    paper: PaperSpec
    colours: Small | None

    @property
    def grey(self) -> Grey:
        return self.views.page

    @property
    def small(self) -> Grey:
        return self.views.about(_LOOK_DPI)


def read_page(stream: bytes, media: Media, paper: PaperSpec) -> PageReading:
    """Read one stored page image. Raises nothing for what is on the page or in the image;
    UnsafeZones when the paper's own zones lie too close together."""
    try:
        grey = decode(stream, media)
        colours = small(stream, media, max(grey.shape) / (A4_HEIGHT / 25.4))
    except UndecodableImage as e:
        return PageReading(NotReadable((Finding(FindingKind.UNDECODABLE, str(e.fields["detail"])),)), None)
    return read_grey(grey, paper, colours)


def read_grey(grey: Grey, paper: PaperSpec, colours: Small | None = None) -> PageReading:
    """The same for a page that is pixels already (HxW uint8) and, where the scan has any, small in colour."""
    if min(grey.shape) < _LEAST_SIDE:
        return PageReading(
            NotReadable((Finding(FindingKind.LOW_RESOLUTION, f"{grey.shape[1]} x {grey.shape[0]}"),)), None
        )
    views = views_of(grey)
    looks = quality.measure(grey, small=views.about(_LOOK_DPI))
    return PageReading(_seen(_Scan(views, looks, paper, colours)), looks)


def _seen(scan: _Scan) -> Outcome:
    corners = registration.see_corner_marks(scan.grey, scan.small)
    codes = _at_places(scan, corners)
    if not barcodes.ours(codes):
        codes = _together(codes, barcodes.read_small(scan.views))
    every = codeplaces.believed(codes, corners)
    reading, fault = barcodes.label_of(every), None
    if not corners and scan.paper.templates and not scan.looks.blank and _may_be_foreign(reading):
        # Nothing of ours at first look: most likely a foreign form, and that is sooner asked than all the rest.
        matched = matching.match(scan.grey, scan.paper.templates)
        if isinstance(matched, Matched):
            return _foreign_form(scan, matched, reading)
        fault = matched
    seen = registration.see_all_marks(scan.grey, corners, scan.small)
    if seen != corners:
        every = codeplaces.believed(codes, seen)
    if not barcodes.ours(every) and not scan.looks.blank:
        every = _read_again(scan, every, corners, seen)
    return _outcome(scan, seen, barcodes.label_of(every), every, fault)


# --- codes ---------------------------------------------------------------------------------------------


def _at_places(scan: _Scan, seen: tuple[Seen, ...]) -> tuple[Code, ...]:
    """The codes of a page of ours whose marks are seen, each where it is printed: that two agree is tried on all."""
    to_scan = codeplaces.coarsely(seen)
    return () if to_scan is None else codeplaces.read_at_places(scan.views, to_scan)


def _together(codes: tuple[Code, ...], more: tuple[Code, ...]) -> tuple[Code, ...]:
    known = {(code.symbology, code.payload) for code in codes}
    return (*codes, *(code for code in more if (code.symbology, code.payload) not in known))


def _read_again(
    scan: _Scan, codes: tuple[Code, ...], corners: tuple[Seen, ...], seen: tuple[Seen, ...]
) -> tuple[Code, ...]:
    """The page's codes, by dearer and dearer means."""
    if len(seen) > len(corners):
        codes = _together(codes, _at_places(scan, seen))
    if not barcodes.ours(codes):
        codes = _together(codes, codeplaces.believed(barcodes.read_codes(scan.grey), seen))
    if not barcodes.ours(codes) and registration.page_kind(seen) is not None:
        # Our marks, so there must be codes: worth a process of its own.
        codes = _together(codes, codeplaces.believed(barcodes.second_opinion(scan.grey), seen, turned=False))
    return codes


def _label(reading: LabelReading, paper: PaperSpec) -> Label | ShortLabel | None:
    """The page's label; a Code128 whose digits go with this paper is as good as the whole."""
    match reading:
        case LabelRead(label):
            return label
        case ShortOnly(short) if short.paper_digits == labels.paper_digits(paper.paper_digest):
            return Label(short.kind, short.number, short.page, short.round, paper.paper_digest)
        case ShortOnly(short):
            return short
        case _:
            return None


def _code_findings(reading: LabelReading) -> tuple[Finding, ...]:
    match reading:
        case Disagree(said):
            return (Finding(FindingKind.CODES_DISAGREE, "; ".join(f"{s.number:08d}-{s.page:02d}" for s in said)),)
        case Unreadable(alien, damaged):
            found = [Finding(FindingKind.NO_CODE)]
            found += [Finding(FindingKind.DAMAGED_CODE, f"{len(damaged)}")] if damaged else []
            # What an alien code says may be somebody's identity: only that it is there is told.
            found += [Finding(FindingKind.ALIEN_CODE, f"{len(alien)}")] if alien else []
            return tuple(found)
        case _:
            return ()


def _support(reading: LabelReading) -> int:
    return reading.support if isinstance(reading, LabelRead) else int(isinstance(reading, ShortOnly))


def _may_be_foreign(reading: LabelReading) -> bool:
    """Whether the page shows no code of ours, or none but a sticker's."""
    return isinstance(reading, Unreadable) or (isinstance(reading, LabelRead) and reading.label.kind is Kind.COVER)


# --- which paper -----------------------------------------------------------------------------------------


def _outcome(
    scan: _Scan,
    seen: tuple[Seen, ...],
    reading: LabelReading,
    codes: tuple[Code, ...],
    fault: RegistrationFault | None,
) -> Outcome:
    """`fault`: why the page is no foreign form, when that has been tried."""
    kind = registration.page_kind(seen)
    label = _label(reading, scan.paper)
    findings = _code_findings(reading)
    if _cover(label, seen):
        return CoverPage(label if isinstance(label, Label) else None, findings)
    if kind is None and _may_be_foreign(reading):
        return BlankPage() if scan.looks.blank else _unmarked(scan, reading, fault)
    if label is not None and label.kind is Kind.SHEET and kind != "answer":
        return SheetPage(label, findings)
    if label is None and kind == "sheet":
        return SheetPage(None, findings)
    if isinstance(label, ShortLabel) or (label is not None and label.paper != scan.paper.paper_digest):
        return NotReadable((*findings, Finding(FindingKind.FOREIGN)), label)
    if label is not None and (label.kind is not Kind.ANSWER or kind == "sheet"):
        return NotReadable((*findings, Finding(FindingKind.WRONG_KIND, f"{kind}, {label.kind.name.lower()}")), label)
    return _own_form(scan, seen, codes, reading, label, findings)


def _cover(label: Label | ShortLabel | None, seen: tuple[Seen, ...]) -> bool:
    """Whether the page is a cover: its marks say so, and no code says otherwise. A sticker has no marks."""
    marks = len({mark.marker for mark in seen} & _COVER_MARKERS)
    return marks >= 2 and (label is None or label.kind is Kind.COVER)


# --- our own form ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a page is to be masked: zones to copy, boxes that identify, what the leak check may know, and what the
    outcome says of the page."""

    zones: Sequence[Box]
    hidden: Sequence[Box]
    known: Paper
    label: Label | None
    support: int
    template: str | None
    page: int


def _own_form(
    scan: _Scan,
    seen: tuple[Seen, ...],
    codes: tuple[Code, ...],
    reading: LabelReading,
    label: Label | None,
    findings: tuple[Finding, ...],
) -> Outcome:
    own = scan.paper.own
    if not own:
        return NotReadable((*findings, Finding(FindingKind.UNKNOWN_PAPER)), label)
    laid = registration.register_seen(scan.grey, seen, own[0].marks, SCANS_AND_PHOTOS)
    if isinstance(laid, RegistrationFault):
        return NotReadable((*findings, *_unplaced(scan, laid)), label)
    if label is None:
        form = guessed_form(scan.grey, laid, own)
    else:
        form = next((form for form in own if form.page == label.page), None)
    if form is None:
        return NotReadable((*findings, Finding(FindingKind.NO_SUCH_PAGE, f"{label.page}" if label else "")), label)
    zones = [zone.box for zone in form.answers]
    bent = flatness.bent(scan.grey, laid, zones, _hidden(form)) if laid.kind is Capture.PHOTO else None
    if bent is not None:
        return NotReadable((*findings, *_registration_findings(bent)), label)
    printed = _printed(codes, laid, form)
    if label is not None:
        known = Paper(_handwritten([form]), printed, framed=True)
        return _masked(
            scan, laid, _Plan(zones, _hidden(form), known, label, _support(reading), None, form.page), findings
        )
    plan = _guessed_plan(scan, laid, form, printed)
    guess = Finding(FindingKind.PAGE_GUESSED, f"{form.page}")
    if plan is None:
        return NotReadable((*findings, guess), None)
    return _masked(scan, laid, plan, (*findings, guess))


def _guessed_plan(scan: _Scan, laid: Registration, form: PageForm, printed: tuple[Printed, ...]) -> _Plan | None:
    """How to mask a page known by its frames alone. None when there is doubt about it and zones that are safe on any
    page would cut answers off: a part of an answer must not be taken for the whole."""
    own, zones = scan.paper.own, [zone.box for zone in form.answers]
    if beyond_doubt(scan.grey, laid, form, own):
        return _Plan(zones, _hidden(form), Paper(_handwritten([form]), printed, framed=True), None, 0, None, form.page)
    hidden = [box for each in own for box in _hidden(each)]
    if safe_everywhere(zones, hidden) != zones:
        return None
    return _Plan(zones, hidden, Paper(_handwritten(own), printed), None, 0, None, form.page)


def _hidden(form: PageForm) -> list[Box]:
    return [form.identity, *form.qr, form.bar, *(field.box for field in form.fields)]


def _handwritten(forms: Sequence[PageForm]) -> tuple[Box, ...]:
    """Where pupils write who they are: other identity zones hold codes only."""
    return tuple(dict.fromkeys(form.identity for form in forms if form.fields))


def _printed(codes: tuple[Code, ...], laid: Registration, form: PageForm) -> tuple[Printed, ...]:
    """The QR codes that were read, each with the place that is nearest to it."""
    places = laid.pixels(tuple(box.centre for box in form.qr))
    found = []
    for code in codes:
        if code.symbology is Symbology.QR and barcodes.ours((code,)):
            middle = np.mean(np.array(code.corners, np.float64), axis=0)
            nearest = int(np.argmin(np.linalg.norm(places - middle, axis=1)))
            found.append(Printed(form.qr[nearest], (float(middle[0]), float(middle[1]))))
    return tuple(found)


# --- foreign forms -----------------------------------------------------------------------------------------


def _unmarked(scan: _Scan, reading: LabelReading, fault: RegistrationFault | None) -> Outcome:
    """A page without marks of ours on it: a foreign form, if it is one we know."""
    findings = _code_findings(reading)
    if not scan.paper.templates:
        return NotReadable((*findings, *_unplaced(scan, None)))
    found = fault or matching.match(scan.grey, scan.paper.templates)
    if isinstance(found, RegistrationFault):
        return NotReadable((*findings, *_unplaced(scan, found)))
    return _foreign_form(scan, found, reading)


def _unplaced(scan: _Scan, fault: RegistrationFault | None) -> tuple[Finding, ...]:
    """Why the page was not found in its scan, and, where nothing was seen of it or too little, what is wrong with the
    scan as a picture."""
    said = (Finding(FindingKind.UNKNOWN_PAPER),) if fault is None else _registration_findings(fault)
    if fault is not None and fault.kind not in (RegistrationFaultKind.MISSING, RegistrationFaultKind.NO_MATCH):
        return said
    more = (FindingKind(defect.value) for defect in quality.unplaced(scan.grey, scan.looks, fault))
    return (*said, *(Finding(kind) for kind in more if kind not in {finding.kind for finding in said}))


def _foreign_form(scan: _Scan, found: Matched, reading: LabelReading) -> Outcome:
    """A page of a form we know. It needs no code of ours; a sticker may say whose it is."""
    kept = tuple(f for f in _code_findings(reading) if f.kind is not FindingKind.NO_CODE)
    label = reading.label if isinstance(reading, LabelRead) else None
    zones = [answer.box for answer in found.page.answers]
    plan = _Plan(zones, found.page.identity, Paper(), label, _support(reading), found.template, found.page.page)
    return _masked(scan, found.registration, plan, kept)


_REGISTRATION_FINDINGS = {
    RegistrationFaultKind.MISSING: FindingKind.MISSING_MARKS,
    RegistrationFaultKind.DOUBLE: FindingKind.DOUBLE_MARKS,
    RegistrationFaultKind.UNEVEN: FindingKind.UNEVEN,
    RegistrationFaultKind.NO_MATCH: FindingKind.UNKNOWN_PAPER,
    RegistrationFaultKind.DOUBTFUL: FindingKind.DOUBTFUL_TEMPLATE,
}


def _registration_findings(fault: RegistrationFault) -> tuple[Finding, ...]:
    detail = fault.detail or ", ".join(str(marker) for marker in fault.markers)
    cut = (Finding(FindingKind.CUT_OFF, ", ".join(str(marker) for marker in fault.outside)),) if fault.outside else ()
    return (Finding(_REGISTRATION_FINDINGS[fault.kind], detail), *cut)


# --- masking ---------------------------------------------------------------------------------------------


def _masked(scan: _Scan, laid: Registration, plan: _Plan, findings: tuple[Finding, ...]) -> Outcome:
    defects = quality.judged(scan.grey, scan.looks, laid, plan.zones)
    findings = (*findings, *(Finding(FindingKind(defect.value)) for defect in defects))
    if Defect.LOW_RESOLUTION in defects:
        # Below it the guard is less than one JPEG block: traces of a name could lie in the answer zone.
        return NotReadable(findings, plan.label)
    masked = redaction.redact(scan.grey, laid, plan.zones, plan.hidden)
    proof = leakcheck.check(masked.image, scan.views, laid, plan.zones, plan.hidden, plan.known)
    if not proof.passed:
        failed = ", ".join(c.name.value for c in proof.checks if not c.passed)
        return NotReadable((*findings, Finding(FindingKind.LEAK, failed)), plan.label, proof)
    asked = plan.hidden if plan.known.handwritten is None else plan.known.handwritten
    suspicion = look(masked, scan.grey, laid, plan.zones, asked, proof, scan.colours)
    findings = (*findings, *suspicion.findings)
    return Readable(
        plan.label,
        plan.support,
        plan.template,
        plan.page,
        laid,
        masked,
        proof,
        findings,
        tuple(plan.hidden),
        suspicion.compared,
    )
