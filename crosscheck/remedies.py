"""What a person can do about each kind of finding, and about each reason why a score sheet was refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crosscheck.i18n import N_, gettext
from crosscheck.wording import pattern, told

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
    "other_paper": N_(
        "Look whether the wrong pile was scanned: of another procedure, or not forms of works. If so, give the paper "
        "back to whom it belongs; then close this finding."
    ),
    "manifest_contradicts": N_(
        "The page's own code says otherwise than the manifest; the code stands. Correct the manifest, or look at the "
        "paper, then close this finding."
    ),
    "doubtful_identity": N_(
        "Two entries of the table of experts may be one person; no work is given out before somebody says. See them "
        "with `crosscheck identity list`."
    ),
    "taken_back": N_(
        "Points stand in rows of works that were given to other experts: they don't count. Look that nothing is lost "
        "by it, then close the finding."
    ),
    "not_a_sheet": N_(
        "Another paper lay among the score sheets; its picture was not kept. Works and covers are taken in with "
        "`crosscheck ingest`, without --sheets. Then close the finding."
    ),
    "code_damaged": N_(
        "A code of the sheet is damaged. Scan it again, flat and clean; else key it: `crosscheck enter PACKET`."
    ),
    "disagree": N_(
        "The codes of the page name different sheets: two papers lay in one scan, or something is glued on. Look at "
        "the paper and scan each alone."
    ),
    "marks_missing": N_(
        "A corner of the sheet is torn, covered or outside the scan. Scan all of it again, flat and clean; else key "
        "it: `crosscheck enter PACKET`."
    ),
    "two_sheets": N_("Two sheets lie in one scan. Separate them and scan each again."),
    "no_sheet_code": N_(
        "No code of the page can be read, and its picture was not kept. Scan the sheet again, flat and clean; else key "
        "it: `crosscheck enter PACKET`."
    ),
    "file": N_("The file gave no pages. Its name: `crosscheck pages files`. Scan it again."),
}

# What to do about a page that was refused as a score sheet, by the reason that was recorded.
_BENT = (
    "score sheet {sheet} of packet {packet}, print {print}: its paper isn't flat ({found} of {squares} "
    "side squares in place)"
)
_REFUSED: Mapping[str, str] = {
    "score sheet {sheet} of packet {packet}, print {print}: no such print is known here": N_(
        "This ledger knows no such print: another copy of it printed the sheet, or an older state was restored since. "
        "Ask who printed it; don't key it."
    ),
    "score sheet {sheet} of packet {packet}, print {print}: replaced by print {newest}": N_(
        "An older print of a score sheet counts no more. If its expert wrote on it, have the points written onto the "
        "newest print and scan that, or key them: `crosscheck enter PACKET`. Keep the older one apart and close the "
        "finding."
    ),
    "score sheet {sheet} of packet {packet}, print {print}: read already (page {page}) with other contents": N_(
        "The same score sheet came twice, with other points. Lay both side by side; what was read stands, and is "
        "corrected with `crosscheck review set --correct`. Then close the finding."
    ),
    _BENT: N_(
        "The sheet was curled or folded when it was photographed, or drawn in unevenly. Press it flat and scan it "
        "again, or photograph all of it from straight above; else key it: `crosscheck enter PACKET`."
    ),
    "packet {packet} was taken back from its expert: nothing of this counts": N_(
        "The works of this packet were given to other experts. Keep its sheets apart, for the protocol, and close the "
        "finding."
    ),
    "a sheet of another procedure": N_("Give the sheet back to the check it belongs to."),
    "a sheet that another ledger printed": N_("The sheet belongs to another station: scan it there."),
    "only the short code can be read: key the sheet in, or scan it again": N_(
        "Scan the whole sheet again, flat and clean; if its square codes stay unreadable, key it: `crosscheck enter "
        "PACKET`."
    ),
    "the marks of the sheet are not those of its form": N_(
        "The sheet is no copy of what was printed. Scan the sheet itself; else key it: `crosscheck enter PACKET`."
    ),
}


def advised(kinds: Iterable[str]) -> list[str]:
    """For each of these kinds of findings, what to do about it; one line each, in order of their names."""
    return [f"{told(kind)}: {gettext(REMEDIES[kind])}" for kind in sorted(set(kinds)) if kind in REMEDIES]


def advised_of_sheets(details: Iterable[str]) -> list[str]:
    """For each reason why a page was refused as a score sheet, what to do about it; one line each."""
    found = {
        gettext(said): None
        for detail in details
        for sentence, said in _REFUSED.items()
        if pattern(sentence).fullmatch(detail) is not None
    }
    return list(found)
