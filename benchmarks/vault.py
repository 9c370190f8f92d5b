"""How long sealing takes: short rows and originals, against AES-256-GCM under one key for all.

Run `python -m benchmarks.vault`: prints its figures as JSON.
"""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crosscheck.blobs import BlobStore
from crosscheck.keys import Hardness, Holder, PrivateKey, PublicKey, WorkingKey, create, keyed, unlock
from crosscheck.model import BlobId
from crosscheck.vault import Purpose, RecordId, RecordKind, Sealed, open_sealed, pack, seal, seal_repeatably, unpack

ROWS = 20_000
ORIGINALS = 20
ORIGINAL_BYTES = 1_000_000
T = TypeVar("T")
Figure = dict[str, object]


def rows() -> list[Figure]:
    """The figures: name, value, unit, n, what it is compared to, and the ratio to that."""
    return [*_short_rows(), *_originals(), *_passphrase()]


def _short_rows() -> list[Figure]:
    private = X25519PrivateKey.generate()
    public = PublicKey(Holder.COORDINATOR, private.public_key().public_bytes_raw())
    key = PrivateKey(Holder.COORDINATOR, private.private_bytes_raw())
    texts = [f"school {n % 90:04d}; class {n % 4}; participant {n:05d}".encode() for n in range(ROWS)]
    bare, bare_s = _timed(lambda: _bare(texts))
    sealed, seal_s = _timed(
        lambda: [seal(RecordId(f"r{n}"), RecordKind.PARTICIPANT, text, [public]) for n, text in enumerate(texts)]
    )
    opened, open_s = _timed(lambda: [open_sealed(one, key, Purpose.RELEASE) for one in sealed])
    if opened != texts or len(bare) != ROWS:
        raise AssertionError("what was opened is not what was sealed")
    beside = "AES-256-GCM, one key for all rows, not erasable"
    return [
        _figure("seal short rows for one holder", seal_s, "s", ROWS, beside, bare_s),
        _figure("open short rows", open_s, "s", ROWS, beside, bare_s),
    ]


def _bare(texts: list[bytes]) -> list[bytes]:
    cipher, wrapped = AESGCM(secrets.token_bytes(32)), []
    for text in texts:
        nonce = secrets.token_bytes(12)
        wrapped.append(cipher.encrypt(nonce, text, b"row"))
    return wrapped


def _originals() -> list[Figure]:
    private = X25519PrivateKey.generate()
    district = PublicKey(Holder.DISTRICT, private.public_key().public_bytes_raw())
    working, secret = WorkingKey("b1", secrets.token_bytes(32)), secrets.token_bytes(32)
    scans = [secrets.token_bytes(ORIGINAL_BYTES) for _ in range(ORIGINALS)]
    with tempfile.TemporaryDirectory() as name:
        plain, sealed_store = BlobStore(Path(name) / "plain"), BlobStore(Path(name) / "sealed")
        _, plain_s = _timed(lambda: [plain.put(scan) for scan in scans])

        def keep(n: int, scan: bytes) -> tuple[BlobId, Sealed]:
            sealed = seal_repeatably(secret, RecordId(f"o{n}"), RecordKind.ORIGINAL, scan, [district, working])
            address = BlobId(keyed(secret, "original", scan))
            sealed_store.put_as(address, pack(sealed))
            return address, sealed

        kept, seal_s = _timed(lambda: [keep(n, scan) for n, scan in enumerate(scans)])
        got, open_s = _timed(
            lambda: [
                open_sealed(unpack(sealed_store.get(at), sealed.wraps), working, Purpose.REDACT) for at, sealed in kept
            ]
        )
    if got != scans:
        raise AssertionError("what was opened is not what was sealed")
    per_ms = 1000 / ORIGINALS
    return [
        _figure(
            "seal and store an original of 1 MB", seal_s * per_ms, "ms", ORIGINALS, "stored plain", plain_s * per_ms
        ),
        _figure(
            "fetch and open an original of 1 MB", open_s * per_ms, "ms", ORIGINALS, "stored plain", plain_s * per_ms
        ),
    ]


def _passphrase() -> list[Figure]:
    words = dict.fromkeys(Holder, "seven quiet lamps")
    easy = Hardness(passes=1, memory_kib=8, lanes=1)
    with tempfile.TemporaryDirectory() as name:
        hard_folder, easy_folder = Path(name) / "hard", Path(name) / "easy"
        create(hard_folder, words)
        create(easy_folder, words, easy)
        _, hard_s = _timed(lambda: unlock(hard_folder, Holder.DISTRICT, words[Holder.DISTRICT]))
        _, easy_s = _timed(lambda: unlock(easy_folder, Holder.DISTRICT, words[Holder.DISTRICT]))
    return [_figure("unlock with a passphrase", hard_s, "s", 1, "the cheapest Argon2id", easy_s)]


def _timed(run: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    return run(), time.perf_counter() - started


def _figure(name: str, value: float, unit: str, n: int, beside: str, reference: float) -> Figure:
    ratio = round(value / reference, 2)
    return {"name": name, "value": round(value, 4), "unit": unit, "n": n, "compared_to": beside, "ratio": ratio}


if __name__ == "__main__":
    print(json.dumps(rows(), indent=1))
