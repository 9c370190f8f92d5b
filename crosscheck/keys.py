"""The keyring: who holds which key, the station's secret, and the working keys of batches.

Each holder has an X25519 key pair. The public key is in clear, so that anything can be sealed for a
holder who is not there; the private key is wrapped twice with AES-256-GCM, by the passphrase
(Argon2id, RFC 9106) and by the recovery code printed on paper. Nothing here is ever logged.

    keys/holders/district.json ...    one file per holder
    keys/station.secret               32 bytes for keyed hashes and anonymous numbers
    keys/working/<hash>.key           32 bytes per batch that is not settled yet
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import shutil
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crosscheck import recovery
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.keyfile import (
    HOLDERS,
    KEY_BYTES,
    NONCE_BYTES,
    SALT_BYTES,
    VERSION,
    Entry,
    Hardness,
    Holder,
    KeyFileDamaged,
    KeyringMissing,
    PrivateKey,
    PublicKey,
    Slot,
    WorkingKey,
    encoded,
    holder_file,
    read,
)
from crosscheck.wholefile import private_folder, sync_folder, write_new, write_whole

__all__ = [
    "Hardness", "Holder", "KeyFileDamaged", "KeyFileNotWritten", "KeyringExists", "KeyringMissing", "PassphraseMissing",
    "PrivateKey", "PublicKey", "RecoveryCodeMistyped", "StationSecretMissing", "WeakPassphrase", "WorkingKey",
    "WorkingKeyMissing", "WrongPassphrase", "WrongRecoveryCode", "change_passphrase", "create", "destroy_working_key",
    "keyed", "new_working_key", "public_keys", "recovery_text", "reset_passphrase", "station_secret", "unlock",
    "unlock_with_recovery", "working_key",
]  # fmt: skip

LEAST_PASSPHRASE = 8
_LEAST_DISTINCT = 4
_STATION, _WORKING = "station.secret", "working"


class KeyringExists(CrosscheckError):
    number = 4501
    exit = Exit.KEY
    sentence = "There is already a keyring in {folder}."
    remedy = "Use it. A new one would not open what was sealed for the old one; move the folder away if you are sure."


class WrongPassphrase(CrosscheckError):
    number = 4503
    exit = Exit.KEY
    sentence = "The passphrase does not open the key of the {holder}."
    remedy = "Check the keyboard layout and Caps Lock and type it again, or use the recovery code."


class WeakPassphrase(CrosscheckError):
    number = 4504
    exit = Exit.KEY
    sentence = "The passphrase of the {holder} is too weak."
    remedy = "Use {least} characters or more, {distinct} of them different; several words are best."


class PassphraseMissing(CrosscheckError):
    number = 4505
    exit = Exit.KEY
    sentence = "No passphrase was given for: {holders}."
    remedy = "Each of the three holders of keys types a passphrase of their own."


class RecoveryCodeMistyped(CrosscheckError):
    number = 4506
    exit = Exit.KEY
    sentence = "The recovery code of the {holder} is mistyped: its length or its check character is wrong."
    remedy = "Compare it with the recovery sheet group by group and type it again."


class WrongRecoveryCode(CrosscheckError):
    number = 4507
    exit = Exit.KEY
    sentence = "The recovery code does not open the key of the {holder}."
    remedy = "Take the recovery sheet that was printed with this keyring, and the line of this holder."


class StationSecretMissing(CrosscheckError):
    number = 4508
    exit = Exit.KEY
    sentence = "There is no usable station secret in {folder}."
    remedy = "Copy station.secret from the station where the keyring was created: a new one would change all numbers."


class WorkingKeyMissing(CrosscheckError):
    number = 4509
    exit = Exit.KEY
    sentence = "This station has no working key for batch {batch}."
    remedy = "The batch is settled or was scanned at another station: only the district key opens its originals."


class KeyFileNotWritten(CrosscheckError):
    number = 4510
    exit = Exit.KEY
    sentence = "The key file {file} could not be written: {cause}."
    remedy = "Free some space or check who may write to the folder of keys, then run the command again."


# --- holders ------------------------------------------------------------------------------------


def create(folder: Path, passphrases: Mapping[Holder, str], hardness: Hardness | None = None) -> Mapping[Holder, str]:
    """Make the keyring, all of it or nothing; the recovery code of each holder, shown only now.

    E4501 when there is one already, E4504 and E4505 for the passphrases, E4510 when the disk refuses.
    """
    if missing := [holder.value for holder in Holder if holder not in passphrases]:
        raise PassphraseMissing(holders=", ".join(missing))
    for holder in Holder:
        _refuse_weak(holder, passphrases[holder])
    if (folder / HOLDERS).exists():
        raise KeyringExists(folder=folder)
    codes = {holder: recovery.new_code() for holder in Holder}
    entries = [_new_entry(holder, passphrases[holder], codes[holder], hardness or Hardness()) for holder in Holder]
    try:
        _write_keyring(folder, entries)
    except OSError as trouble:
        if (folder / HOLDERS).exists():  # another process was faster
            raise KeyringExists(folder=folder) from trouble
        raise _not_written(folder / HOLDERS, trouble) from trouble
    return codes


def public_keys(folder: Path) -> Mapping[Holder, PublicKey]:
    """The public keys of all holders: no passphrase needed. E4500, E4502."""
    return {holder: read(folder, holder).public for holder in Holder}


def unlock(folder: Path, holder: Holder, passphrase: str) -> PrivateKey:
    """The holder's private key. E4503 when the passphrase is not the right one."""
    entry = read(folder, holder)
    wrapping = _from_passphrase(passphrase, entry.passphrase.salt, entry.hardness)
    try:
        raw = _unwrap(entry.public, "passphrase", entry.passphrase, wrapping)
    except InvalidTag:
        raise WrongPassphrase(holder=holder.value) from None
    return _matching(folder, entry.public, raw)


