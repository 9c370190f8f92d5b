"""Sealed records and who may open them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import vault
from crosscheck.blobs import BlobStore
from crosscheck.keys import Holder, PrivateKey, PublicKey, WorkingKey, keyed
from crosscheck.model import BlobId
from crosscheck.vault import Part, Purpose, RecordId, RecordKind, Sealed, Wrap, open_sealed, seal, seal_repeatably


def pair(holder: Holder) -> tuple[PublicKey, PrivateKey]:
    private = X25519PrivateKey.generate()
    return PublicKey(holder, private.public_key().public_bytes_raw()), PrivateKey(holder, private.private_bytes_raw())


PUBLIC: dict[Holder, PublicKey] = {}
PRIVATE: dict[Holder, PrivateKey] = {}
for _holder in Holder:
    PUBLIC[_holder], PRIVATE[_holder] = pair(_holder)
WORKING = WorkingKey("b1", bytes(range(32)))
SECRET = b"s" * 32
R1 = RecordId("r1")


def original(data: bytes = b"scan") -> Sealed:
    return seal(R1, RecordKind.ORIGINAL, data, [PUBLIC[Holder.DISTRICT], WORKING])


@settings(max_examples=25)
@given(data=st.binary(max_size=200), record=st.text(max_size=20))
def test_every_recipient_opens_what_was_sealed(data: bytes, record: str) -> None:
    """The district and the station get exactly the bytes that went in, whatever the record is called."""
    sealed = seal(RecordId(record), RecordKind.ORIGINAL, data, [PUBLIC[Holder.DISTRICT], WORKING])
    assert open_sealed(sealed, PRIVATE[Holder.DISTRICT], Purpose.INGEST) == data
    assert open_sealed(sealed, WORKING, Purpose.REDACT) == data


OPENS = {
    "original": {"ingest", "redact", "leak_check", "settle"},
    "file_name": {"ingest", "redact", "leak_check", "settle"},
    "index_secret": {"register"},
    "work_origin": {"register", "allocate", "adjudicate", "remark", "appeal"},
    "expert_origin": {"register", "allocate", "adjudicate", "remark", "appeal", "conflicts"},
    "conflict": {"register", "allocate", "adjudicate", "remark", "appeal", "conflicts"},
    "school_pairs": {"register", "allocate", "adjudicate", "remark", "appeal"},
    "last_year": {"register", "allocate", "adjudicate", "remark", "appeal"},
    "distances": {"register", "allocate", "adjudicate", "remark", "appeal"},
    "marked_at": {"register", "allocate", "adjudicate", "remark", "appeal"},
    "allocation": {"register", "allocate", "adjudicate", "remark", "appeal"},
    "conflict_note": {"register", "release", "publish", "conflicts"},
    "school": {"register", "release", "publish", "conflicts"},
    "class_set": {"register", "release", "publish", "conflicts"},
    "participant": {"register", "release", "publish"},
    "listed": {"publish"},
    "pupil": {"register", "release", "publish"},
    "other_marks": {"publish"},
    "observer": {"organise"},
    "expert_name": {"register", "print", "release", "publish", "identity", "conflicts"},
    "identity": {"register", "identity"},
}


def test_the_table_is_the_one_in_the_design() -> None:
    """Kind by kind, exactly these purposes open it: written out here a second time on purpose."""
    table = {kind.value: {p.value for p in Purpose if vault.may_open(p, kind)} for kind in RecordKind}
    assert table == OPENS


@pytest.mark.parametrize("kind", RecordKind)
@pytest.mark.parametrize("purpose", Purpose)
def test_opening_obeys_the_table(kind: RecordKind, purpose: Purpose) -> None:
    """With the right key in hand a purpose that is not in the table is still refused."""
    holder = vault.HOLDER_OF[vault.PART_OF[kind]]
    sealed = seal(R1, kind, b"x", [PUBLIC[holder]])
    if purpose.value in OPENS[kind.value]:
        assert open_sealed(sealed, PRIVATE[holder], purpose) == b"x"
    else:
        with pytest.raises(vault.PurposeRefused, match="E4520"):
            open_sealed(sealed, PRIVATE[holder], purpose)


@pytest.mark.parametrize("kind", RecordKind)
def test_a_part_is_sealed_for_its_own_holder_only(kind: RecordKind) -> None:
    """No key that must not open a part ever gets a wrap of it; stations get originals only."""
    part = vault.PART_OF[kind]
    right = vault.HOLDER_OF[part]
    everyone: list[vault.Recipient] = [*PUBLIC.values(), WORKING]
    for recipient in everyone:
        fits = part is Part.ORIGINALS if isinstance(recipient, WorkingKey) else recipient.holder is right
        if fits:
            assert seal(R1, kind, b"x", [recipient]).wraps[0].holder == vault.holder_name(recipient)
        else:
            with pytest.raises(vault.RecipientRefused):
                seal(R1, kind, b"x", [PUBLIC[right], recipient])


def test_sealing_for_nobody_is_refused() -> None:
    """A record without recipients would be lost."""
    with pytest.raises(ValueError, match="nobody"):
        seal(R1, RecordKind.ORIGINAL, b"x", [])


def _flipped(data: bytes, bit: int) -> bytes:
    place = bit // 8 % len(data)
    return data[:place] + bytes([data[place] ^ 1 << bit % 8]) + data[place + 1 :]


@settings(max_examples=60)
@given(bit=st.integers(0, 2000), where=st.sampled_from(["ciphertext", "nonce", "district", "station"]))
def test_every_flipped_bit_is_refused(bit: int, where: str) -> None:
    """One bit of ciphertext, nonce or wrap: refused with the record's name, never other bytes."""
    sealed = original()
    key = PRIVATE[Holder.DISTRICT] if where == "district" else WORKING
    if where == "ciphertext":
        sealed = replace(sealed, ciphertext=_flipped(sealed.ciphertext, bit))
    elif where == "nonce":
        sealed = replace(sealed, nonce=_flipped(sealed.nonce, bit))
    else:
        sealed = replace(sealed, wraps=tuple(Wrap(w.holder, _flipped(w.wrapped, bit)) for w in sealed.wraps))
    with pytest.raises(vault.RecordAltered, match="r1"):
        open_sealed(sealed, key, Purpose.INGEST)


