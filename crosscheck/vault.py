"""The vault's cryptography: sealed records, who may open them, and what for. No files, no database.

Every record has a fresh data key of its own; AES-256-GCM binds the ciphertext to the record's id and
kind. The data key is wrapped for each recipient, and the wraps are kept apart from the ciphertext:
deleting them erases the record while the ledger stays whole.

`ACCESS` is the closed table of who may open what; anonymity rests on it. A stage names its purpose,
and a purpose that is not in the table for a kind of record is refused before any key is tried.
"""

from __future__ import annotations

import enum
import hmac
import secrets
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crosscheck.errors import CrosscheckError, Exit
from crosscheck.keys import Holder, PrivateKey, PublicKey, WorkingKey

RecordId = NewType("RecordId", str)

_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_FOR_HOLDER, _FOR_STATION = b"\x01", b"\x02"
_MAGIC = b"XCSEALED"
_CONTAINER_VERSION = 1
# Safe only because the key it goes with encrypts one message in its life.
_ONLY_NONCE = bytes(_NONCE_BYTES)


class Part(enum.Enum):
    """The three parts of the vault: raw scans, where works come from (tokens), who is who."""

    ORIGINALS = "originals"
    ORIGIN = "origin"
    PERSON = "person"


class Purpose(enum.Enum):
    """What the vault is opened for; recorded each time."""

    REGISTER = "register"
    INGEST = "ingest"
    REDACT = "redact"
    LEAK_CHECK = "leak_check"
    SETTLE = "settle"
    ALLOCATE = "allocate"
    ADJUDICATE = "adjudicate"
    REMARK = "remark"
    APPEAL = "appeal"
    PRINT = "print"
    RELEASE = "release"
    PUBLISH = "publish"
    IDENTITY = "identity"
    CONFLICTS = "conflicts"
    ORGANISE = "organise"


class RecordKind(enum.Enum):
    """What a sealed record holds."""

    ORIGINAL = "original"  # a raw scan
    FILE_NAME = "file_name"  # how a school called it: often its number
    INDEX_SECRET = "index_secret"  # turns school numbers and codes into tokens
    WORK_ORIGIN = "work_origin"  # work → school and class-set, as tokens
    EXPERT_ORIGIN = "expert_origin"  # expert → school, as a token
    CONFLICT = "conflict"  # whom an expert may not mark, as tokens
    LAST_YEAR = "last_year"  # schools that met last year, as tokens
    DISTANCES = "distances"  # ways between schools, as tokens, and check points
    MARKED_AT = "marked_at"  # at which check points the works of a school are marked, as tokens
    SCHOOL_PAIRS = "school_pairs"  # whose experts may mark whose works, as tokens
    ALLOCATION = "allocation"  # works, experts and who marks what, as tokens, with its proof
    CONFLICT_NOTE = "conflict_note"  # the expert's own words about it
    SCHOOL = "school"  # token → school number
    CLASS_SET = "class_set"  # token → class
    PARTICIPANT = "participant"  # work → participant code
    LISTED = "listed"  # work → sex and variant, as the table of participants says
    PUPIL = "pupil"  # work → sex, variant, marks in the journal, as the school states them
    OTHER_MARKS = "other_marks"  # work → marks of its participant from elsewhere: journal, exams, earlier results
    OBSERVER = "observer"  # an observer at a check point → name
    EXPERT_NAME = "expert_name"  # expert → name
    IDENTITY = "identity"  # two experts → what speaks for one person, with names and schools


