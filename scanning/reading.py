"""One scanned page, whole: what it is, where it lies, its masked picture and the proof; pure, for workers.

Trouble with the page is a value. A page whose masked picture fails its leak check is handed to a person;
the picture is not even returned.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscheck import labels
from crosscheck.geometry import Box
from crosscheck.labels import Kind, Label, ShortLabel
from crosscheck.pageform import GUARD_MM, PageForm
from scanning import barcodes, leakcheck, matching, quality, redaction, registration
from scanning.barcodes import Code, Disagree, LabelRead, LabelReading, ShortOnly, Unreadable
from scanning.errors import UndecodableImage
from scanning.foreignform import Template
from scanning.leakcheck import LeakProof
from scanning.matching import Matched
from scanning.quality import Defect, Quality
from scanning.redaction import Masked
from scanning.registration import Registration, RegistrationFault, RegistrationFaultKind, Seen
from scanning.sources import Grey, Media, decode

_LEAST_SIDE = 300  # pixels: nothing of a page can be read below it


class FindingKind(enum.Enum):
    """What a person must look at on a page."""

    UNDECODABLE = "undecodable"
    NO_CODE = "no_code"
    DAMAGED_CODE = "damaged_code"
    ALIEN_CODE = "alien_code"
    CODES_DISAGREE = "codes_disagree"
    FOREIGN = "foreign"  # our grammar, another paper
    WRONG_KIND = "wrong_kind"  # marks and code say different kinds of paper
    NO_SUCH_PAGE = "no_such_page"
    PAGE_GUESSED = "page_guessed"  # from the frames printed on it, for masking only
    MISSING_MARKS = "missing_marks"
    DOUBLE_MARKS = "double_marks"
    UNEVEN = "uneven"
    UNKNOWN_PAPER = "unknown_paper"
    DOUBTFUL_TEMPLATE = "doubtful_template"
    LEAK = "leak"
    INK_ACROSS = "ink_across"
    NAME_IN_ANSWER = "name_in_answer"  # an answer looks like what is written in an identity zone
    TOO_DARK = "too_dark"
    TOO_LIGHT = "too_light"
    LOW_RESOLUTION = "low_resolution"
    SKEWED = "skewed"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a page; `detail` is for people and never says what stands in an identity zone."""

    kind: FindingKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PaperSpec:
    """What papers may turn up: pages of our own form with their digest, and templates of foreign forms."""

    own: tuple[PageForm, ...]
    paper_digest: str
    templates: tuple[Template, ...] = ()


@dataclass(frozen=True, slots=True)
class Readable:
    """A page that was masked and passed its leak check. `label` is None where no code says whose it is;
    `template` names the foreign form, None on our own; `page` is the page whose zones were copied."""

    label: Label | None
    support: int
    template: str | None
    page: int
    registration: Registration
    masked: Masked
    proof: LeakProof
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A score sheet of ours: to be read by scoring, never masked."""

    label: Label | ShortLabel | None
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


Outcome = Readable | SheetPage | BlankPage | NotReadable


@dataclass(frozen=True, slots=True)
class PageReading:
    """Everything seen on one page. `quality` is None when there was no picture."""

    outcome: Outcome
    quality: Quality | None


def read_page(stream: bytes, media: Media, paper: PaperSpec) -> PageReading:
    """Read one stored page image. Raises nothing for what is on the page or in the image;
    UnsafeZones when the paper's own zones lie too close together."""
    try:
        grey = decode(stream, media)
    except UndecodableImage as e:
        return PageReading(NotReadable((Finding(FindingKind.UNDECODABLE, str(e.fields["detail"])),)), None)
    if min(grey.shape) < _LEAST_SIDE:
        return PageReading(
            NotReadable((Finding(FindingKind.LOW_RESOLUTION, f"{grey.shape[1]} x {grey.shape[0]}"),)), None
        )
    looks = quality.measure(grey)
    corners, codes = registration.see_corner_marks(grey), barcodes.read_plain(grey)
    reading, fault = barcodes.label_of(codes), None
    if not corners and isinstance(reading, Unreadable) and paper.templates and not looks.blank:
        # Nothing of ours at first look: most likely a foreign form, and that is sooner asked than all the rest.
        matched = matching.match(grey, paper.templates)
        if isinstance(matched, Matched):
            return PageReading(_foreign_form(grey, looks, matched, _code_findings(reading)), looks)
        fault = matched
    seen = registration.see_all_marks(grey, corners)
    reading = _read_again(grey, codes, reading, seen)
    return PageReading(_outcome(grey, seen, reading, looks, paper, fault), looks)


