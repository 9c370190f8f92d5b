"""What the ledger records in English, in the language of whoever reads a listing.

Facts are the same whoever recorded them; only listings for people are translated, JSON never is.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from string import Formatter

from crosscheck.i18n import N_, gettext

HOLDERS = (
    N_("district"),
    N_("organiser"),
    N_("coordinator"),
    N_("new_district"),
    N_("new_organiser"),
    N_("new_coordinator"),
)

KINDS: Collection[str] = (
    # fates of pages; the same words stand in the laws
    N_("known"),
    N_("unknown"),
    N_("extra"),
    N_("blank"),
    N_("foreign"),
    N_("superseded"),
    N_("discarded"),
    N_("conflict"),
    N_("waiting"),
    N_("unreadable"),
    # findings about files, works, sheets, packets
    N_("file"),
    N_("incomplete"),
    N_("sheet"),
    N_("print"),
    N_("entry_differs"),
    N_("sum_differs"),
    *(
        N_("audit_differs"),
        N_("missing_sheet"),
        N_("missing_row"),
        N_("missing_cells"),
        N_("keyed_once"),
        N_("keyed_differently"),
    ),
    *(N_("out"), N_("back"), N_("lost"), N_("lot"), N_("near")),
    N_("unassignable"),
    # findings about pages and works that collation makes
    N_("codes_differ"),
    N_("missing_found"),
    N_("changed_after_numbering"),
    N_("sheet_among_works"),
    N_("manifest_contradicts"),
    N_("same_picture"),
    N_("other_paper"),
    # findings about pages
    N_("undecodable"),
    N_("no_code"),
    N_("damaged_code"),
    N_("alien_code"),
    N_("codes_disagree"),
    N_("wrong_kind"),
    N_("no_such_page"),
    N_("page_guessed"),
    N_("missing_marks"),
    N_("double_marks"),
    N_("uneven"),
    N_("unknown_paper"),
    N_("doubtful_template"),
    N_("leak"),
    N_("ink_across"),
    N_("name_in_answer"),
    N_("too_dark"),
    N_("too_light"),
    N_("low_resolution"),
    N_("skewed"),
    N_("blurred"),
    N_("moire"),
    N_("coloured_stamp"),
    N_("known_text"),
    # checks of a masked page, and kinds of paper
    N_("in_place"),
    N_("plain_file"),
    N_("outside_white"),
    N_("own_place"),
    N_("identity_absent"),
    N_("answer"),
    N_("cover"),
    N_("packet"),
    N_("a cover"),
    # what was seen in a cell, and by which rule
    N_("points"),
    N_("not_attempted"),
    N_("ambiguous"),
    N_("damaged"),
    N_("one_cross"),
    N_("nothing"),
    N_("correction"),
    N_("only_filled"),
    N_("several"),
    N_("doubtful"),
    N_("streak"),
    N_("smear"),
    N_("references"),
    N_("cut_off"),
    N_("one_cross_sum"),
    N_("digits_sum"),
    N_("digits"),
    N_("row_sum"),
    N_("unclear"),
    N_("empty"),
    N_("conflicts_changed"),
    N_("conflict_of_interest"),
    N_("taken_back"),
    # why a page was refused as a score sheet
    N_("not_a_sheet"),
    N_("code_damaged"),
    N_("disagree"),
    N_("marks_missing"),
    N_("two_sheets"),
    N_("no_sheet_code"),
    N_("doubtful_identity"),
    # how works are named to be marked again
    N_("authority"),
    N_("markers"),
    N_("random"),
    # how appeals stand, and their outcomes
    N_("open"),
    N_("recalled"),
    N_("blind"),
    N_("sighted"),
    N_("rejected"),
    N_("technical"),
    N_("marking"),
    # parts and purposes of the vault
    N_("originals"),
    N_("origin"),
    N_("person"),
    N_("keys"),
    N_("register"),
    N_("redact"),
    N_("settle"),
    N_("allocate"),
    N_("adjudicate"),
    N_("publish"),
    N_("erase"),
    N_("identity"),
    N_("conflicts"),
    N_("organise"),
    # reasons in one sentence
    N_("listed but blank"),
    N_("assigned by a person"),
    N_("no manifest lists this file"),
    N_("manifest; counts and every page agree"),
    N_("no readable code"),
    N_("a score sheet among works"),
    N_("Conflicts or schools of experts changed after works were given out; they were not checked since."),
    N_("two codes of experts may stand for one person"),
    N_("the full name and a school are the same"),
    N_("the tables give no reason any more"),
    N_("who is who"),
    N_("conflicts of an expert"),
    N_("a sheet of another procedure"),
    N_("a sheet that another ledger printed"),
    N_("the marks of the sheet are not those of its form"),
    N_("only the short code can be read: key the sheet in, or scan it again"),
    N_("the worker died on it twice"),
    N_("covers of packets"),
    N_("tokens"),
    N_("masking"),
    N_("names of files"),
    N_("a cover whose codes can't be read"),
    N_("participant code, keyed twice"),
    N_("the page names another work than the cover before it"),
    N_("the paper of its batch was not counted yet"),
    N_("the same work stands twice behind one cover"),
    N_("a page of the run was assigned to another work"),
    N_("no code says whose it is: key the code on the first page"),
    N_("two people keyed different codes: a third one must"),
    N_("three people keyed three codes"),
    N_("settled"),
    N_("its stored picture is gone, and a person set it aside"),
    N_("covers of works"),
    N_("lists of check points"),
    N_("papers of check points"),
    N_("papers of schools"),
    N_("the manifest lists it here"),
    N_("the only work of the file that lacks just this page"),
    N_("it lies on the side of the sheets that holds such pages"),
    N_("list of answer forms"),
    N_("allocation"),
    N_("results of class-sets and schools"),
    N_("electronic forms of schools"),
    N_("leak_check"),
    N_("release"),
    N_("a conflict of check day"),
    N_("an allocation looked at"),
    N_("names in an allocation"),
    N_("schools that met"),
)

# What systems say when a file can't be read or written.
OF_THE_SYSTEM = (
    N_("Permission denied"),
    N_("No such file or directory"),
    N_("File exists"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Input/output error"),
    N_("Operation not permitted"),
    N_("Text file busy"),
    N_("Device or resource busy"),
    N_("Too many open files"),
)

# More particular ones first. A field is any text of one line.
SENTENCES = (
    N_("{why}; perhaps {work} page {page}"),
    N_("form {form} was never issued"),
    N_("form {form} does not show that this ledger printed it"),
    N_("form {form} was reprinted; this is print {print}"),
    N_("form {form} has {pages} pages; this says page {number}"),
    N_("label of form {form}"),
    N_("the manifest lists {listed} pages, the file has {found}"),
    N_("page {page} of the file is not what the manifest lists"),
    N_("cover {cover} was not printed by this ledger"),
    N_("cover {cover} declares {declared} pages, {found} lie behind it"),
    N_("page {page} of the file is not what cover {cover} declares"),
    N_("cover {cover}; counts and every page agree"),
    N_("cover {cover}"),
    N_("sticker {sticker} was not printed by this ledger"),
    N_("sticker {sticker} and the keyed code name different works"),
    N_("sticker {sticker} is not on the first page of a work"),
    N_("sticker {sticker}"),
    N_("work {work} has another number of pages than its cover declares"),
    N_("pages {one} and {other} of the file are the very same picture"),
    N_("{n} of {all} pages of the file are other paper: {why}"),
    N_("the manifest lists page {page} of work {work} here; the page's own code stands"),
    N_("pages changed since the work was numbered: {pages}"),
    N_("page {page} was declared missing and is there: withdraw the declaration"),
    N_("its code says page {page} of form {form}"),
    N_("it lies behind cover {cover}"),
    N_("page {page} of the work lies before it"),
    N_("page {page} of the work lies behind it"),
    N_("it is page {page} of its form"),
    N_("its frames are those of page {page}"),
    N_("{page} was kept"),
    N_("the same page as {pages}"),
    N_("the same picture as {pages}"),
    N_("pages not found: {pages}"),
    N_("score sheet {sheet} of packet {packet}, print {print}: no such print is known here"),
    N_("score sheet {sheet} of packet {packet}, print {print}: replaced by print {newest}"),
    N_("score sheet {sheet} of packet {packet}, print {print}: read already (page {page}) with other contents"),
    N_(
        "score sheet {sheet} of packet {packet}, print {print}: its paper isn't flat ({found} of {squares} "
        "side squares in place)"
    ),
    N_("criterion {criterion}: points keyed in audit {audit} differ from what stands"),
    N_("{number}: the sum that is written on sheet {sheet} isn't that of the points keyed"),
    N_("criterion {criterion}: entered and read points differ"),
    N_("criterion {criterion}: the sum of the row differs"),
    N_("packet {packet} was taken back from its expert: nothing of this counts"),
    N_("row {row} of packet {packet} was taken back from its expert, but it is filled in"),
    N_("{code} {kind}: see log/crosscheck.jsonl"),
)

# What earlier versions recorded: prints counted from 0, packets without their check digit.
EARLIER = (
    N_("sheet {sheet} of print {print} was never printed"),
    N_("sheet {sheet} was reprinted; this is the old print {print}"),
    N_("sheet {sheet} was read already (page {page}) with other points"),
)

# What stands behind the kind of a finding, a field being any text of one line.
DETAILS = (
    N_("{zone} top {mm} mm"),
    N_("{zone} right {mm} mm"),
    N_("{zone} bottom {mm} mm"),
    N_("{zone} left {mm} mm"),
    N_("residual {mm} mm in perspective"),
    N_("residual {mm} mm"),
    N_("a mark is out of shape by {mm} mm"),
    N_("no perspective fits"),
    N_("frames seen at {seen} of {all} places"),
    N_("frames are off by {mm} mm"),
    N_("it took longer than {seconds} s"),
    N_("it stopped the program that decodes it"),
    N_("the program that decodes it gave no answer"),
    N_("no image in it"),
    N_("{size} bytes are more than {most}"),
    N_("{size} pixels are more than {most}"),
    N_("{size} pixels"),
)

_BETWEEN = re.compile("(, |; )")
_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*")


def told(text: str) -> str:
    """A recorded text as shown to a person. What is not known here stays as it is."""
    if text in KINDS:
        return gettext(text)
    for sentence in (*SENTENCES, *EARLIER):
        if (found := pattern(sentence).fullmatch(text)) is not None:
            return gettext(sentence).format(**{name: told(value) for name, value in found.groupdict().items()})
    # Findings of one page are recorded as "kind detail, kind detail".
    return "".join(_told_part(part) for part in _BETWEEN.split(text))


def _told_part(part: str) -> str:
    kind, blank, detail = part.partition(" ")
    if kind in KINDS and _KIND.fullmatch(kind):
        return gettext(kind) + blank + (gettext(detail) if detail in KINDS else _told_detail(detail))
    return _told_detail(part)


def _told_detail(text: str) -> str:
    for sentence in DETAILS:
        if (found := pattern(sentence).fullmatch(text)) is not None:
            return gettext(sentence).format(**found.groupdict())
    return text


def kinds_in(text: str) -> list[str]:
    """The kinds of findings that a recorded text names: why a page was not masked."""
    return [kind for part in _BETWEEN.split(text) if (kind := part.partition(" ")[0]) in KINDS]


@cache
def pattern(sentence: str) -> re.Pattern[str]:
    """What a recorded sentence looks like, each of its fields a named group."""
    parts = (re.escape(text) + (f"(?P<{name}>.+)" if name else "") for text, name, _, _ in Formatter().parse(sentence))
    return re.compile("".join(parts))
