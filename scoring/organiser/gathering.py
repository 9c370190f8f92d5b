"""From the ledger to what reports on organisation are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from scoring.organiser.noting import entries, points
from scoring.organiser.report import PointSeen


def points_seen(connection: Connection, names: Mapping[str, str] | None) -> list[PointSeen]:
    """Every check point in order, with what was noted of its packets."""
    newest: dict[int, facts.CustodyMove] = {}
    for move in sorted(queries.all_of(connection, facts.CustodyMove), key=lambda move: move.happened):
        newest[move.packet] = move
    given = {move.packet: move.point for move in queries.all_of(connection, facts.CustodyMove, direction="out")}
    out = Counter(given.values())
    back = Counter(move.point for move in newest.values() if move.direction == "back")
    lost = Counter(move.point for move in newest.values() if move.direction == "lost")
    experts = Counter(expert.check_point for expert in queries.latest_of(connection, facts.Expert) if expert.capacity)
    return [
        PointSeen(point, experts[point], out[point], back[point], lost[point], entries(connection, point), names)
        for point in points(connection)
    ]
