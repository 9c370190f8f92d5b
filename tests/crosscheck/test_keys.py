"""The keyring, the station's secret and working keys."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from crosscheck import keys
from crosscheck.keys import Hardness, Holder

EASY = Hardness(passes=1, memory_kib=8, lanes=1)
WORDS = {
    Holder.DISTRICT: "белый клён у реки",
    Holder.ORGANISER: "seven quiet lamps",
    Holder.COORDINATOR: "синий чайник 1979",
}


def made(folder: Path) -> dict[Holder, str]:
    return dict(keys.create(folder, WORDS, EASY))


def test_each_holder_unlocks_their_own_key(tmp_path: Path) -> None:
    """A passphrase opens its holder's key, the keys differ, and none opens with another's words."""
    made(tmp_path)
    unlocked = [keys.unlock(tmp_path, holder, words) for holder, words in WORDS.items()]
    assert [key.holder for key in unlocked] == list(WORDS)
    assert len({key.raw for key in unlocked}) == 3
    with pytest.raises(keys.WrongPassphrase, match=r"E4503.*coordinator"):
        keys.unlock(tmp_path, Holder.COORDINATOR, WORDS[Holder.DISTRICT])


def test_the_recovery_code_unwraps_the_same_key(tmp_path: Path) -> None:
    """The printed code gives exactly the key that the passphrase gives."""
    codes = made(tmp_path)
    for holder, words in WORDS.items():
        assert keys.unlock_with_recovery(tmp_path, holder, codes[holder]) == keys.unlock(tmp_path, holder, words)


def test_a_wrong_recovery_code_says_what_is_wrong(tmp_path: Path) -> None:
    """A mistyped code and the code of another holder are different errors."""
    codes = made(tmp_path)
    with pytest.raises(keys.RecoveryCodeMistyped):
        keys.unlock_with_recovery(tmp_path, Holder.DISTRICT, codes[Holder.DISTRICT][:-3])
    with pytest.raises(keys.WrongRecoveryCode):
        keys.unlock_with_recovery(tmp_path, Holder.DISTRICT, codes[Holder.ORGANISER])


def test_both_ways_of_typing_a_letter_are_one(tmp_path: Path) -> None:
    """A passphrase typed where й is two characters, or copied with a blank, is the same passphrase."""
    made(tmp_path)
    keys.unlock(tmp_path, Holder.COORDINATOR, " синий чайник 1979".replace("й", "и\u0306"))


def test_a_changed_passphrase_keeps_key_and_recovery_code(tmp_path: Path) -> None:
    """After a change only the new words open the same key; the printed code stays good."""
    codes, old = made(tmp_path), WORDS[Holder.ORGANISER]
    key = keys.unlock(tmp_path, Holder.ORGANISER, old)
    keys.change_passphrase(tmp_path, Holder.ORGANISER, old, "another lamp post", EASY)
    assert keys.unlock(tmp_path, Holder.ORGANISER, "another lamp post") == key
    assert keys.unlock_with_recovery(tmp_path, Holder.ORGANISER, codes[Holder.ORGANISER]) == key
    with pytest.raises(keys.WrongPassphrase):
        keys.unlock(tmp_path, Holder.ORGANISER, old)


def test_a_forgotten_passphrase_is_reset_by_the_code(tmp_path: Path) -> None:
    """The recovery code sets new words for the same key."""
    codes = made(tmp_path)
    key = keys.unlock(tmp_path, Holder.DISTRICT, WORDS[Holder.DISTRICT])
    keys.reset_passphrase(tmp_path, Holder.DISTRICT, codes[Holder.DISTRICT], "remembered now", EASY)
    assert keys.unlock(tmp_path, Holder.DISTRICT, "remembered now") == key


@pytest.mark.parametrize("weak", ["", "1234567", "aaaaaaaaaaaa", "       7      ", "1111 2222"])
def test_weak_passphrases_are_refused(tmp_path: Path, weak: str) -> None:
    """Short and monotonous words are refused before anything is written, and at a change."""
    with pytest.raises(keys.WeakPassphrase, match="organiser"):
        keys.create(tmp_path / "keys", {**WORDS, Holder.ORGANISER: weak}, EASY)
    assert not (tmp_path / "keys").exists()
    made(tmp_path)
    with pytest.raises(keys.WeakPassphrase):
        keys.change_passphrase(tmp_path, Holder.ORGANISER, WORDS[Holder.ORGANISER], weak, EASY)


def test_every_holder_needs_a_passphrase(tmp_path: Path) -> None:
    """A keyring with a holder missing is not made; the error names who is missing."""
    with pytest.raises(keys.PassphraseMissing, match="organiser, coordinator"):
        keys.create(tmp_path / "keys", {Holder.DISTRICT: WORDS[Holder.DISTRICT]}, EASY)


def test_a_keyring_is_never_replaced(tmp_path: Path) -> None:
    """Creating again is refused and changes nothing."""
    made(tmp_path)
    before = keys.public_keys(tmp_path)
    with pytest.raises(keys.KeyringExists):
        made(tmp_path)
    assert keys.public_keys(tmp_path) == before


def test_a_missing_keyring_is_said(tmp_path: Path) -> None:
    """Without a keyring there are neither public keys nor a station secret."""
    with pytest.raises(keys.KeyringMissing):
        keys.public_keys(tmp_path)
    with pytest.raises(keys.StationSecretMissing):
        keys.station_secret(tmp_path)


def test_a_full_disk_leaves_no_half_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the third file can't be written no holder has a key, and it can be tried again."""
    real, calls = os.replace, []

    def full(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(keys.KeyFileNotWritten, match="No space left"):
        made(tmp_path)
    monkeypatch.undo()
    assert {path.name for path in tmp_path.iterdir()} <= {"station.secret"}
    secret = keys.station_secret(tmp_path)
    made(tmp_path)
    assert keys.station_secret(tmp_path) == secret


def test_an_altered_key_file_never_gives_a_key(tmp_path: Path) -> None:
    """Any field altered is refused: unlocking gives an error, not a key."""
    made(tmp_path)
    path = tmp_path / "holders" / "district.json"
    whole = json.loads(path.read_text())
    other = json.loads((tmp_path / "holders" / "organiser.json").read_text())
    monstrous = {"passes": 1, "memory_kib": 2**40, "lanes": 1}
    for change in (
        {"public": other["public"]},
        {"passphrase": other["passphrase"]},
        {"holder": "organiser"},
        {"version": 2},
        {"argon2id": monstrous},
        {"argon2id": {"passes": 1.0, "memory_kib": 8, "lanes": 1}},
        {"argon2id": {"passes": 2, "memory_kib": 8, "lanes": 1}},
        {"public": "00"},
        {"passphrase": None},
    ):
        path.write_text(json.dumps({**whole, **change}))
        with pytest.raises((keys.KeyFileDamaged, keys.WrongPassphrase)):
            keys.unlock(tmp_path, Holder.DISTRICT, WORDS[Holder.DISTRICT])
    path.write_text("[1")
    with pytest.raises(keys.KeyFileDamaged, match=r"district\.json"):
        keys.public_keys(tmp_path)


def test_nothing_secret_is_in_the_files_or_shown(tmp_path: Path) -> None:
    """Neither private keys nor words nor codes are in the files, and keys don't print themselves."""
    codes = made(tmp_path)
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    for holder, words in WORDS.items():
        key = keys.unlock(tmp_path, holder, words)
        assert key.raw.hex().encode() not in files
        assert words.encode() not in files
        assert codes[holder].encode() not in files
        assert repr(key.raw) not in repr(key)
        assert key.raw.hex() not in repr(key)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    """Folders are 0700 and files 0600, even when the folder was there and open."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o755)
    made(folder)
    keys.new_working_key(folder, "b1")
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_recovery_sheet_has_all_codes(tmp_path: Path) -> None:
    """What is printed carries the code of each holder."""
    codes = made(tmp_path)
    text = keys.recovery_text(codes)
    assert all(code in text and holder.value in text for holder, code in codes.items())


def test_the_station_secret_stays_the_same(tmp_path: Path) -> None:
    """32 random bytes, the same each time, different elsewhere; a damaged one is refused, not replaced."""
    made(tmp_path / "a")
    made(tmp_path / "b")
    secret = keys.station_secret(tmp_path / "a")
    assert len(secret) == 32
    assert secret == keys.station_secret(tmp_path / "a") != keys.station_secret(tmp_path / "b")
    (tmp_path / "a" / "station.secret").write_bytes(b"short")
    with pytest.raises(keys.StationSecretMissing):
        keys.station_secret(tmp_path / "a")


def test_keyed_hashes_are_separate_by_secret_domain_and_data() -> None:
    """Changing any of the three changes the hash, and so does moving a letter between domain and data."""
    base = keys.keyed(b"s" * 32, "ab", "c")
    assert base == keys.keyed(b"s" * 32, "ab", b"c")
    others = {keys.keyed(b"t" * 32, "ab", "c"), keys.keyed(b"s" * 32, "a", "bc"), keys.keyed(b"s" * 32, "ab", "d")}
    assert len(others | {base}) == 4
    assert len(base) == 64
    assert int(base, 16) > 0


def test_a_working_key_lives_until_it_is_destroyed(tmp_path: Path) -> None:
    """Made once per batch, the same on a re-run, gone after destruction, which may be done twice."""
    key = keys.new_working_key(tmp_path, "б-1/утро")
    assert key == keys.new_working_key(tmp_path, "б-1/утро") == keys.working_key(tmp_path, "б-1/утро")
    assert key.raw != keys.new_working_key(tmp_path, "b2").raw
    keys.destroy_working_key(tmp_path, "б-1/утро")
    keys.destroy_working_key(tmp_path, "б-1/утро")
    with pytest.raises(keys.WorkingKeyMissing, match="б-1/утро"):
        keys.working_key(tmp_path, "б-1/утро")
    assert keys.working_key(tmp_path, "b2").batch == "b2"


def test_a_half_destroyed_working_key_is_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between overwriting and removing: the zeros are never used as a key, and destroying ends it."""
    keys.new_working_key(tmp_path, "b1")

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(keys.KeyFileNotWritten):
        keys.destroy_working_key(tmp_path, "b1")
    monkeypatch.undo()
    assert not keys.has_working_key(tmp_path, "b1")
    with pytest.raises(keys.WorkingKeyMissing):
        keys.working_key(tmp_path, "b1")
    keys.destroy_working_key(tmp_path, "b1")
    assert list((tmp_path / "working").iterdir()) == []


def test_a_cut_working_key_is_damaged(tmp_path: Path) -> None:
    """A file of the wrong length is refused."""
    keys.new_working_key(tmp_path, "b1")
    (file,) = (tmp_path / "working").iterdir()
    file.write_bytes(b"short")
    with pytest.raises(keys.KeyFileDamaged):
        keys.working_key(tmp_path, "b1")
