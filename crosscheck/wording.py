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
    N_("unassignable"),
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
    N_("conflicts_changed"),
    N_("conflict_of_interest"),
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
    # reasons in one sentence
    N_("listed but blank"),
    N_("assigned by a person"),
    N_("no manifest lists this file"),
    N_("manifest; counts and every page agree"),
    N_("no readable code"),
    N_("a score sheet among works"),
    N_("Conflicts or schools of experts changed after works were given out; they were not checked since."),
    N_("a sheet of another procedure"),
    N_("a sheet that another ledger printed"),
    N_("only the short code can be read: key the sheet in, or scan it again"),
    N_("the worker died on it twice"),
    N_("covers of packets"),
    N_("tokens"),
    N_("masking"),
    N_("names of files"),
    N_("list of answer forms"),
    N_("allocation"),
    N_("results of class-sets and schools"),
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
    N_("{page} was kept"),
    N_("the same page as {pages}"),
    N_("pages not found: {pages}"),
    N_("sheet {sheet} of print {print} was never printed"),
    N_("sheet {sheet} was reprinted; this is the old print {print}"),
    N_("sheet {sheet} was read already (page {page}) with other points"),
    N_("criterion {criterion}: entered and read points differ"),
    N_("{code} {kind}: see log/crosscheck.jsonl"),
)

_CODED = re.compile(r"(?:^|(?<=, ))[a-z]+(?:_[a-z]+)*(?=$|,| )")


def told(text: str) -> str:
    """A recorded text as shown to a person. What is not known here stays as it is."""
    if text in KINDS:
        return gettext(text)
    for sentence in SENTENCES:
        if (found := _pattern(sentence).fullmatch(text)) is not None:
            return gettext(sentence).format(**{name: told(value) for name, value in found.groupdict().items()})
    # Findings of one page are recorded as "kind detail, kind detail".
    return _CODED.sub(lambda found: gettext(found[0]) if found[0] in KINDS else found[0], text)


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    parts = (re.escape(text) + (f"(?P<{name}>.+)" if name else "") for text, name, _, _ in Formatter().parse(sentence))
    return re.compile("".join(parts))
