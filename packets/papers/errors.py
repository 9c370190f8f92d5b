"""Numbered errors of papers: E6070-E6089."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class NoGlyph(CrosscheckError):
    number, exit = 6070, Exit.PRINTING
    sentence = "“{paper}” can't be printed: the type has no sign for {signs}, which stands in “{text}”."
    remedy = (
        "Write it with other characters where it was entered, register again, then make the paper; nothing was written."
    )


class NoSuchPaper(CrosscheckError):
    number, exit = 6071, Exit.USAGE
    sentence = "There is no paper “{name}”; there are: {names}."
    remedy = "`crosscheck paper list` says what each is, for whom and when."
