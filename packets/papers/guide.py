"""How a school scans: settings, order, what goes wrong and what to do. Names nobody."""

from __future__ import annotations

from packets.papers.blocks import Column, Heading, Paper, Steps, Table, Words
from packets.papers.known import Gettext, Occasion


def scanning_guide(known: Occasion, _: Gettext) -> tuple[Paper, ...]:
    """One leaf for whoever stands at the scanner."""
    blocks = (
        Heading(_("Before scanning")),
        Steps(_before(known, _)),
        Heading(_("Settings of the scanner")),
        Table(
            (Column(_("setting"), 45), Column(_("value"), 50, stretch=1), Column(_("what for"), 50, stretch=1)),
            _settings(_),
        ),
        Heading(_("After scanning")),
        Steps(_after(known, _)),
        Heading(_("Common faults")),
        Table((Column(_("what went wrong"), 50, stretch=1), Column(_("what to do"), 60, stretch=1)), _faults(known, _)),
        Words(_("Photos taken with a telephone are the last resort: only if there is no scanner, after a call.")),
    )
    return (Paper(_("How to scan the works"), known.about, "", blocks),)


def _before(known: Occasion, _: Gettext) -> tuple[str, ...]:
    return (
        _("Take out staples and clips, smooth folded corners, lay drafts aside: they are not scanned."),
        _("Lay the accompanying sheet of the class-set on top, then the works in the order of their codes."),
        _(
            "The pages of each work lie in their order ({pages} in a work); every class-set behind its own sheet."
        ).format(pages=known.pages),
        _("Count the works and compare with the accompanying sheet before you scan, not afterwards."),
    )


def _settings(_: Gettext) -> tuple[tuple[str, ...], ...]:
    return (
        (_("resolution"), _("300 dpi (not below 200)"), _("fine print and codes stay readable")),
        (_("colour"), _("grey, 8 bit"), _("pencil and blue ink vanish in black and white")),
        (_("paper size"), _("A4, nothing cut off, no “fit to page”"), _("marks in all four corners are needed")),
        (_("sides"), _("both, if anything is written on the back"), _("empty backs do no harm")),
        (
            _("improvements"),
            _("all off: sharpening, removing the background, skipping blank pages"),
            _("they remove thin writing and whole pages"),
        ),
        (_("file"), _("PDF or TIFF of many pages, one file for each class-set"), _("no names of pupils in file names")),
    )


def _after(known: Occasion, _: Gettext) -> tuple[str, ...]:
    codes = (
        _("Look at every page: all four corners with their marks, the codes sharp, nothing folded over.")
        if known.own
        else _("Look at every page: all four corners, the head of the form sharp, nothing folded over.")
    )
    return (
        _("The file has as many pages as there are sides of paper in the pile. If not, scan the pile again."),
        codes,
        _("Pass the file on by the way agreed with the district, never by a public messenger."),
        _("Keep the works on paper until appeals are over; the register of codes and names stays in the school."),
    )


def _faults(known: Occasion, _: Gettext) -> tuple[tuple[str, str], ...]:
    of_codes = (
        (
            (_("Upside down or in another order"), _("Nothing: the program turns and sorts pages by itself.")),
            (_("A stain, a fold or a sticker covers the code"), _("Smooth it and scan the page once more.")),
        )
        if known.own
        else ((_("Pages in another order"), _("Put the pile in order, scan the whole class-set again.")),)
    )
    return (
        (_("Two sheets were drawn in together, a page is missing"), _("Fan the pile, scan the whole class-set again.")),
        (_("The page is slanted or cut off"), _("Push the guides to the paper, scan the page again.")),
        *of_codes,
        (_("Pale pencil can't be seen"), _("Make the scan darker (brightness -20 %); never trace the writing.")),
        (_("A line runs down all pages"), _("Clean the narrow glass of the feeder, scan again.")),
        (_("A page was scanned twice"), _("Leave it and tell the district: both are seen, one is kept.")),
        (_("A name stands inside an answer"), _("Scan it as it is and tell the district which code it is.")),
    )