def unlock_with_recovery(folder: Path, holder: Holder, code: str) -> PrivateKey:
    """The holder's private key by the code on the recovery sheet. E4506 when mistyped, E4507 when it is another's."""
    entry = read(folder, holder)
    secret = recovery.secret_of(code)
    if secret is None:
        raise RecoveryCodeMistyped(holder=holder.value)
    try:
        raw = _unwrap(entry.public, "recovery", entry.recovery, _from_code(secret, entry.recovery.salt))
    except InvalidTag:
        raise WrongRecoveryCode(holder=holder.value) from None
    return _matching(folder, entry.public, raw)


def change_passphrase(folder: Path, holder: Holder, old: str, new: str, hardness: Hardness | None = None) -> None:
    """Give the same key another passphrase; the recovery code stays good. E4503, E4504, E4510."""
    _rewrap(folder, unlock(folder, holder, old), new, hardness)


def reset_passphrase(folder: Path, holder: Holder, code: str, new: str, hardness: Hardness | None = None) -> None:
    """Give the same key another passphrase by the recovery code, which stays good. E4504, E4506, E4507, E4510."""
    _rewrap(folder, unlock_with_recovery(folder, holder, code), new, hardness)


def recovery_text(codes: Mapping[Holder, str]) -> str:
    """The recovery sheet as plain text, to be printed once and locked away."""
    return recovery.sheet({holder.value: code for holder, code in codes.items()})


def _rewrap(folder: Path, key: PrivateKey, new: str, hardness: Hardness | None) -> None:
    _refuse_weak(key.holder, new)
    old, hard = read(folder, key.holder), hardness or Hardness()
    slot = _passphrase_slot(old.public, key.raw, new, hard)
    path = holder_file(folder, key.holder)
    try:
        write_whole(path, encoded(Entry(old.public, hard, slot, old.recovery)))
    except OSError as trouble:
        raise _not_written(path, trouble) from trouble


def _refuse_weak(holder: Holder, passphrase: str) -> None:
    normal = _normal(passphrase)
    if len(normal) < LEAST_PASSPHRASE or len(set(normal)) < _LEAST_DISTINCT:
        raise WeakPassphrase(holder=holder.value, least=LEAST_PASSPHRASE, distinct=_LEAST_DISTINCT)


def _normal(passphrase: str) -> str:
    # One system types "й" as one character, another as two; blanks at the ends come from copying.
    return unicodedata.normalize("NFC", passphrase).strip()


def _new_entry(holder: Holder, passphrase: str, code: str, hardness: Hardness) -> Entry:
    private = X25519PrivateKey.generate()
    raw = private.private_bytes_raw()
    public = PublicKey(holder, private.public_key().public_bytes_raw())
    secret = recovery.secret_of(code)
    assert secret is not None, "a code just made is well formed"
    salt = secrets.token_bytes(SALT_BYTES)
    by_code = _wrap(public, "recovery", salt, _from_code(secret, salt), raw)
    return Entry(public, hardness, _passphrase_slot(public, raw, passphrase, hardness), by_code)


def _passphrase_slot(public: PublicKey, raw: bytes, passphrase: str, hardness: Hardness) -> Slot:
    salt = secrets.token_bytes(SALT_BYTES)
    return _wrap(public, "passphrase", salt, _from_passphrase(passphrase, salt, hardness), raw)