def _read_again(grey: Grey, codes: tuple[Code, ...], reading: LabelReading, seen: tuple[Seen, ...]) -> LabelReading:
    """What the page says it is, by dearer means where the first look found nothing."""
    if isinstance(reading, Unreadable):
        reading = barcodes.label_of(tuple(dict.fromkeys((*codes, *barcodes.read_repaired(grey)))))
    if isinstance(reading, Unreadable) and registration.page_kind(seen) is not None:
        # Our marks, so there must be codes: worth a process of its own.
        other = barcodes.label_of(barcodes.second_opinion(grey))
        return reading if isinstance(other, Unreadable) else other
    return reading


def _outcome(
    grey: Grey,
    seen: tuple[Seen, ...],
    reading: LabelReading,
    looks: Quality,
    paper: PaperSpec,
    fault: RegistrationFault | None,
) -> Outcome:
    """`fault`: why the page is no foreign form, when that has been tried."""
    kind = registration.page_kind(seen)
    label = _label(reading, paper)
    findings = _code_findings(reading)
    coded = not isinstance(reading, Unreadable)
    if not coded and kind is None:
        return BlankPage() if looks.blank else _unmarked(grey, looks, findings, paper, fault)
    if label is not None and label.kind is Kind.SHEET and kind != "answer":
        return SheetPage(label, findings)
    if label is None and kind == "sheet":
        return SheetPage(None, findings)
    if isinstance(label, ShortLabel) or (label is not None and label.paper != paper.paper_digest):
        return NotReadable((*findings, Finding(FindingKind.FOREIGN)), label)
    if label is not None and (label.kind is not Kind.ANSWER or kind == "sheet"):
        return NotReadable((*findings, Finding(FindingKind.WRONG_KIND, f"{kind}, {label.kind.name}")), label)
    return _own_form(grey, looks, seen, reading, label, findings, paper)


# --- labels --------------------------------------------------------------------------------------------


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


# --- our own form ----------------------------------------------------------------------------------------


def _own_form(
    grey: Grey,
    looks: Quality,
    seen: tuple[Seen, ...],
    reading: LabelReading,
    label: Label | None,
    findings: tuple[Finding, ...],
    paper: PaperSpec,
) -> Outcome:
    if not paper.own:
        return NotReadable((*findings, Finding(FindingKind.UNKNOWN_PAPER)), label)
    laid = registration.register_seen(grey, seen, paper.own[0].marks)
    if isinstance(laid, RegistrationFault):
        return NotReadable((*findings, _registration_finding(laid)), label)
    if label is not None:
        forms = [form for form in paper.own if form.page == label.page]
        if not forms:
            return NotReadable((*findings, Finding(FindingKind.NO_SUCH_PAGE, f"{label.page}")), label)
        zones = [zone.box for zone in forms[0].answers]
        return _masked(
            grey, looks, laid, zones, _hidden(forms[0]), (label, _support(reading), None, label.page), findings
        )
    form = guessed_form(grey, laid, paper.own)
    if form is None:
        return NotReadable((*findings, Finding(FindingKind.NO_SUCH_PAGE)), None)
    hidden = [box for each in paper.own for box in _hidden(each)]
    zones = safe_everywhere([zone.box for zone in form.answers], hidden)
    guess = Finding(FindingKind.PAGE_GUESSED, f"{form.page}")
    return _masked(grey, looks, laid, zones, hidden, (None, 0, None, form.page), (*findings, guess))


def _hidden(form: PageForm) -> list[Box]:
    return [form.identity, *form.qr, form.bar, *(field.box for field in form.fields)]


def guessed_form(grey: Grey, laid: Registration, forms: tuple[PageForm, ...]) -> PageForm | None:
    """The page whose printed frames are there to see, when clearly one is. Good for masking, not for identity."""
    if len(forms) == 1:
        return forms[0]
    ranked = sorted(((_framed(grey, laid, form), -form.page, form) for form in forms), reverse=True)
    clear = ranked[0][0] >= 0.5 and ranked[0][0] - ranked[1][0] >= 0.2
    return ranked[0][2] if clear else None


def _framed(grey: Grey, laid: Registration, form: PageForm) -> float:
    """Share of places along the zones' top and bottom edges where something dark is within half a millimetre."""
    hits: list[float] = []
    for zone in form.answers:
        for y in (zone.box.y, zone.box.bottom):
            xs = np.linspace(zone.box.x + 2, zone.box.right - 2, 60)
            values = np.array([_values(grey, laid, xs, y + dy) for dy in np.linspace(-1.5, 1.5, 31)])
            # The line itself, against the paper on both sides of it: not just any ink.
            line = values[10:21].min(axis=0)
            hits.append(float(np.mean(line < 0.88 * np.median(values, axis=0))))
    return float(np.mean(hits)) if hits else 0.0


def _values(grey: Grey, laid: Registration, xs: np.ndarray[tuple[int], np.dtype[np.float64]], y: float) -> Grey:
    px = np.round(laid.pixels(tuple((float(x), y) for x in xs))).astype(np.intp)
    height, width = grey.shape
    return grey[np.clip(px[:, 1], 0, height - 1), np.clip(px[:, 0], 0, width - 1)]


