"""Tables of what is brought in beside paper; `crosscheck.db.schema` holds all of them together."""

from __future__ import annotations

import sqlalchemy as sa

from crosscheck import facts
from crosscheck.db.columns import fact as _fact
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
    facts.MarksWithdrawn: _fact("marks_withdrawn", ("imported",), _text("imported"), _text("why")),
}