@pytest.mark.parametrize("size", [0, 1, 12, 13, 33, 44])
def test_cut_wraps_and_ciphertexts_are_refused(size: int) -> None:
    """Something cut short is altered, not a crash."""
    sealed = original()
    cut = replace(sealed, wraps=tuple(Wrap(w.holder, w.wrapped[:size]) for w in sealed.wraps))
    for key in (PRIVATE[Holder.DISTRICT], WORKING):
        with pytest.raises(vault.RecordAltered):
            open_sealed(cut, key, Purpose.INGEST)
    with pytest.raises(vault.RecordAltered):
        open_sealed(replace(sealed, ciphertext=sealed.ciphertext[: size % 16]), WORKING, Purpose.INGEST)


def test_swapped_ids_kinds_and_wraps_are_refused() -> None:
    """A record can't pass for another one, nor for another kind, nor be opened by another record's wraps."""
    one = original(b"one")
    two = seal(RecordId("r2"), RecordKind.ORIGINAL, b"two", [PUBLIC[Holder.DISTRICT], WORKING])
    for forged in (
        replace(one, record=RecordId("r2")),
        replace(one, kind=RecordKind.FILE_NAME),
        replace(one, wraps=two.wraps),
        replace(one, ciphertext=two.ciphertext),
        replace(one, ciphertext=two.ciphertext, wraps=two.wraps),
        replace(one, wraps=(Wrap("district", one.wraps[1].wrapped), Wrap("batch:b1", one.wraps[0].wrapped))),
    ):
        for key in (PRIVATE[Holder.DISTRICT], WORKING):
            with pytest.raises(vault.RecordAltered):
                open_sealed(forged, key, Purpose.INGEST)


def test_another_key_of_the_same_holder_is_refused() -> None:
    """A keyring of another ledger has a district key too: it opens nothing here."""
    with pytest.raises(vault.RecordAltered, match="folder of keys"):
        open_sealed(original(), pair(Holder.DISTRICT)[1], Purpose.INGEST)
    with pytest.raises(vault.RecordAltered):
        open_sealed(original(), WorkingKey("b1", b"x" * 32), Purpose.INGEST)


