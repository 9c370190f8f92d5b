"""The vault's rows in the ledger: kept sealed, opened for a stated purpose, every opening recorded.

`crosscheck.vault` seals and says who may open what; this module stores and finds. A record is named
`kind:subject:digest`: the digest is keyed, so that the same plain text kept twice is one record and a changed
one is a new record, the newest of a subject holding. What changes back is a new record again, `digest.2`.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crosscheck import facts, keys, vault
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.keys import Holder, PrivateKey
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind

_INDEX = "index"


@dataclass(frozen=True, slots=True)
class Index:
    """The coordinator's secret that turns school numbers and codes into opaque tokens; and the newest record of each
    `kind:subject`, kept up to date by `keep`: asking the ledger for each would take a search of all of them."""

    secret: bytes
    newest: dict[str, str]

    def token(self, domain: str, name: str) -> str:
        """12 characters that say nothing without the secret; the same name gives the same token."""
        return keys.keyed(self.secret, domain, name)[:12]


def new_index(writer: Writer, station: Station, secret: bytes) -> None:
    """Keep the index secret of a new ledger; one that is kept already stays."""
    _store(writer, station, RecordKind.INDEX_SECRET, f"{RecordKind.INDEX_SECRET.value}:{_INDEX}:0", secret)


def open_index(station: Station, coordinator: PrivateKey) -> Index:
    """The index secret, for registering; made here when `init` was ended before it could keep one."""
    with station.ledger.writing() as writer:
        new_index(writer, station, secrets.token_bytes(32))
        newest = {_subject(record): record for record in queries.sealed_names(writer.connection)}
    opened = open_kind(station, RecordKind.INDEX_SECRET, Purpose.REGISTER, coordinator, "tokens")
    return Index(opened[_INDEX], newest)


def _subject(record: str) -> str:
    return record.rpartition(":")[0]


def keep(writer: Writer, station: Station, index: Index, kind: RecordKind, subject: str, value: object) -> str:
    """Seal a JSON value under an opaque subject, for the holder of its part; the name of the record."""
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    record = f"{kind.value}:{subject}:{keys.keyed(index.secret, kind.value, subject.encode() + plain)[:16]}"
    newest = index.newest.get(_subject(record))
    if newest is not None and newest.partition(".")[0] == record:
        return newest
    name, times = record, 1
    while queries.one_of(writer.connection, facts.SealedRecord, record=name) is not None:
        name, times = f"{record}.{times + 1}", times + 1
    _store(writer, station, kind, name, plain)
    index.newest[_subject(record)] = name
    return name


def keep_said(
    writer: Writer, station: Station, index: Index, kind: RecordKind, subject: str, said: Mapping[str, str]
) -> None:
    """Seal what somebody said, if anything; what was said before and is taken back now is kept as nothing."""
    if said or f"{kind.value}:{subject}" in index.newest:
        keep(writer, station, index, kind, subject, said)


def keep_bytes(writer: Writer, station: Station, kind: RecordKind, subject: str, plain: bytes) -> None:
    """Seal something that never changes; what is kept already under its name stays."""
    _store(writer, station, kind, f"{kind.value}:{subject}:0", plain)


def _store(writer: Writer, station: Station, kind: RecordKind, record: str, plain: bytes) -> None:
    # Sealing draws a fresh key each time; what is kept already must not be sealed and stored again.
    if queries.one_of(writer.connection, facts.SealedRecord, record=record) is not None:
        return
    recipient = keys.public_keys(station.keys)[_holder(kind)]
    sealed = vault.seal(vault.RecordId(record), kind, plain, [recipient])
    writer.append(facts.SealedRecord(record, kind.value, sealed.nonce, sealed.ciphertext))
    for wrap in sealed.wraps:
        writer.add_key(record, wrap.holder, wrap.wrapped)


def open_kind(station: Station, kind: RecordKind, purpose: Purpose, key: PrivateKey, why: str) -> Mapping[str, bytes]:
    """Open all records of a kind: plain text by subject, the newest of each. The opening is recorded first,
    so that nothing is ever seen without a trace."""
    if not vault.may_open(purpose, kind):
        raise vault.PurposeRefused(kind=kind.value, purpose=purpose.value)
    holder = _holder(kind).value
    with station.ledger.writing() as writer:
        records = queries.sealed_of(writer.connection, kind.value)
        wrapped = queries.keys_of(writer.connection, [record.record for record in records], holder)
        writer.append(facts.Opening(uuid.uuid4().hex, vault.PART_OF[kind].value, purpose.value, len(records), why))
    newest = {record.record.split(":")[1]: record for record in records if record.record in wrapped}
    return {
        subject: vault.open_sealed(_sealed(record, kind, holder, wrapped[record.record]), key, purpose)
        for subject, record in newest.items()
    }


def open_json(
    station: Station, kind: RecordKind, purpose: Purpose, key: PrivateKey, why: str
) -> Mapping[str, dict[str, str]]:
    """The same, for records kept with `keep`."""
    return {subject: json.loads(plain) for subject, plain in open_kind(station, kind, purpose, key, why).items()}


def open_records(
    station: Station, names: Sequence[str], kind: RecordKind, purpose: Purpose, key: PrivateKey, why: str
) -> Mapping[str, bytes]:
    """Open these records of a kind, by their full names; erased ones are not there. Recorded as one opening."""
    if not vault.may_open(purpose, kind):
        raise vault.PurposeRefused(kind=kind.value, purpose=purpose.value)
    holder, wanted = _holder(kind).value, frozenset(names)
    with station.ledger.writing() as writer:
        records = [r for r in queries.sealed_of(writer.connection, kind.value) if r.record in wanted]
        wrapped = queries.keys_of(writer.connection, [record.record for record in records], holder)
        writer.append(facts.Opening(uuid.uuid4().hex, vault.PART_OF[kind].value, purpose.value, len(records), why))
    return {
        record.record: vault.open_sealed(_sealed(record, kind, holder, wrapped[record.record]), key, purpose)
        for record in records
        if record.record in wrapped
    }


def open_record(station: Station, record: str, key: vault.Key, purpose: Purpose, why: str) -> bytes:
    """Open one record by its full name, with whichever key opens it; recorded."""
    holder = vault.holder_name(key)
    with station.ledger.writing() as writer:
        found = queries.one_of(writer.connection, facts.SealedRecord, record=record)
        wrapped = queries.keys_of(writer.connection, [record], holder)
        if found is None or not wrapped:
            raise vault.RecordErased(record=record)
        kind = RecordKind(found.kind)
        writer.append(facts.Opening(uuid.uuid4().hex, vault.PART_OF[kind].value, purpose.value, 1, why))
    return vault.open_sealed(_sealed(found, kind, holder, wrapped[record]), key, purpose)


def _holder(kind: RecordKind) -> Holder:
    return vault.HOLDER_OF[vault.PART_OF[kind]]


def _sealed(record: facts.SealedRecord, kind: RecordKind, holder: str, wrapped: bytes) -> vault.Sealed:
    wraps = (vault.Wrap(holder, wrapped),)
    return vault.Sealed(vault.RecordId(record.record), kind, record.nonce, record.ciphertext, wraps)


def erase(writer: Writer, records: Sequence[str]) -> int:
    """Destroy the keys of records for good; how many keys went."""
    return writer.erase_keys(records)