PART_OF: Mapping[RecordKind, Part] = MappingProxyType(
    {
        RecordKind.ORIGINAL: Part.ORIGINALS,
        RecordKind.FILE_NAME: Part.ORIGINALS,
        RecordKind.INDEX_SECRET: Part.PERSON,
        RecordKind.WORK_ORIGIN: Part.ORIGIN,
        RecordKind.EXPERT_ORIGIN: Part.ORIGIN,
        RecordKind.CONFLICT: Part.ORIGIN,
        RecordKind.SCHOOL_PAIRS: Part.ORIGIN,
        RecordKind.MARKED_AT: Part.ORIGIN,
        RecordKind.LAST_YEAR: Part.ORIGIN,
        RecordKind.DISTANCES: Part.ORIGIN,
        RecordKind.ALLOCATION: Part.ORIGIN,
        RecordKind.CONFLICT_NOTE: Part.PERSON,
        RecordKind.SCHOOL: Part.PERSON,
        RecordKind.CLASS_SET: Part.PERSON,
        RecordKind.PARTICIPANT: Part.PERSON,
        RecordKind.LISTED: Part.PERSON,
        RecordKind.PUPIL: Part.PERSON,
        RecordKind.OTHER_MARKS: Part.PERSON,
        RecordKind.OBSERVER: Part.PERSON,
        RecordKind.EXPERT_NAME: Part.PERSON,
        RecordKind.IDENTITY: Part.PERSON,
    }
)


def _kinds(*parts: Part) -> frozenset[RecordKind]:
    return frozenset(kind for kind, part in PART_OF.items() if part in parts)


_ORIGINALS, _ORIGIN, _PERSON = _kinds(Part.ORIGINALS), _kinds(Part.ORIGIN), _kinds(Part.PERSON)

_PUBLISHED = _PERSON - {RecordKind.INDEX_SECRET, RecordKind.IDENTITY, RecordKind.OBSERVER}
# Marks from elsewhere, and what the table of participants says beside codes, stand beside results that are published,
# and are good for nothing else.
_BESIDE = {RecordKind.OTHER_MARKS, RecordKind.LISTED}
_RESULTS = _PUBLISHED - _BESIDE

# Who may open what. Registration alone turns codes into tokens, so it alone opens the index secret; printing puts the
# experts' names on covers and needs nothing else.
ACCESS: Mapping[Purpose, frozenset[RecordKind]] = MappingProxyType(
    {
        Purpose.REGISTER: (_ORIGIN | _PERSON) - _BESIDE - {RecordKind.OBSERVER},
        Purpose.INGEST: _ORIGINALS,
        Purpose.REDACT: _ORIGINALS,
        Purpose.LEAK_CHECK: _ORIGINALS,
        Purpose.SETTLE: _ORIGINALS,
        Purpose.ALLOCATE: _ORIGIN,
        Purpose.ADJUDICATE: _ORIGIN,
        Purpose.REMARK: _ORIGIN,
        Purpose.APPEAL: _ORIGIN,
        Purpose.PRINT: frozenset({RecordKind.EXPERT_NAME}),
        Purpose.RELEASE: _RESULTS,
        Purpose.PUBLISH: _PUBLISHED,
        Purpose.IDENTITY: frozenset({RecordKind.EXPERT_NAME, RecordKind.IDENTITY}),
        # Who observed at check points, for the reports on organisation.
        Purpose.ORGANISE: frozenset({RecordKind.OBSERVER}),
        # What an expert may not mark and why: nothing that tells whose a work is.
        Purpose.CONFLICTS: frozenset(
            {
                RecordKind.EXPERT_ORIGIN,
                RecordKind.CONFLICT,
                RecordKind.CONFLICT_NOTE,
                RecordKind.SCHOOL,
                RecordKind.CLASS_SET,
                RecordKind.EXPERT_NAME,
            }
        ),
    }
)

# For whom a part may be sealed at all. A key that must not open a part never gets a wrap of it.
HOLDER_OF: Mapping[Part, Holder] = MappingProxyType(
    {Part.ORIGINALS: Holder.DISTRICT, Part.ORIGIN: Holder.ORGANISER, Part.PERSON: Holder.COORDINATOR}
)


class PurposeRefused(CrosscheckError):
    number = 4520
    exit = Exit.KEY
    sentence = "Records of kind {kind} must not be opened to {purpose}."
    remedy = "Use the command that is meant for this; who may open what is listed in the manual."


class RecordErased(CrosscheckError):
    number = 4521
    exit = Exit.KEY
    sentence = "The sealed record {record} was erased: no key to it is left."
    remedy = "It can't be brought back; that is what erasing is for."


