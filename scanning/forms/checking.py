"""What is wrong with templates, in words: whether pages can be found, told apart, and hold nothing in their zones."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.i18n import gettext as _
from scanning.errors import TemplateProblems
from scanning.forms import anchors
from scanning.forms.foreignform import Template, TemplatePage
from scanning.forms.matching import Matched, anchors_of, blank, match
from scanning.forms.templates import load_template
from scanning.masking.redaction import gap
from scanning.placing.registration import RegistrationFault, RegistrationFaultKind

Grey = NDArray[np.uint8]
Row = dict[str, object]

_FEW_ANCHORS = 12  # fewer are enough to begin with, but a fold or a stain costs the page
_INK = 40  # grey levels darker than paper
_LEAST_INK = 60  # pixels: more than dust


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A scanned page: its file, its place in it from 1, its pixels."""

    file: str
    position: int
    grey: Grey


def encoded(picture: Grey) -> bytes:
    """A picture as PNG."""
    return bytes(cv2.imencode(".png", picture)[1].tobytes())


def picture_of(page: TemplatePage) -> Grey:
    """The reference picture as it is stored."""
    decoded = cv2.imdecode(np.frombuffer(page.reference, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None  # load_template has decoded it before
    return np.asarray(decoded, np.uint8)


def reference_names(path: Path) -> tuple[str, ...]:
    """The pictures a template file names, in the order of its pages; the file was loaded before."""
    return tuple(page["reference"] for page in tomllib.loads(path.read_bytes().decode("utf-8-sig"))["page"])


def loaded(paths: Iterable[Path]) -> tuple[list[Template], list[Row]]:
    """The templates that can be read, and what is wrong with the others."""
    templates, problems = [], []
    for path in paths:
        try:
            templates.append(load_template(path))
        except TemplateProblems as trouble:
            problems += [_row(path.name, todo=line) for line in str(trouble.fields["problems"]).splitlines()]
    return templates, problems


def _row(file: str, **said: object) -> Row:
    columns = ("file", "page", "shows", "anchors", "span", "guard", "residual", "share", "todo")
    return dict.fromkeys(columns, "") | {"file": file} | said


# --- templates -----------------------------------------------------------------------------------------


def template_rows(templates: Sequence[Template]) -> Iterator[Row]:
    """One row for each page, with everything that somebody should do about it."""
    for template in templates:
        for page in template.pages:
            patches = anchors_of(page)
            across, down = anchors.span(patches)
            todo = "; ".join(_todo(page, len(patches), tuple(templates)))
            yield _row(
                template.name,
                page=page.page,
                anchors=len(patches),
                span=f"{across:.0f} x {down:.0f}",
                guard=_distance(page),
                todo=todo,
            )


def _todo(page: TemplatePage, found: int, templates: tuple[Template, ...]) -> Iterator[str]:
    if not page.answers:
        yield _("no answer zone: nothing of this page is ever copied")
    if not page.identity:
        yield _("no identity zone: be sure that nothing on this page says whose it is")
    if found < _FEW_ANCHORS:
        yield _("few places to recognise it by: make zones smaller where they cover print")
    if inked(page):
        yield _("zones hold print or writing: run `crosscheck template whiten`")
    seen = match(blank(page), templates)
    if isinstance(seen, RegistrationFault):
        yield fault_words(seen)


def _distance(page: TemplatePage) -> str:
    """Least distance between an answer zone and an identity zone, in mm."""
    gaps = [gap(answer.box, hidden) for answer in page.answers for hidden in page.identity]
    return f"{min(gaps):.1f}" if gaps else ""


def inked(page: TemplatePage) -> bool:
    """Whether something stands in a zone of the stored picture, which a filled sample may have left there."""
    stored, white = picture_of(page), blank(page)
    return int(np.count_nonzero(white.astype(np.int16) - stored > _INK)) > _LEAST_INK


# --- scans ---------------------------------------------------------------------------------------------


def scan_rows(pages: Iterable[Page], templates: tuple[Template, ...]) -> Iterator[Row]:
    """One row for each scanned page: what it shows and how well it fits, or why it was refused."""
    for page in pages:
        found = match(page.grey, templates)
        if isinstance(found, Matched):
            yield _row(
                page.file,
                page=page.position,
                shows=f"{found.template} {found.page.page}",
                residual=round(found.registration.residual_mm, 3),
                share=round(found.share, 2),
            )
        else:
            yield _row(page.file, page=page.position, todo=fault_words(found))


def fault_words(fault: RegistrationFault) -> str:
    """Why a page was refused, in words."""
    if fault.kind is RegistrationFaultKind.DOUBTFUL:
        return _("can't be told apart: {names}").format(names=fault.detail)
    return _("shows no page of the templates, or too little of one to lay it exactly")
