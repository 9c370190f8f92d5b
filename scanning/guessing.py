"""Pages of our own form without a readable code: which page it is by its printed frames, for masking only; and zones
that are safe even if that is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crosscheck.geometry import Box
from crosscheck.pageform import GUARD_MM, PageForm
from scanning.masking import redaction
from scanning.placing.registration import Registration
from scanning.placing.shrinking import Grey

_NEARLY_ALL, _HARDLY_ANY = 0.85, 0.4  # on all pages of the sample scans 0.94 or more, and 0.24 or less


def guessed_form(grey: Grey, laid: Registration, forms: tuple[PageForm, ...]) -> PageForm | None:
    """The page whose printed frames are there to see, when clearly one is. Good for masking, not for identity."""
    if len(forms) == 1:
        return forms[0]
    ranked = sorted(((_framed(grey, laid, form), -form.page, form) for form in forms), reverse=True)
    clear = ranked[0][0] >= 0.5 and ranked[0][0] - ranked[1][0] >= 0.2
    return ranked[0][2] if clear else None


def beyond_doubt(grey: Grey, laid: Registration, form: PageForm, forms: tuple[PageForm, ...]) -> bool:
    """Whether nearly all frames of `form` are there to see and hardly any of every other page: then its zones may be
    copied whole, as those of a foreign form are that is known by its print alone."""
    others = max((_framed(grey, laid, other) for other in forms if other.page != form.page), default=0.0)
    return _framed(grey, laid, form) >= _NEARLY_ALL and others <= _HARDLY_ANY


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
