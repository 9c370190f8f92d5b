"""Files as strangers, failing disks and attackers make them: the station says something of each and goes on."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crosscheck import facts, status
from drill import hostile, hostile_files, hostile_pictures
from drill.gate import Gate
from drill.hostile import CAPS, Opening, Said
from drill.recipe import Hostile, Opens, Refused
from scanning.files.sources import FileFault, FileFaultKind, FileOpened, Media, Opener, RawPage, explain
from tests.journey import played
from tests.journey.fixtures import MakeDesk

FILES, SEED = 1000, 20
ORDINARY = tuple(r for r in hostile_files.RECIPES if not r.dear)


def made(*names: str) -> list[Hostile]:
    """One file of each of these kinds."""
    recipes = {recipe.name: recipe for recipe in hostile_files.RECIPES}
    return [hostile_files.made(recipes[name], np.random.default_rng(SEED), i) for i, name in enumerate(names)]


def failed(gates: Sequence[Gate]) -> list[str]:
    """The names of gates that don't hold."""
    return [gate.name for gate in gates if not gate.ok]


def test_a_thousand_hostile_files_are_reported_one_by_one() -> None:
    """The opener lives, keeps its time and its memory, writes nothing, and good files open in between."""
    gates = hostile.run(SEED, FILES)
    assert failed(gates) == []
    assert {gate.n for gate in gates if gate.name.startswith("files")} == {FILES}


def test_every_kind_of_file_is_among_any_thousand() -> None:
    """However the dice fall, no kind is left out, and the dear ones come once."""
    kinds = [recipe.name for recipe in hostile_files.deck(np.random.default_rng(3))]
    assert len(kinds) == FILES
    assert set(kinds) == {recipe.name for recipe in hostile_files.RECIPES}
    assert all(kinds.count(recipe.name) == 1 for recipe in hostile_files.RECIPES if recipe.dear)


# --- planted bugs: each gate must be seen failing ---------------------------------------------------


def opened_by(opener: Opener, change: object) -> Opening:
    """An opener with a bug."""
    opening = hostile.opening_of(opener)

    def changed(path: Path, seconds: float) -> Said:
        said = opening(path, seconds)
        return change(path, said)  # type: ignore[operator, no-any-return]

    return changed


def dying(_path: Path, said: Said) -> Said:
    if isinstance(said, FileFault):
        raise RuntimeError("the run ends here")
    return said


def silent(_path: Path, said: Said) -> Said:
    return FileOpened(()) if isinstance(said, FileFault) else said


def misnaming(_path: Path, said: Said) -> Said:
    return FileFault(FileFaultKind.DAMAGED, "") if isinstance(said, FileFault) else said


def confusing(_path: Path, said: Said) -> Said:
    return FileOpened((*said.pages, *said.pages)) if isinstance(said, FileOpened) else said


def writing(path: Path, said: Said) -> Said:
    Path(os.environ["TMPDIR"], path.name).write_bytes(b"left behind")
    return said


def whitening(_path: Path, said: Said) -> Said:
    if not isinstance(said, FileOpened):
        return said
    empty = hostile_pictures.saved(Image.new("L", (300, 400), 255), "PNG")
    pages = [
        dataclasses.replace(page, stream=empty, media=Media.PNG) for page in said.pages if isinstance(page, RawPage)
    ]
    return FileOpened(tuple(pages))


@pytest.mark.parametrize(
    ("bug", "gate"),
    [
        (dying, "files that stopped the station"),
        (silent, "files of which nothing was said"),
        (misnaming, "files called what they are not"),
        (confusing, "good files not opened after a hostile one"),
        (writing, "files written by a decoder"),
        (whitening, "written pages shown as empty paper"),
    ],
)
def test_an_opener_with_a_bug_is_noticed(bug: object, gate: str) -> None:
    """What an opener must not do is seen by the gate that is there for it."""
    with Opener(CAPS) as opener:
        gates = hostile.gates(opened_by(opener, bug), made("PDF", "empty", "rubbish", "PNG"))
    assert gate in failed(gates)


def test_an_opener_without_a_clock_is_noticed() -> None:
    """A decoder that is allowed more time than the caps say holds the station."""
    allowed = CAPS.seconds + hostile.GRACE_S + 0.5
    with Opener(dataclasses.replace(CAPS, seconds=allowed)) as opener:
        gates = hostile.gates(lambda path, _seconds: opener.open(path), made("PDF, 1 600 000 strokes"))
    assert "files that held it longer than allowed" in failed(gates)


@pytest.mark.skipif(sys.platform == "win32", reason="not run: Windows tells no child's memory")
def test_an_opener_without_a_limit_on_memory_is_noticed() -> None:
    """A decoder that is allowed more memory than the caps say is caught by what it took (in a process of its own: other
    children would count, too)."""
    script = """if True:
        import dataclasses, sys
        from drill import hostile
        from scanning.files.sources import Opener
        from tests.storm.test_hostile import made
        judged = dataclasses.replace(hostile.CAPS, memory_bytes=100 << 20)
        with Opener(hostile.CAPS) as opener:
            gates = hostile.gates(hostile.opening_of(opener), made("PDF, deflated twice"), judged)
        sys.exit([gate.name for gate in gates if not gate.ok].count("children over their memory"))
    """
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 1


# --- the whole command -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Path, list[Hostile]]:
    """A folder of forty files, most of them hostile, of which it is known what must be said."""
    known = [recipe for recipe in ORDINARY if isinstance(recipe.expected, Refused | Opens)][:40]
    files = [hostile_files.made(recipe, np.random.default_rng([SEED, i]), i) for i, recipe in enumerate(known)]
    (tmp_path / "scans").mkdir()
    for file in files:
        (tmp_path / "scans" / file.name).write_bytes(file.content)
    return tmp_path / "scans", files


def test_a_folder_of_hostile_files_is_taken_in(desk_at: MakeDesk, folder: tuple[Path, list[Hostile]]) -> None:
    """Each file that can't be opened is named with what to do, the good ones are taken, and the sums come out."""
    desk = desk_at("registered")
    ended = desk.type("ingest", str(folder[0]))
    assert ended.status == 10
    said = dict(line.split(": ", 1) for line in ended.err.splitlines() if ": " in line)
    refused = [file for file in folder[1] if isinstance(file.expected, Refused)]
    assert {file.name for file in refused} == set(said)
    for file in refused:
        assert isinstance(file.expected, Refused)
        assert said[file.name] in {explain(FileFault(reason, "")) for reason in file.expected.reasons}
    pages = sum(file.expected.pages for file in folder[1] if isinstance(file.expected, Opens))
    assert len(played.all_of(desk.home, facts.ScanPage)) == pages
    assert desk.type("redact").status in (0, 10)
    assert desk.type("number").status == 10
    station = played.opened(desk.home)
    with station.ledger.reading() as connection:
        assert [law for law in status.all_laws(connection, station.procedure()) if not law.balanced] == []
