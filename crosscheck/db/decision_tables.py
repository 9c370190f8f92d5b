"""Tables of differences, appeals and re-markings; part of `crosscheck.db.schema`."""

from __future__ import annotations

import sqlalchemy as sa

from crosscheck import facts
from crosscheck.db.columns import fact, maybe_whole, one_of, text, whole

DECISIONS: dict[type[object], sa.Table] = {
    facts.DiscrepancyNote: fact(
        "discrepancy_note",
        ("work", "comparison", "task", "revision"),
        *(text("work"), text("comparison"), text("task"), whole("revision")),
        *(text("act"), text("found"), text("why")),
        one_of("comparison", ("experts", "third", "form", "own", "remark", "mark", "journal")),
        one_of("act", ("asked", "looking", "settled", "taken_back")),
    ),
    facts.AppealFiling: fact(
        "appeal_filing",
        ("appeal",),
        *map(text, ("appeal", "filed", "ground", "criteria", "late")),
        one_of("ground", ("marking", "technical")),
    ),
    facts.AppealWithdrawn: fact("appeal_withdrawn", ("appeal",), text("appeal"), text("why")),
    facts.AppealPanel: fact(
        "appeal_panel",
        ("appeal", "revision"),
        *(text("appeal"), whole("revision"), whole("size"), text("chair"), text("members")),
    ),
    facts.AppealMark: fact(
        "appeal_mark",
        ("appeal", "criterion", "revision"),
        *(text("appeal"), text("criterion"), whole("revision"), maybe_whole("points"), text("how")),
        one_of("how", ("blind", "sighted")),
        sa.CheckConstraint("points IS NULL OR points >= 0", name="panel_points_some"),
    ),
    facts.AppealProtocol: fact(
        "appeal_protocol",
        ("appeal",),
        *(text("appeal"), text("met"), whole("votes_for"), whole("votes_against")),
        *(text("tie"), text("recommended"), text("late")),
        one_of("tie", ("", "for", "against")),
    ),
    facts.AppealChange: fact(
        "appeal_change",
        ("appeal", "criterion"),
        *map(text, ("appeal", "criterion", "before", "after", "why")),
    ),
    facts.RemarkDraw: fact(
        "remark_draw",
        ("draw",),
        *map(text, ("draw", "how", "source", "approval", "seed", "manifest")),
        *(whole("population"), whole("asked")),
        one_of("how", ("authority", "markers", "random")),
    ),
    # A work is marked again once: what a second draw names was re-marked already.
    facts.RemarkWork: fact("remark_work", ("work",), text("draw"), text("work"), whole("place"), text("why")),
}
