"""Tables of what is brought in beside paper; `crosscheck.db.schema` holds all of them together."""

from __future__ import annotations

import sqlalchemy as sa

from crosscheck import facts
from crosscheck.db.columns import fact as _fact
from crosscheck.db.columns import maybe_whole as _maybe_int
from crosscheck.db.columns import one_of as _in
from crosscheck.db.columns import text as _text
from crosscheck.db.columns import whole as _int

TABLES: dict[type[object], sa.Table] = {
    facts.MarksFile: _fact(
        "marks_file",
        ("imported",),
        *(_text("imported"), _text("content"), _text("columns"), _int("participants"), _int("marks")),
    ),
    facts.FormsDue: _fact(
        "forms_due",
        ("subject", "revision"),
        *(_text("subject"), _int("revision"), _text("due"), _text("why")),
    ),
    facts.FormStep: _fact(
        "form_step",
        ("subject", "revision"),
        *(_text("subject"), _int("revision"), _text("step"), _int("returns"), _text("why")),
        _in("step", ("sent_back", "passed_on", "undone")),
    ),
    facts.MeetingDecision: _fact(
        "meeting_decision",
        ("decision", "revision"),
        *(_int("decision"), _int("revision"), _text("criterion"), _text("text"), _int("supplement"), _text("why")),
    ),
    facts.AgreedPoints: _fact(
        "agreed_points",
        ("work", "criterion", "revision"),
        *(_text("work"), _text("criterion"), _int("revision"), _text("kind")),
        *(_maybe_int("points"), _int("supplement"), _text("why")),
        _in("kind", ("points", "not_attempted", "withdrawn")),
        sa.CheckConstraint("(kind = 'points') = (points IS NOT NULL)", name="agreed_when_points"),
        sa.CheckConstraint("points IS NULL OR points >= 0", name="agreed_some"),
    ),
    facts.PointNote: _fact(
        "point_note",
        ("point", "topic", "place", "revision"),
        *map(_text, ("point", "topic", "place")),
        _int("revision"),
        *map(_text, ("said", "why")),
        _in("topic", ("progress", "observer", "difficulty", "incident")),
    ),
    facts.MarksWithdrawn: _fact("marks_withdrawn", ("imported",), _text("imported"), _text("why")),
    facts.OwnScore: _fact(
        "own_score",
        ("imported", "work", "criterion"),
        *map(_text, ("imported", "work", "criterion", "kind")),
        _maybe_int("points"),
        _in("kind", ("points", "not_attempted", "not_taught")),
        sa.CheckConstraint("(kind = 'points') = (points IS NOT NULL)", name="own_points_when_points"),
        sa.CheckConstraint("points IS NULL OR points >= 0", name="own_points_some"),
    ),
}
