"""Which side of which foreign form a scan shows, and where it lies, without marks.

A first look at small pictures guesses; features of the whole page are asked when it guessed wrong. Whether a guess is
right, and where exactly the page lies, is decided by small printed patches ("anchors") of the blank form that stand
clear of identity and answer zones: so, as with marks, the result depends on no pixel of an identity zone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from scanning.forms import anchors, features, firstlook, sheet
from scanning.forms.anchors import Anchor, Fine
from scanning.forms.features import Features
from scanning.forms.firstlook import FormLook, Guess
from scanning.forms.foreignform import Template, TemplatePage
from scanning.forms.laying import Laid
from scanning.placing.registration import Registration, RegistrationFault, RegistrationFaultKind

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

_CLEARLY_BETTER = 0.15
_LEAST_HEIGHT = 9.0  # of a guess: correlation with other paper stays below 8
_HALF_AS_HIGH = 0.5  # guesses lower than this against the best are not tried
_MOST_GUESSES = 4
_SIZES = ((1.0,), (0.95, 1.05))  # of the printed form against the reference: copiers and printers shrink to fit


@dataclass(frozen=True, slots=True)
class Matched:
    """The template and the page of it that a scan shows, and where the page lies."""

    template: str
    page: TemplatePage
    registration: Registration
    share: float  # of the anchors that were found again


@dataclass(frozen=True, slots=True, eq=False)
class _Form:
    """What is computed once for a template page."""

    template: str
    page: TemplatePage
    look: FormLook
    anchors: tuple[Anchor, ...]


# --- the blank forms -----------------------------------------------------------------------------------


def blank(page: TemplatePage) -> Grey:
    """The reference picture with every zone white: what may differ from copy to copy has no part in anything."""
    decoded = cv2.imdecode(np.frombuffer(page.reference, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert decoded is not None  # load_template has decoded it before
    return whitened(np.asarray(decoded, np.uint8), page.zones)


def whitened(reference: Grey, zones: Iterable[Box]) -> Grey:
    """A picture of a whole A4 page with white instead of the zones (mm)."""
    white = reference.copy()
    across, down = reference.shape[1] / A4_WIDTH, reference.shape[0] / A4_HEIGHT
    for box in zones:
        rows = slice(max(0, math.floor(box.y * down)), max(0, math.ceil(box.bottom * down)))
        white[rows, max(0, math.floor(box.x * across)) : max(0, math.ceil(box.right * across))] = 255
    return white


@lru_cache(maxsize=64)
def _form(template: str, page: TemplatePage) -> _Form:
    return _Form(template, page, firstlook.form_look(blank(page), page.zones), anchors_of(page))


@lru_cache(maxsize=64)
def anchors_of(page: TemplatePage) -> tuple[Anchor, ...]:
    """The printed patches by which the page is laid."""
    return anchors.anchors_of(blank(page), page)


@lru_cache(maxsize=64)
def _features_of(page: TemplatePage, look: features.Look) -> Features:
    return features.form_features(blank(page), look)


def unmatchable(page: TemplatePage) -> str | None:
    """Why this page could never be registered: too little printed outside its zones. None when it can."""
    return anchors.too_little(anchors_of(page))


# --- the scan ------------------------------------------------------------------------------------------


def match(grey: Grey, templates: tuple[Template, ...]) -> Matched | RegistrationFault:
    """The template page that a scan (HxW uint8) shows, in any orientation. Refuses when none fits well or two do."""
    forms = [_form(template.name, page) for template in templates for page in template.pages]
    scan = anchors.fine(grey)
    for guesses in _ways(grey, scan, forms):
        found: dict[int, Laid] = {}
        for guess in guesses:
            laid = None if guess.form in found else anchors.laid(scan, forms[guess.form].anchors, guess.pose)
            if laid is not None:
                found[guess.form] = laid
        if found:
            return _best(forms, found, scan)
    return RegistrationFault(RegistrationFaultKind.NO_MATCH)


def _ways(grey: Grey, scan: Fine, forms: Sequence[_Form]) -> Iterator[Sequence[Guess]]:
    """Guesses, by dearer means each time: as a scan, as one of another size, as a sheet in a photo, by features."""
    looks = [form.look for form in forms]
    heights = [0.0] * len(forms)
    for sizes in _SIZES:
        guesses = firstlook.guesses(scan.half.picture, scan.half.scale, scan.shape, looks, sizes)
        for guess in guesses:
            heights[guess.form] = max(heights[guess.form], guess.height)
        yield _likely(guesses)
    yield _likely(firstlook.guesses_in_sheets(grey, sheet.poses(grey), looks))
    likeliest = sorted(range(len(forms)), key=lambda i: -heights[i])
    for look in features.LOOKS:
        yield _by_features(grey, forms, likeliest[: look.most], look)


def _by_features(grey: Grey, forms: Sequence[_Form], which: Sequence[int], look: features.Look) -> list[Guess]:
    seen = features.scan_features(grey, look)
    poses = [(i, features.pose(_features_of(forms[i].page, look), seen, grey.shape, look)) for i in which]
    return [Guess(i, pose, 0.0) for i, pose in poses if pose is not None]


def _likely(guesses: Sequence[Guess]) -> Sequence[Guess]:
    """Those worth a try, the likeliest first."""
    least = max(_LEAST_HEIGHT, _HALF_AS_HIGH * max((guess.height for guess in guesses), default=0.0))
    return [guess for guess in guesses if guess.height >= least][:_MOST_GUESSES]


def _best(forms: Sequence[_Form], found: dict[int, Laid], scan: Fine) -> Matched | RegistrationFault:
    """The form whose anchors are clearly found best. The others count too as far as their anchors are found where
    the best lies: they would be alike."""
    first = max(found, key=lambda i: found[i].share)
    best = found[first]
    least = best.share - _CLEARLY_BETTER
    for i, form in enumerate(forms):
        if i == first:
            continue
        share = (
            found[i].share
            if i in found
            else anchors.share_at(scan, form.anchors, best.registration.homography(), least)
        )
        if share > least:
            names = ", ".join(f"{f.template} page {f.page.page}" for f in (forms[first], form))
            return RegistrationFault(RegistrationFaultKind.DOUBTFUL, detail=names)
    return Matched(forms[first].template, forms[first].page, best.registration, best.share)