def safe_everywhere(zones: Sequence[Box], hidden: Sequence[Box]) -> list[Box]:
    """Zones cut back above and below until every hidden box is a guard away; what is left over 5 mm high.

    For a page whose number is only guessed: even if the guess is wrong, nothing that identifies is copied."""
    kept = []
    for zone in zones:
        top, bottom = zone.y, zone.bottom
        for box in hidden:
            if redaction.gap(Box(zone.x, top, zone.w, max(0.0, bottom - top)), box) < GUARD_MM:
                if box.centre[1] < zone.centre[1]:
                    top = max(top, box.bottom + GUARD_MM)
                else:
                    bottom = min(bottom, box.y - GUARD_MM)
        if bottom - top > 5.0:
            kept.append(Box(zone.x, top, zone.w, bottom - top))
    return kept


# --- foreign forms -----------------------------------------------------------------------------------------


def _unmarked(
    grey: Grey, looks: Quality, findings: tuple[Finding, ...], paper: PaperSpec, fault: RegistrationFault | None
) -> Outcome:
    """A page without anything of ours on it: a foreign form, if it is one we know."""
    if not paper.templates:
        return NotReadable((*findings, Finding(FindingKind.UNKNOWN_PAPER)))
    found = fault or matching.match(grey, paper.templates)
    if isinstance(found, RegistrationFault):
        return NotReadable((*findings, _registration_finding(found)))
    return _foreign_form(grey, looks, found, findings)


def _foreign_form(grey: Grey, looks: Quality, found: Matched, findings: tuple[Finding, ...]) -> Outcome:
    """A page of a form we know. It needs no code of ours."""
    kept = tuple(f for f in findings if f.kind is not FindingKind.NO_CODE)
    zones = [answer.box for answer in found.page.answers]
    what = (None, 0, found.template, found.page.page)
    return _masked(grey, looks, found.registration, zones, found.page.identity, what, kept)


_REGISTRATION_FINDINGS = {
    RegistrationFaultKind.MISSING: FindingKind.MISSING_MARKS,
    RegistrationFaultKind.DOUBLE: FindingKind.DOUBLE_MARKS,
    RegistrationFaultKind.UNEVEN: FindingKind.UNEVEN,
    RegistrationFaultKind.NO_MATCH: FindingKind.UNKNOWN_PAPER,
    RegistrationFaultKind.DOUBTFUL: FindingKind.DOUBTFUL_TEMPLATE,
}


def _registration_finding(fault: RegistrationFault) -> Finding:
    detail = fault.detail or ", ".join(str(marker) for marker in fault.markers)
    return Finding(_REGISTRATION_FINDINGS[fault.kind], detail)


# --- masking ---------------------------------------------------------------------------------------------

_What = tuple[Label | None, int, str | None, int]
_DEFECTS = {
    Defect.TOO_DARK: FindingKind.TOO_DARK,
    Defect.TOO_LIGHT: FindingKind.TOO_LIGHT,
    Defect.LOW_RESOLUTION: FindingKind.LOW_RESOLUTION,
    Defect.SKEWED: FindingKind.SKEWED,
}


def _masked(
    grey: Grey,
    looks: Quality,
    laid: Registration,
    zones: Sequence[Box],
    hidden: Sequence[Box],
    what: _What,
    findings: tuple[Finding, ...],
) -> Outcome:
    label, support, template, page = what
    defects = quality.defects(replace(looks, dpi=laid.dpi), laid.skew())
    findings = (*findings, *(Finding(_DEFECTS[defect]) for defect in defects))
    if Defect.LOW_RESOLUTION in defects:
        # Below it the guard is less than one JPEG block: traces of a name could lie in the answer zone.
        return NotReadable(findings, label)
    masked = redaction.redact(grey, laid, zones, hidden)
    proof = leakcheck.check(masked.image, grey, laid, zones, hidden)
    if not proof.passed:
        failed = ", ".join(c.name.value for c in proof.checks if not c.passed)
        return NotReadable((*findings, Finding(FindingKind.LEAK, failed)), label, proof)
    return Readable(label, support, template, page, laid, masked, proof, (*findings, *_suspicions(proof)))


def _suspicions(proof: LeakProof) -> tuple[Finding, ...]:
    """What masking can't judge: a person must look."""
    crossed = (Finding(FindingKind.INK_ACROSS, f"{c.zone + 1} {c.side.value} {c.mm:.1f} mm") for c in proof.crossings)
    alike = (Finding(FindingKind.NAME_IN_ANSWER, f"{r.zone + 1} {r.likeness:.2f}") for r in proof.resemblances)
    return (*crossed, *alike)
