"""What a writing process does in the tests of several writers: a module of its own, so that it starts fast."""

from __future__ import annotations

import os
from collections.abc import Callable

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.engine import open_engine, upgrade
from crosscheck.db.ledger import Ledger

ROUNDS = 12


def write(url: str, stations: str, begin: Callable[[], object]) -> None:
    """Bring the ledger to the newest schema, then add facts as each of the stations in turn: new ones, one that
    everybody adds, and revisions that depend on what the others added."""
    begin()
    engine = open_engine(url)
    upgrade(engine)
    ledgers = [Ledger(engine, station, "x") for station in stations]
    for n in range(ROUNDS):
        for i, ledger in enumerate(ledgers):
            with ledger.writing() as writer:
                revision = queries.next_revision(writer.connection, facts.MissingPage, work="W", page_no=1)
                writer.append(facts.Work(f"{os.getpid()}-{i}-{n}"))
                writer.append(facts.Work("shared"))
                writer.append(facts.MissingPage("W", 1, revision, 0, ""))
    engine.dispose()
