"""Tables of what people decide of differences; part of `crosscheck.db.schema`."""

from __future__ import annotations

import sqlalchemy as sa

from crosscheck import facts
from crosscheck.db.columns import fact, one_of, text, whole

DECISIONS: dict[type[object], sa.Table] = {
    facts.DiscrepancyNote: fact(
        "discrepancy_note",
        ("work", "comparison", "task", "revision"),
        *(text("work"), text("comparison"), text("task"), whole("revision")),
        *(text("act"), text("found"), text("why")),
        one_of("comparison", ("experts", "third", "form", "own", "remark", "mark", "journal")),
        one_of("act", ("asked", "looking", "settled", "taken_back")),
    ),
}