def test_erased_and_not_for_you_are_different_answers() -> None:
    """Without any wrap a record is erased; without one's own, the error names who can open it."""
    sealed = original()
    with pytest.raises(vault.RecordErased, match="E4521"):
        open_sealed(replace(sealed, wraps=()), WORKING, Purpose.INGEST)
    settled = replace(sealed, wraps=tuple(wrap for wrap in sealed.wraps if wrap.holder != vault.holder_name(WORKING)))
    with pytest.raises(vault.KeyNotARecipient, match="only with: district"):
        open_sealed(settled, WORKING, Purpose.INGEST)
    assert open_sealed(settled, PRIVATE[Holder.DISTRICT], Purpose.SETTLE) == b"scan"


def test_the_same_text_never_seals_the_same_twice() -> None:
    """Equal rows can't be told by their ciphertexts: each has a fresh key."""
    assert original().ciphertext != original().ciphertext


def test_a_repeatable_seal_is_the_same_ciphertext_and_other_wraps() -> None:
    """Same original, same bytes of the file; other records, kinds, texts and secrets differ."""

    def made(secret: bytes = SECRET, record: str = "r1", text: bytes = b"scan") -> Sealed:
        return seal_repeatably(secret, RecordId(record), RecordKind.ORIGINAL, text, [PUBLIC[Holder.DISTRICT], WORKING])

    one, again = made(), made()
    assert vault.pack(one) == vault.pack(again)
    assert one.wraps != again.wraps
    others = [made(secret=b"t" * 32), made(record="r2"), made(text=b"scam")]
    assert len({one.ciphertext, *(other.ciphertext for other in others)}) == 4
    assert open_sealed(one, PRIVATE[Holder.DISTRICT], Purpose.INGEST) == b"scan"


def test_wraps_of_a_second_run_open_the_file_of_the_first(tmp_path: Path) -> None:
    """A crash between storing an original and recording its wraps loses nothing."""
    store, scan = BlobStore(tmp_path), bytes(range(256)) * 1200
    address = BlobId(keyed(SECRET, "original", scan))

    def run() -> tuple[Wrap, ...]:
        sealed = seal_repeatably(SECRET, R1, RecordKind.ORIGINAL, scan, [PUBLIC[Holder.DISTRICT], WORKING])
        store.put_as(address, vault.pack(sealed))
        return sealed.wraps

    first, second = run(), run()
    assert list(store) == [address]
    for wraps in (first, second):
        assert open_sealed(vault.unpack(store.get(address), wraps), WORKING, Purpose.REDACT) == scan


def test_a_container_keeps_everything_but_the_wraps() -> None:
    """Packed and unpacked with its wraps a record is the same; the file alone is an erased record."""
    sealed = original("скан".encode())
    assert vault.unpack(vault.pack(sealed), sealed.wraps) == sealed
    assert vault.unpack(vault.pack(sealed), ()).wraps == ()
    assert b"scan" not in vault.pack(original())


@settings(max_examples=40)
@given(end=st.integers(0, 60))
def test_a_cut_container_never_opens(end: int) -> None:
    """Cut anywhere, a file is either not a container or an altered record."""
    sealed = original()
    whole = vault.pack(sealed)
    with pytest.raises((vault.ContainerUnreadable, vault.RecordAltered)):
        open_sealed(vault.unpack(whole[: min(end, len(whole) - 1)], sealed.wraps), WORKING, Purpose.INGEST)


@pytest.mark.parametrize("start", [b"", b"%PDF-1.7", b"XCSEALED\x02", b"XCSEALED\x01\x00\x01r\x00\x02zz"])
def test_what_is_no_container_is_said(start: bytes) -> None:
    """Other files, other versions and unknown kinds are refused with a number."""
    with pytest.raises(vault.ContainerUnreadable, match="E4524"):
        vault.unpack(start + bytes(100), ())


def _difference(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def test_no_two_texts_share_a_key() -> None:
    """Two texts of one record never meet the same key stream, or their difference could be read off the ciphertexts."""
    texts = (b"school 0417, class 5A", b"school 0951, class 6B")
    body, to = len(texts[0]), [PUBLIC[Holder.DISTRICT]]
    for one, other in (
        [seal(R1, RecordKind.ORIGINAL, text, to).ciphertext[:body] for text in texts],
        [seal_repeatably(SECRET, R1, RecordKind.ORIGINAL, text, to).ciphertext[:body] for text in texts],
    ):
        assert _difference(one, other) != _difference(*texts)
