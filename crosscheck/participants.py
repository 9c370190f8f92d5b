"""Which work a participant code belongs to, for codes that people key from paper without the coordinator's key.

A fact holds a hash of each code under the station's secret and a salt. The salt is a secret of its own, made from the
coordinator's index, and is kept with the keys of the participant's sealed record: whoever has the ledger can't test a
guess, whoever has the station's secret too can (a code has five digits), and erasing the participant ends that.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from crosscheck import facts, keys, safe
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.station import Station

HOLDER = "keying"  # under this name the salts lie among the keys of sealed records
_SALT_LETTERS = 32  # hex: 128 bits


@dataclass(frozen=True, slots=True)
class Participant:
    """A work, its participant's code, and the sealed record that says so."""

    work: str
    code: str
    record: str


def remember(writer: Writer, station: Station, index: safe.Index, participant: Participant) -> None:
    """Record what finds the participant's work by the code; what was erased stays erased."""
    salt = keys.keyed(index.secret, "participant-salt", participant.code)[:_SALT_LETTERS]
    fact = facts.ParticipantKey(participant.work, _hashed(station.secret(), bytes.fromhex(salt), participant.code))
    if writer.append(fact):
        writer.add_key(participant.record, HOLDER, bytes.fromhex(salt))


def work_of(connection: Connection, secret: bytes, code: str) -> str | None:
    """The work of the participant with this code; None when no such code is registered, or it was erased."""
    salts = {record.split(":")[1]: salt for record, salt in queries.keys_held(connection, HOLDER).items()}
    return next(
        (
            known.work
            for known in queries.all_of(connection, facts.ParticipantKey)
            if known.work in salts and hmac.compare_digest(known.code, _hashed(secret, salts[known.work], code))
        ),
        None,
    )


def _hashed(secret: bytes, salt: bytes, code: str) -> str:
    return keys.keyed(secret, "participant", salt + code.encode())
