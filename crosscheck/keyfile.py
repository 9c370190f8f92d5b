"""The file of one holder's key, and the values of the keyring."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crosscheck.errors import CrosscheckError, Exit

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16
HOLDERS = "holders"


class Holder(enum.Enum):
    """Who holds a key: the district (originals), the organiser (origins), the coordinator (names)."""

    DISTRICT = "district"
    ORGANISER = "organiser"
    COORDINATOR = "coordinator"


class KeyringMissing(CrosscheckError):
    number = 4500
    exit = Exit.KEY
    sentence = "There is no keyring in {folder}."
    remedy = "Create it first, or copy the folder of keys from the station where it was created."


class KeyFileDamaged(CrosscheckError):
    number = 4502
    exit = Exit.KEY
    sentence = "The key file {file} is damaged or was altered."
    remedy = "Bring the folder of keys back from the backup."


@dataclass(frozen=True, slots=True)
class Hardness:
    """Cost of one guess at a passphrase (Argon2id). The default is RFC 9106's for little memory."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4

    def __post_init__(self) -> None:
        if any(type(cost) is not int for cost in (self.passes, self.memory_kib, self.lanes)):
            raise TypeError(f"not whole numbers: {self}")
        # A file must not be able to ask for all the memory of the computer.
        if not (1 <= self.passes <= 64 and 1 <= self.lanes <= 64 and 8 * self.lanes <= self.memory_kib <= 2**22):
            raise ValueError(f"out of range: {self}")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Seals for its holder. 32 bytes of X25519."""

    holder: Holder
    raw: bytes


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """Opens what was sealed for its holder. 32 bytes of X25519, never shown."""

    holder: Holder
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WorkingKey:
    """A station's key for the originals of one batch until its pages are settled. 32 bytes, never shown."""

    batch: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Slot:
    """A private key wrapped by one secret."""

    salt: bytes
    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One holder's file."""

    public: PublicKey
    hardness: Hardness
    passphrase: Slot
    recovery: Slot


def holder_file(folder: Path, holder: Holder) -> Path:
    return folder / HOLDERS / f"{holder.value}.json"


def encoded(entry: Entry) -> bytes:
    hard = entry.hardness
    text = {
        "version": VERSION,
        "holder": entry.public.holder.value,
        "public": entry.public.raw.hex(),
        "argon2id": {"passes": hard.passes, "memory_kib": hard.memory_kib, "lanes": hard.lanes},
        "passphrase": _slot_text(entry.passphrase),
        "recovery": _slot_text(entry.recovery),
    }
    return (json.dumps(text, indent=1) + "\n").encode()


def _slot_text(slot: Slot) -> dict[str, str]:
    return {"salt": slot.salt.hex(), "nonce": slot.nonce.hex(), "wrapped": slot.wrapped.hex()}


def read(folder: Path, holder: Holder) -> Entry:
    path = holder_file(folder, holder)
    try:
        text = json.loads(path.read_bytes())
        if (text["version"], text["holder"]) != (VERSION, holder.value):
            raise ValueError("another holder's or another version's file")
        public = PublicKey(holder, _sized(text["public"], KEY_BYTES))
        return Entry(public, Hardness(**text["argon2id"]), _slot(text["passphrase"]), _slot(text["recovery"]))
    except FileNotFoundError:
        raise KeyringMissing(folder=folder) from None
    except (OSError, ValueError, TypeError, KeyError) as trouble:
        raise KeyFileDamaged(file=path) from trouble


def _slot(text: Mapping[str, str]) -> Slot:
    tag = 16
    return Slot(
        _sized(text["salt"], SALT_BYTES),
        _sized(text["nonce"], NONCE_BYTES),
        _sized(text["wrapped"], KEY_BYTES + tag),
    )


def _sized(text: str, size: int) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != size:
        raise ValueError(f"{len(raw)} bytes instead of {size}")
    return raw
