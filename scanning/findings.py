"""What a person must look at on a page, and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass


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
    CUT_OFF = "cut_off"
    BLURRED = "blurred"
    MOIRE = "moire"
    COLOURED = "coloured_stamp"
    KNOWN_TEXT = "known_text"  # a word of the identity zone can be read in an answer, too


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a page; `detail` is for people and never says what stands in an identity zone."""

    kind: FindingKind
    detail: str = ""
