"""Tables beside the facts: the chain over them, keys of sealed records, leases of work in progress."""

from __future__ import annotations

import sqlalchemy as sa

from crosscheck.db.columns import BYTES, METADATA, TEXT, WHOLE

# The chain over a station's facts: altering, dropping or inserting a row later breaks it.
CHAIN = sa.Table(
    "chain",
    METADATA,
    sa.Column("station", TEXT, primary_key=True),
    sa.Column("position", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("fact", TEXT, nullable=False),
    sa.Column("key", TEXT, nullable=False),
    sa.Column("row_hash", TEXT, nullable=False),
    sa.Column("hash", TEXT, nullable=False),
)

# A Merkle root over a stretch of one station's chain: proves a long ledger in few steps.
CHECKPOINT = sa.Table(
    "checkpoint",
    METADATA,
    sa.Column("station", TEXT, primary_key=True),
    sa.Column("position", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("root", TEXT, nullable=False),
)

RECORD_KEY = sa.Table(
    "record_key",
    METADATA,
    sa.Column("record", TEXT, primary_key=True),
    sa.Column("holder", TEXT, primary_key=True),
    sa.Column("wrapped", BYTES, nullable=False),
)

LEASE = sa.Table(
    "lease",
    METADATA,
    sa.Column("stage", TEXT, primary_key=True),
    sa.Column("unit", TEXT, primary_key=True),
    sa.Column("holder", TEXT, nullable=False),
    sa.Column("until", WHOLE, nullable=False),  # seconds since 1970, by the database's clock
)