def _from_passphrase(passphrase: str, salt: bytes, hard: Hardness) -> bytes:
    typed = _normal(passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(typed, salt, hard.passes, hard.memory_kib, hard.lanes, KEY_BYTES, Type.ID)


def _from_code(secret: bytes, salt: bytes) -> bytes:
    # 160 random bits can't be guessed: a plain keyed hash is enough and slowness would add nothing.
    return hmac.digest(salt, b"crosscheck recovery 1" + secret, "sha256")


def _bound(public: PublicKey, slot: str) -> bytes:
    return f"crosscheck key {VERSION} {public.holder.value} {slot} {public.raw.hex()}".encode()


def _wrap(public: PublicKey, slot: str, salt: bytes, wrapping: bytes, raw: bytes) -> Slot:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Slot(salt, nonce, AESGCM(wrapping).encrypt(nonce, raw, _bound(public, slot)))


def _unwrap(public: PublicKey, name: str, slot: Slot, wrapping: bytes) -> bytes:
    return AESGCM(wrapping).decrypt(slot.nonce, slot.wrapped, _bound(public, name))


def _matching(folder: Path, public: PublicKey, raw: bytes) -> PrivateKey:
    if X25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw() != public.raw:
        raise KeyFileDamaged(file=holder_file(folder, public.holder))
    return PrivateKey(public.holder, raw)


def _write_keyring(folder: Path, entries: list[Entry]) -> None:
    private_folder(folder)
    if os.name != "nt":  # it may have been there, open to all
        folder.chmod(0o700)
    with contextlib.suppress(FileExistsError):  # kept when an earlier attempt got this far
        write_new(folder / _STATION, secrets.token_bytes(KEY_BYTES))
    making = folder / f"{HOLDERS}.{secrets.token_hex(8)}"
    try:
        private_folder(making)
        for entry in entries:
            write_whole(making / f"{entry.public.holder.value}.json", encoded(entry))
        os.rename(making, folder / HOLDERS)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    sync_folder(folder)


def _not_written(path: Path, trouble: OSError) -> KeyFileNotWritten:
    return KeyFileNotWritten(file=path, cause=trouble.strerror or trouble)


# --- the station --------------------------------------------------------------------------------


def station_secret(folder: Path) -> bytes:
    """32 bytes, the same at every station of one ledger. E4508: never made anew, or all numbers would change."""
    try:
        secret = (folder / _STATION).read_bytes()
    except OSError as trouble:
        raise StationSecretMissing(folder=folder) from trouble
    if len(secret) != KEY_BYTES:
        raise StationSecretMissing(folder=folder)
    return secret


def keyed(secret: bytes, domain: str, data: bytes | str) -> str:
    """64 hex characters that nobody without `secret` can compute or reverse (HMAC-SHA256).

    `domain` says what the hash is for: the same data in two domains have unrelated hashes. Text counts as its UTF-8.
    """
    raw = data.encode() if isinstance(data, str) else data
    purpose = domain.encode()
    # The length in front keeps ("ab", "c") and ("a", "bc") apart.
    return hmac.digest(secret, len(purpose).to_bytes(4, "big") + purpose + raw, "sha256").hex()


def label_key(folder: Path) -> bytes:
    """What the labels of this ledger's printed paper are signed with: paper of another ledger doesn't verify. E4508."""
    return bytes.fromhex(keyed(station_secret(folder), "labels", b""))


def new_working_key(folder: Path, batch: str) -> WorkingKey:
    """The station's key for a new batch; the one there is when the batch is run again. E4510."""
    path = _working_file(folder, batch)
    try:
        private_folder(path.parent)
        write_new(path, secrets.token_bytes(KEY_BYTES))
    except FileExistsError:
        return working_key(folder, batch)
    except OSError as trouble:
        raise _not_written(path, trouble) from trouble
    return working_key(folder, batch)


def working_key(folder: Path, batch: str) -> WorkingKey:
    """The station's key for a batch that is not settled yet. E4509 when there is none, E4502 when it is damaged."""
    path = _working_file(folder, batch)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise WorkingKeyMissing(batch=batch) from None
    except OSError as trouble:
        raise KeyFileDamaged(file=path) from trouble
    if raw == bytes(KEY_BYTES):  # killed while it was being destroyed
        raise WorkingKeyMissing(batch=batch)
    if len(raw) != KEY_BYTES:
        raise KeyFileDamaged(file=path)
    return WorkingKey(batch, raw)


def has_working_key(folder: Path, batch: str) -> bool:
    """Whether this station can open the originals of a batch: not with a key whose destruction was begun."""
    path = _working_file(folder, batch)
    try:
        return path.stat().st_size != KEY_BYTES or path.read_bytes() != bytes(KEY_BYTES)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # it is there: whoever reads it is told what is wrong with it


def destroy_working_key(folder: Path, batch: str) -> None:
    """Overwrite and remove the key of a settled batch; harmless when it is gone. E4510 when the disk refuses.

    Overwriting may not reach the cells of a solid-state disk: the wraps for this key are to be deleted as well.
    """
    path = _working_file(folder, batch)
    try:
        with path.open("r+b") as file:
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileNotFoundError:
        return
    except OSError as trouble:
        raise _not_written(path, trouble) from trouble


def _working_file(folder: Path, batch: str) -> Path:
    # A batch may be called anything; a file can't.
    return folder / _WORKING / f"{hashlib.sha256(batch.encode()).hexdigest()[:32]}.key"
