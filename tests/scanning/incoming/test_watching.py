"""A hot folder: files are taken when they are complete, once for each content; time is the test's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanning.incoming import watching
from scanning.incoming.watching import (
    PATIENCE_S,
    QUIET_S,
    Clock,
    Handled,
    Look,
    Still,
    complete,
    ends_whole,
    follow,
    is_temporary,
)
from tests.scanning.files.test_tiffends import tiff

PDF = b"%PDF-1.4\n...\n%%EOF\n"


@dataclass
class Time:
    """A clock that moves when somebody sleeps; things happen at set moments."""

    events: Mapping[float, Callable[[], object]] = field(default_factory=dict)
    now: float = 100.0
    done: set[float] = field(default_factory=set)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for at, event in sorted(self.events.items()):
            if self.now >= 100.0 + at and at not in self.done:
                self.done.add(at)
                event()

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


def taken(folder: Path, time: Time, idle_s: float = 10.0) -> list[tuple[float, list[str]]]:
    """What is taken when, handled at once."""
    handled: dict[str, Handled] = {}
    found = []
    for portion in watching.watch(folder, lambda: handled, time.clock(), 1.0, idle_s):
        found.append((time.now - 100.0, [watching.name_of(folder, path) for path in portion]))
        for path in portion:
            seen = path.stat()
            name = watching.name_of(folder, path)
            handled[name] = Handled(name, seen.st_size, seen.st_mtime_ns, 1, "taken")
    return found


def test_a_file_is_taken_when_it_stood_still(tmp_path: Path) -> None:
    """And once only."""
    (tmp_path / "a.pdf").write_bytes(PDF)
    assert taken(tmp_path, Time()) == [(QUIET_S, ["a.pdf"])]


def test_a_file_that_grows_is_waited_for(tmp_path: Path) -> None:
    """Its time begins anew with every change, and it isn't taken before its end is there."""
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF[:8])
    time = Time({5: lambda: file.write_bytes(PDF[:12]), 20: lambda: file.write_bytes(PDF)})
    assert taken(tmp_path, time) == [(20 + QUIET_S, ["a.pdf"])]


def test_a_file_without_an_end_is_taken_after_a_long_while(tmp_path: Path) -> None:
    """It will be reported as damaged; left lying it would be lost in silence."""
    (tmp_path / "a.pdf").write_bytes(PDF[:12])
    (tmp_path / "b.pdf").write_bytes(b"")
    assert taken(tmp_path, Time()) == [(PATIENCE_S, ["a.pdf", "b.pdf"])]


def test_a_changed_file_is_a_new_one(tmp_path: Path) -> None:
    """The scanner used the same name for the next stack."""
    file = tmp_path / "scan.pdf"
    file.write_bytes(PDF)
    time = Time({6: lambda: file.write_bytes(PDF + b"another\n%%EOF\n")})
    assert [names for _at, names in taken(tmp_path, time)] == [["scan.pdf"], ["scan.pdf"]]


@pytest.mark.parametrize(
    "name", ["a.pdf.part", "A.TMP", "~$a.pdf", ".a.pdf", "a.pdf~", "a.crdownload", ".partial-1-ff", "~a.tif"]
)
def test_names_of_unfinished_files_are_passed_over(tmp_path: Path, name: str) -> None:
    """However long they lie there."""
    (tmp_path / name).write_bytes(PDF)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.pdf").write_bytes(PDF)
    assert is_temporary(name)
    assert [names for _at, names in taken(tmp_path, Time())] == [["sub/b.pdf"]]


def test_a_watch_ends_when_nothing_comes(tmp_path: Path) -> None:
    """Not while a file is still being written."""
    time = Time({8: lambda: (tmp_path / "late.pdf").write_bytes(PDF)})
    assert taken(tmp_path, time, idle_s=10) == [(8 + QUIET_S, ["late.pdf"])]
    assert time.now - 100 >= 8 + QUIET_S + 10


def test_a_file_that_was_not_handled_comes_again(tmp_path: Path) -> None:
    """For example because it changed while it was read."""
    (tmp_path / "a.pdf").write_bytes(PDF)
    time = Time()
    portions = watching.watch(tmp_path, dict, time.clock(), 1.0, 5.0)
    assert [path.name for path in next(portions)] == ["a.pdf"]
    assert [path.name for path in next(portions)] == ["a.pdf"]
    assert time.now - 100 >= 2 * QUIET_S


@settings(max_examples=40)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_only_a_still_file_is_complete(sizes: list[int]) -> None:
    """Whatever the looks were: it is complete exactly when the last change lies far enough back."""
    path, known = Path("a"), dict[Path, Still]()
    for second, size in enumerate(sizes):
        known = follow(known, {path: Look(size, 0, True)}, float(second))
    still_for = 0
    while still_for + 1 < len(sizes) and sizes[-still_for - 2] == sizes[-1]:
        still_for += 1
    wanted = QUIET_S if sizes[-1] else PATIENCE_S
    assert complete(known, float(len(sizes) - 1)) == ([path] if still_for >= wanted else [])


@pytest.mark.parametrize(
    ("head", "tail", "whole"),
    [
        (b"%PDF-1.7", b"x%%EOF", True),
        (b"\n%PDF-1.7", b"x", False),
        (b"\xff\xd8\xff", b"..\xff\xd9", True),
        (b"\xff\xd8\xff", b"..", False),
        (b"\x89PNG\r\n", b"IEND\xaeB`\x82", True),
        (b"\x89PNG\r\n", b"IDAT", False),
        (b"plain text", b"", True),
    ],
)
def test_ends_of_files(head: bytes, tail: bytes, whole: bool) -> None:
    """Each kind has its own end; what has none is whole when it stands still."""
    assert ends_whole(head, tail) is whole


def test_a_tiff_whose_writing_pauses_is_waited_for(tmp_path: Path) -> None:
    """It stands still for longer than others need, with pages whose directory isn't written yet."""
    whole, file = tiff(3), tmp_path / "a.tif"
    file.write_bytes(whole[: len(whole) * 2 // 3])
    time = Time({30: lambda: file.write_bytes(whole)})
    assert taken(tmp_path, time) == [(30 + QUIET_S, ["a.tif"])]


def test_a_tiff_that_never_gets_whole_is_taken_after_a_long_while(tmp_path: Path) -> None:
    """To be reported as damaged."""
    (tmp_path / "a.tif").write_bytes(tiff(2)[:-200])
    assert taken(tmp_path, Time()) == [(PATIENCE_S, ["a.tif"])]


def test_the_list_of_handled_files_survives_a_cut(tmp_path: Path) -> None:
    """A line that was half written hides no other; names may be anything."""
    listing = tmp_path / "made" / "list.csv"
    assert watching.read_handled(listing) == {}
    lines = [Handled('школа 7; "5А".pdf', 5, 10**18, 3, "taken"), Handled("b,c.pdf", 6, 2, 1, "fault")]
    watching.add_handled(listing, lines[:1])
    with listing.open("ab") as file:
        file.write(b"half of a l")
    watching.add_handled(listing, lines[1:])
    assert watching.read_handled(listing) == {line.name: line for line in lines}
    watching.add_handled(listing, [Handled("b,c.pdf", 7, 3, 1, "taken")])
    assert watching.read_handled(listing)["b,c.pdf"].size == 7
