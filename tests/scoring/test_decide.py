"""What a cell says, given what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import Ambiguous, Blank, Damaged, NotAttempted, Points
from scoring.decide import BoxMeasure, Look, Rule, Thresholds, decide, look

T = Thresholds(
    ink=0.24,
    faint_ink=0.11,
    blank_coverage=0.03,
    blank_faint=0.07,
    blank_ring=0.12,
    bare=0.01,
    bare_ring=0.35,
    cross_least=0.12,
    cross_most=0.6,
    cross_extent=0.55,
    cross_quarters=3,
    cross_mass=1.1,
    cross_sides=0.4,
    cross_ring=0.3,
    filled_least=0.62,
    reliable=True,
)
EMPTY = BoxMeasure(Points(0), 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0.0)
CROSS = BoxMeasure(Points(0), 0.35, 0.45, 0.05, 0.35, 0.95, 4, 0.1)
FILLED = BoxMeasure(Points(0), 0.9, 0.97, 0.1, 0.9, 1.0, 4, 0.9)
FAINT = BoxMeasure(Points(0), 0.01, 0.2, 0.0, 0.01, 0.2, 0, 0.0)
SLIP = BoxMeasure(Points(0), 0.06, 0.09, 0.1, 0.06, 0.3, 1, 0.05)
SLASH = BoxMeasure(Points(0), 0.18, 0.25, 0.03, 0.18, 0.95, 2, 0.05)
CIRCLED = BoxMeasure(Points(0), 0.0, 0.02, 0.3, 0.0, 0.0, 0, 0.0)
STREAKED = BoxMeasure(Points(0), 0.08, 0.1, 0.05, 0.08, 0.08, 2, 0.04, streaked=True)
SMEARED = BoxMeasure(Points(0), 0.7, 0.9, 0.6, 0.7, 1.0, 4, 0.5)


def cell(*boxes: BoxMeasure) -> list[BoxMeasure]:
    return [replace(box, given=NotAttempted() if i == 3 else Points(i)) for i, box in enumerate(boxes)]


@pytest.mark.parametrize(
    ("boxes", "reading", "rule"),
    [
        ((EMPTY, CROSS, EMPTY, EMPTY), Points(1), Rule.ONE_CROSS),
        ((EMPTY, EMPTY, EMPTY, CROSS), NotAttempted(), Rule.ONE_CROSS),
        ((EMPTY, EMPTY, EMPTY, EMPTY), Blank(), Rule.NOTHING),
        ((FILLED, EMPTY, CROSS, EMPTY), Ambiguous((Points(2), Points(0))), Rule.CORRECTION),
        ((FILLED, EMPTY, EMPTY, EMPTY), Ambiguous((Points(0),)), Rule.ONLY_FILLED),
        ((CROSS, EMPTY, CROSS, EMPTY), Ambiguous((Points(0), Points(2))), Rule.SEVERAL),
        ((EMPTY, FAINT, EMPTY, EMPTY), Ambiguous((Points(1),)), Rule.DOUBTFUL),
        ((EMPTY, CROSS, FAINT, EMPTY), Ambiguous((Points(1), Points(2))), Rule.DOUBTFUL),
        ((EMPTY, CROSS, SLIP, EMPTY), Ambiguous((Points(1), Points(2))), Rule.DOUBTFUL),
        ((EMPTY, SLASH, EMPTY, EMPTY), Ambiguous((Points(1),)), Rule.DOUBTFUL),
        ((EMPTY, CIRCLED, EMPTY, EMPTY), Ambiguous((Points(1),)), Rule.DOUBTFUL),
        ((STREAKED, EMPTY, CROSS, EMPTY), Ambiguous((Points(2), Points(0))), Rule.STREAK),
        ((SMEARED, SMEARED, SMEARED, SMEARED), Damaged(), Rule.SMEAR),
    ],
)
def test_the_table_of_cells(boxes: tuple[BoxMeasure, ...], reading: object, rule: Rule) -> None:
    """Exactly one clear cross among clearly blank boxes is accepted; all else is left to a person."""
    decision = decide(cell(*boxes), T)
    assert (decision.reading, decision.rule) == (reading, rule)


def test_nothing_is_accepted_when_the_reference_boxes_are_unlike_themselves() -> None:
    """Without trustworthy references a clear cross is only a proposal."""
    decision = decide(cell(EMPTY, CROSS, EMPTY, EMPTY), replace(T, reliable=False))
    assert (decision.reading, decision.rule) == (Ambiguous((Points(1),)), Rule.REFERENCES)


def test_a_streak_through_an_otherwise_blank_box_stops_acceptance() -> None:
    """A line down the page may have drawn or hidden something: a person looks."""
    boxes = cell(EMPTY, CROSS, EMPTY, EMPTY)
    boxes[0] = replace(boxes[0], streaked=True)
    assert decide(boxes, T).rule is Rule.STREAK


measures = st.builds(
    BoxMeasure,
    given=st.just(Points(0)),
    coverage=st.floats(0, 1),
    faint=st.floats(0, 1),
    ring=st.floats(0, 1),
    blob=st.floats(0, 1),
    extent=st.floats(0, 1),
    quarters=st.integers(0, 4),
    sides=st.floats(0, 1),
    streaked=st.booleans(),
)


@settings(max_examples=150)
@given(st.lists(st.one_of(measures, st.sampled_from([EMPTY, CROSS, FILLED, FAINT])), min_size=2, max_size=4))
def test_accepted_means_one_cross_and_all_others_blank(several: list[BoxMeasure]) -> None:
    """Whatever was measured, a reading with points stands on one cross and blanks only."""
    boxes = cell(*several)
    decision = decide(boxes, T)
    looks = [look(box, T) for box in boxes]
    clear = looks.count(Look.CROSS) == 1 and looks.count(Look.BLANK) == len(looks) - 1
    accepted = isinstance(decision.reading, Points | NotAttempted)
    assert accepted == (clear and not any(box.streaked for box in boxes))
    if accepted:
        assert decision.reading == boxes[looks.index(Look.CROSS)].given
