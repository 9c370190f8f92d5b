"""Tables of what is brought in beside paper; `crosscheck.db.schema` holds all of them together."""

from __future__ import annotations

import sqlalchemy as sa

from crosscheck import facts
from crosscheck.db.columns import fact as _fact
from crosscheck.db.columns import text as _text
from crosscheck.db.columns import whole as _int

TABLES: dict[type[object], sa.Table] = {
    facts.MarksFile: _fact(
        "marks_file",
        ("imported",),
        *(_text("imported"), _text("content"), _text("columns"), _int("participants"), _int("marks")),
    ),
    facts.MarksWithdrawn: _fact("marks_withdrawn", ("imported",), _text("imported"), _text("why")),
}
