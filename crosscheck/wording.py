"""What the ledger records in English, in the language of whoever reads a listing.

Facts are the same whoever recorded them; only listings for people are translated, JSON never is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
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
    *(N_("audit_differs"), N_("missing_sheet"), N_("missing_row"), N_("keyed_once"), N_("keyed_differently")),
    *(N_("out"), N_("back"), N_("lost"), N_("lot"), N_("near")),
    N_("unassignable"),
    # findings about pages and works that collation makes
    N_("codes_differ"),
    N_("missing_found"),
    N_("changed_after_numbering"),
    N_("sheet_among_works"),
    N_("manifest_contradicts"),
    N_("same_picture"),
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
    N_("doubtful_identity"),
    # outcomes of appeals
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
)

# What a person can do about a finding of this kind.
REMEDIES: Mapping[str, str] = {
    "too_dark": N_(
        "The page is too dark to read. Scan it again at 300 dpi grey with the brightness at its middle setting; "
        "photograph it in even light, without your shadow on it."
    ),
    "too_light": N_(
        "The writing is too pale. Scan the page again at 300 dpi grey, darker or with more contrast, not in black and "
        "white."
    ),
    "low_resolution": N_(
        "The resolution is too low. Scan the page again at 300 dpi grey; photograph it so that it fills the picture."
    ),
    "skewed": N_(
        "The page lies crooked. Set the feeder's guides to the width of the paper and scan it again at 300 dpi grey."
    ),
    "cut_off": N_(
        "Part of the page lies outside the scan. Set the scan area to the whole of A4, straighten the page and scan it "
        "again at 300 dpi grey."
    ),
    "blurred": N_(
        "The page is blurred. Press it flat, clean the glass and scan it again at 300 dpi grey; hold a phone still "
        "until it has focused."
    ),
    "moire": N_(
        "A regular pattern lies over the page. Scan the paper itself (no screen, no copy of a copy) again at 300 dpi "
        "grey, with the scanner's descreening on."
    ),
    "no_code": N_(
        "No code of the page can be read. Compare it with its neighbours: `crosscheck pages show`, then `accept` or "
        "`assign`."
    ),
    "codes_disagree": N_(
        "Two codes on the page say different things. Look at the paper; `crosscheck pages assign` or `foreign`."
    ),
    "missing_marks": N_(
        "A corner of the page is torn, covered or outside the scan. Scan the whole page again, flat and clean."
    ),
    "double_marks": N_("Two pages lie in one scan. Separate them and scan each again."),
    "uneven": N_("The page is bent or stretched. Press it flat and scan it again."),
    "unknown_paper": N_("This is no paper of the procedure, or no template fits. See `crosscheck template check`."),
    "doubtful_template": N_("Two templates fit this page. See `crosscheck template check`."),
    "leak": N_(
        "The masked picture failed its check and was not kept. Scan the page again; if it fails again, show it to "
        "the coordinator."
    ),
    "known_text": N_(
        "A word of the name field stands in an answer too. Look at the masked picture before you close this finding."
    ),
    "coloured_stamp": N_(
        "A stamp or seal may stand in an answer. Look at the masked picture: `crosscheck pages show --masked`."
    ),
    "name_in_answer": N_("A name may stand in an answer. Look at the masked picture before you close this finding."),
    "ink_across": N_("Writing crosses the edge of an answer. Look whether a name or a part of the answer is cut."),
    "incomplete": N_("Pages of this work are not there. Look for them in the pile, or `crosscheck pages missing`."),
    "conflict": N_("Several scans claim to be this page. Keep one of them: `crosscheck pages keep`."),
    "unknown": N_("Nobody can say whose page this is. `crosscheck pages list --fate unknown` shows what is suggested."),
    "same_picture": N_(
        "The same picture lies twice in the file. Count the sheets and scan the file again if one is missing."
    ),
    "undecodable": N_(
        "The page's picture can't be opened. Scan the page again; if many pages of one file are so, scan the file "
        "again."
    ),
    "damaged_code": N_(
        "A code on the page is damaged: no number is read from it. Scan the page again, clean and flat."
    ),
    "alien_code": N_("A code that is none of ours stands on the page. Look at the paper: it may be another one."),
    "wrong_kind": N_(
        "The marks and the code of the page say different kinds of paper. Look at it with `crosscheck pages show`; "
        "scan it again or discard it."
    ),
    "no_such_page": N_(
        "The form has no such page. Look at it with `crosscheck pages show`; then `crosscheck pages foreign` or "
        "`discard`."
    ),
    "foreign": N_("The page is another procedure's. Give it back to whom it belongs."),
    "page_guessed": N_("Which page of the form it is was told by its frames alone. Look at it before you assign it."),
    "extra": N_(
        "The form has fewer pages than this one says. Look at the paper; `crosscheck pages foreign` or `discard`."
    ),
    "codes_differ": N_(
        "People keyed different codes. Another person must key it (`crosscheck pages key`); after three, look together "
        "and use `crosscheck pages assign`."
    ),
    "missing_found": N_(
        "A page that was declared missing is there. Withdraw the declaration: `crosscheck pages missing --withdraw`."
    ),
    "changed_after_numbering": N_(
        "A numbered work consists of other pages now. If it was printed, take the old copies back; then close this "
        "finding."
    ),
    "sheet_among_works": N_(
        "A score sheet lies among works. Take its file in again with `crosscheck ingest --sheets`."
    ),
    "manifest_contradicts": N_(
        "The page's own code says otherwise than the manifest; the code stands. Correct the manifest, or look at the "
        "paper, then close this finding."
    ),
    "doubtful_identity": N_(
        "Two entries of the table of experts may be one person; no work is given out before somebody says. See them "
        "with `crosscheck identity list`."
    ),
    "file": N_("The file gave no pages. Its name: `crosscheck pages files`. Scan it again."),
}

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
    N_("sheet {sheet} of print {print} was never printed"),
    N_("sheet {sheet} was reprinted; this is the old print {print}"),
    N_("sheet {sheet} was read already (page {page}) with other contents"),
    N_("criterion {criterion}: points keyed in audit {audit} differ from what stands"),
    N_("{number}: the sum that is written on sheet {sheet} isn't that of the points keyed"),
    N_("criterion {criterion}: entered and read points differ"),
    N_("criterion {criterion}: the sum of the row differs"),
    N_("packet {packet} was taken back from its expert: nothing of this counts"),
    N_("row {row} of packet {packet} was taken back from its expert, but it is filled in"),
    N_("{code} {kind}: see log/crosscheck.jsonl"),
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
    for sentence in SENTENCES:
        if (found := _pattern(sentence).fullmatch(text)) is not None:
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
        if (found := _pattern(sentence).fullmatch(text)) is not None:
            return gettext(sentence).format(**found.groupdict())
    return text


def kinds_in(text: str) -> list[str]:
    """The kinds of findings that a recorded text names: why a page was not masked."""
    return [kind for part in _BETWEEN.split(text) if (kind := part.partition(" ")[0]) in KINDS]


def advised(kinds: Iterable[str]) -> list[str]:
    """For each of these kinds of findings, what to do about it; one line each, in order of their names."""
    return [f"{told(kind)}: {gettext(REMEDIES[kind])}" for kind in sorted(set(kinds)) if kind in REMEDIES]


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    parts = (re.escape(text) + (f"(?P<{name}>.+)" if name else "") for text, name, _, _ in Formatter().parse(sentence))
    return re.compile("".join(parts))