class KeyNotARecipient(CrosscheckError):
    number = 4522
    exit = Exit.KEY
    sentence = "The sealed record {record} can't be opened with the key of {holder}, only with: {recipients}."
    remedy = "Ask one of those named to type their passphrase."


class RecordAltered(CrosscheckError):
    number = 4523
    exit = Exit.KEY
    sentence = "The sealed record {record} was altered, or the key of {holder} is not the one it was sealed for."
    remedy = "Check that the folder of keys belongs to this ledger, else bring ledger and files back from the backup."


class ContainerUnreadable(CrosscheckError):
    number = 4524
    exit = Exit.KEY
    sentence = "This is not a sealed file, or one of another version, or it was cut short."
    remedy = "Bring the file back from the backup; if the program is older than the file, update the program."


class RecipientRefused(CrosscheckError):
    number = 4525
    exit = Exit.KEY
    sentence = "Records of kind {kind} must not be sealed for {holder}."
    remedy = "Report this: a part of the program tried to give a key to somebody who must not have it."


Recipient = PublicKey | WorkingKey
Key = PrivateKey | WorkingKey


@dataclass(frozen=True, slots=True)
class Wrap:
    """A record's data key for one holder: `district`, `organiser`, `coordinator` or `batch:<batch>`."""

    holder: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed record. Without its wraps it is noise."""

    record: RecordId
    kind: RecordKind
    nonce: bytes
    ciphertext: bytes
    wraps: tuple[Wrap, ...]


def holder_name(key: Recipient | Key) -> str:
    """How a wrap names whom it is for; the name to delete the wraps of a settled batch by."""
    return f"batch:{key.batch}" if isinstance(key, WorkingKey) else key.holder.value


def may_open(purpose: Purpose, kind: RecordKind) -> bool:
    """Whether the table lets `purpose` open records of `kind`."""
    return kind in ACCESS[purpose]


def seal(record: RecordId, kind: RecordKind, plaintext: bytes, recipients: Sequence[Recipient]) -> Sealed:
    """Seal under a fresh random key. E4525 for a recipient who must not have it; ValueError without any."""
    return _sealed(secrets.token_bytes(_KEY_BYTES), record, kind, plaintext, recipients)


def seal_repeatably(
    secret: bytes, record: RecordId, kind: RecordKind, plaintext: bytes, recipients: Sequence[Recipient]
) -> Sealed:
    """Seal under a key derived from the station's secret and the plain text: the same ciphertext on every run.

    For originals, which are stored as files before their wraps are recorded. After a crash in between, the wraps of
    the second run must open the file of the first; a random key would lose the original. Not for short rows:
    whoever has the secret could test guesses at them.
    """
    content = hmac.digest(secret, b"crosscheck content 1" + plaintext, "sha256")
    return _sealed(_derived(content, _bound(b"repeatable", record, kind)), record, kind, plaintext, recipients)


def open_sealed(sealed: Sealed, key: Key, purpose: Purpose) -> bytes:
    """The plain text. E4520 wrong purpose, E4521 erased, E4522 sealed for others, E4523 altered."""
    if not may_open(purpose, sealed.kind):
        raise PurposeRefused(kind=sealed.kind.value, purpose=purpose.value)
    if not sealed.wraps:
        raise RecordErased(record=sealed.record)
    holder = holder_name(key)
    wrapped = next((wrap.wrapped for wrap in sealed.wraps if wrap.holder == holder), None)
    if wrapped is None:
        others = ", ".join(wrap.holder for wrap in sealed.wraps)
        raise KeyNotARecipient(record=sealed.record, holder=holder, recipients=others)
    try:
        data_key = _unwrap(key, wrapped, _bound(holder.encode(), sealed.record, sealed.kind))
        return AESGCM(data_key).decrypt(sealed.nonce, sealed.ciphertext, _bound(b"data", sealed.record, sealed.kind))
    except (InvalidTag, ValueError) as trouble:  # ValueError: a point or a nonce that can't be one
        raise RecordAltered(record=sealed.record, holder=holder) from trouble


# --- containers ---------------------------------------------------------------------------------


def pack(sealed: Sealed) -> bytes:
    """A sealed record as the bytes of a file, without its wraps."""
    names = [sealed.record.encode(), sealed.kind.value.encode()]
    head = b"".join(struct.pack(">H", len(name)) + name for name in names)
    return _MAGIC + bytes([_CONTAINER_VERSION]) + head + sealed.nonce + sealed.ciphertext


def unpack(container: bytes, wraps: Sequence[Wrap]) -> Sealed:
    """A sealed record from the bytes of its file and the wraps kept apart. E4524 when it is not such a file."""
    start = _MAGIC + bytes([_CONTAINER_VERSION])
    if not container.startswith(start):
        raise ContainerUnreadable
    try:
        record, at = _name(container, len(start))
        kind, at = _name(container, at)
        known = RecordKind(kind)
    except (struct.error, ValueError) as trouble:
        raise ContainerUnreadable from trouble
    nonce, ciphertext = container[at : at + _NONCE_BYTES], container[at + _NONCE_BYTES :]
    if len(ciphertext) < _TAG_BYTES:
        raise ContainerUnreadable
    return Sealed(RecordId(record), known, nonce, ciphertext, tuple(wraps))


def _name(container: bytes, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from(">H", container, at)
    end = at + 2 + size
    return container[at + 2 : end].decode(), end


# --- inside -------------------------------------------------------------------------------------


def _sealed(
    data_key: bytes, record: RecordId, kind: RecordKind, plaintext: bytes, recipients: Sequence[Recipient]
) -> Sealed:
    if not recipients:
        raise ValueError("a record sealed for nobody is lost")
    for recipient in recipients:
        _refuse_recipient(kind, recipient)
    ciphertext = AESGCM(data_key).encrypt(_ONLY_NONCE, plaintext, _bound(b"data", record, kind))
    wraps = tuple(_wrap(data_key, recipient, record, kind) for recipient in recipients)
    return Sealed(record, kind, _ONLY_NONCE, ciphertext, wraps)


def _refuse_recipient(kind: RecordKind, recipient: Recipient) -> None:
    part = PART_OF[kind]
    fits = part is Part.ORIGINALS if isinstance(recipient, WorkingKey) else recipient.holder is HOLDER_OF[part]
    if not fits:
        raise RecipientRefused(kind=kind.value, holder=holder_name(recipient))


def _bound(role: bytes, record: RecordId, kind: RecordKind) -> bytes:
    # Lengths keep the fields apart: no two triples give the same bytes.
    fields = (b"crosscheck vault 1", role, record.encode(), kind.value.encode())
    return b"".join(struct.pack(">I", len(one)) + one for one in fields)


def _derived(secret: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(secret)


def _wrap(data_key: bytes, recipient: Recipient, record: RecordId, kind: RecordKind) -> Wrap:
    holder = holder_name(recipient)
    bound = _bound(holder.encode(), record, kind)
    if isinstance(recipient, WorkingKey):
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return Wrap(holder, _FOR_STATION + nonce + AESGCM(recipient.raw).encrypt(nonce, data_key, bound))
    ephemeral = X25519PrivateKey.generate()
    sent = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient.raw))
    wrapping = _derived(shared, sent + recipient.raw + bound)
    return Wrap(holder, _FOR_HOLDER + sent + AESGCM(wrapping).encrypt(_ONLY_NONCE, data_key, bound))


def _unwrap(key: Key, wrapped: bytes, bound: bytes) -> bytes:
    if isinstance(key, WorkingKey):
        form, nonce, rest = wrapped[:1], wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
        if form != _FOR_STATION:
            raise InvalidTag
        return AESGCM(key.raw).decrypt(nonce, rest, bound)
    form, sent, rest = wrapped[:1], wrapped[1 : 1 + _KEY_BYTES], wrapped[1 + _KEY_BYTES :]
    if form != _FOR_HOLDER:
        raise InvalidTag
    private = X25519PrivateKey.from_private_bytes(key.raw)
    own = private.public_key().public_bytes_raw()
    wrapping = _derived(private.exchange(X25519PublicKey.from_public_bytes(sent)), sent + own + bound)
    return AESGCM(wrapping).decrypt(_ONLY_NONCE, rest, bound)
