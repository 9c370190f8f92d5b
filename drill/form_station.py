"""A station takes a folder of forms in by its own command, good ones and bad: its ledger against what was typed.

As a program (`python -m drill.form_station HOME FOLDER OUT`) it is the station's process: it runs the command and
writes its status and how much memory it and the process that opens forms took.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from unittest import mock

from crosscheck import cli, facts
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.keys import Holder, unlock
from crosscheck.model import CriterionId, Points
from crosscheck.release import join
from crosscheck.station import Station, open_station
from drill.demo import SAMPLES
from drill.form_bombs import DAMAGES, NOT_FORMS, deck
from drill.form_faults import FAULTS
from drill.form_saves import SAVED, SPELLINGS, Statements, fill
from drill.form_sent import Sent, damaged, no_form, said_by, with_fault
from drill.gate import Gate
from drill.hostile import peak_of_living_children
from drill.journey import PASSPHRASES
from drill.recipe import Dice
from scoring.forms import issuing, opening
from scoring.forms.book import Book, Refused
from scoring.forms.layout import Datum, Form
from scoring.forms.recorded import stated_of
from scoring.forms.stated import Stated
from scoring.forms.writing import write_form

ROOT = Path(__file__).resolve().parent.parent
Forms = Mapping[str, tuple[Form, bytes]]  # by file name: the layout, and the file as it was exported


class WatchedOpener(opening.Opener):
    """An opener that knows how much memory the largest of its processes took, in bytes; 0 where nobody tells."""

    peak = 0

    def _asked(self, content: bytes) -> Book | Refused:
        found = super()._asked(content)
        WatchedOpener.peak = max(WatchedOpener.peak, peak_of_living_children())
        return found


def play(folder: Path, dice: Dice, bad: int) -> tuple[tuple[Gate, ...], int]:
    """A good form of each class-set twice, saved by other programs, and so many bad files in one folder, taken in.
    Gates, and the most memory that a process took."""
    home, returned = folder / "station", folder / "returned"
    returned.mkdir()
    with mock.patch.dict(os.environ, {**PASSPHRASES, "LC_ALL": "C"}):
        with contextlib.redirect_stdout(sys.stderr):
            _prepare(home, folder)
        station = open_station(home, "drill", os.environ)
        forms = _exported(station, folder / "forms")
        typed = {name: said_by(form, dice) for name, (form, _content) in forms.items()}
        for name, (form, content) in forms.items():
            for copy in (name, f"copy of {name}"):
                (returned / copy).write_bytes(_filled(form, typed[name], dice, content))
        for n, sent in enumerate(_bad_files(forms, typed, dice, bad)):
            (returned / f"{n:03d}.xlsx").write_bytes(sent.content)
        status, peak = _taken_in(home, returned, folder / "said.json")
        return _gates(station, forms, typed, status), peak


def _prepare(home: Path, folder: Path) -> None:
    for arguments in (
        ("init", "--recovery-sheet", str(folder / "recovery.txt")),
        ("register", str(SAMPLES / "single")),
        ("release", "--partial", "--why", "drill"),
        ("forms", "export", str(folder / "forms")),
    ):
        if (status := cli.run(["--home", str(home), "--who", "drill", *arguments])) != 0:
            raise RuntimeError(f"crosscheck {arguments[0]}: status {status}")


def _exported(station: Station, folder: Path) -> Forms:
    key = unlock(station.keys, Holder.COORDINATOR, PASSPHRASES["CROSSCHECK_COORDINATOR_PASSPHRASE"])
    links = join(station, key, "drill")
    with station.ledger.reading() as connection:
        lists = issuing.class_lists(connection, links)
    found = {}
    for listed in lists:
        form = issuing.form_of(station, station.procedure(), listed, 1)
        name = f"form-{listed.of.school}-{listed.of.class_set}.xlsx"
        if (content := (folder / name).read_bytes()) != write_form(form):
            raise RuntimeError(f"{name} is not the form that it should be")
        found[name] = (form, content)
    return found


def _filled(form: Form, statements: Statements, dice: Dice, content: bytes) -> bytes:
    """A form filled in; what else is said doesn't vary, because twice the same form must say the same."""

    def spelt(one: Stated) -> object:
        ways = SPELLINGS[type(one)]
        return ways[int(dice.integers(len(ways)))](one.value if isinstance(one, Points) else 0)

    save = SAVED[str(dice.choice(sorted(SAVED)))]
    return save(fill(form, statements, spelt, {Datum.SEX: "ж", Datum.TERM_MARK: 4}, content))


def _bad_files(forms: Forms, typed: Mapping[str, Statements], dice: Dice, files: int) -> Iterator[Sent]:
    """Copies of the very forms that were exported, spoilt, damaged or replaced."""
    names = sorted(forms)
    faults, damages, others = (deck(kinds, dice) for kinds in (FAULTS, DAMAGES, NOT_FORMS))
    for n in range(files):
        name = names[int(dice.integers(len(names)))]
        form, content = forms[name]
        # Other points than the good copy has: taken by mistake, they would show.
        full = _filled(form, said_by(form, dice), dice, content)
        if n % 3 == 0:
            yield no_form(form, full, next(others), dice)
        elif n % 3 == 1 and len(form.participants) > 1:
            yield with_fault(form, full, next(faults), dice)
        else:
            yield damaged(form, _filled(form, typed[name], dice, content), typed[name], next(damages), dice)


def _taken_in(home: Path, returned: Path, out: Path) -> tuple[int, int]:
    """Status of the import in a process of its own, and the most memory that it and its child took, in bytes."""
    command = [sys.executable, "-m", "drill.form_station", str(home), str(returned), str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
    if not out.exists():
        return Exit.BUG, 0
    said = json.loads(out.read_text("utf-8"))
    return int(said["status"]), int(said["peak"])


def _gates(station: Station, forms: Forms, typed: Mapping[str, Statements], status: int) -> tuple[Gate, ...]:
    with station.ledger.reading() as connection:
        scores: Sequence[facts.SchoolScore] = queries.latest_of(connection, facts.SchoolScore)
        returns = queries.count_of(connection, facts.SchoolReturn)
        every = queries.count_of(connection, facts.SchoolScore)
    key = unlock(station.keys, Holder.COORDINATOR, PASSPHRASES["CROSSCHECK_COORDINATOR_PASSPHRASE"])
    codes = {str(work): person.code for work, person in join(station, key, "drill").people.items()}
    recorded = {(codes[s.work], CriterionId(s.criterion)): stated_of(s) for s in scores}
    meant = {(code, c): one for said in typed.values() for code, row in said.items() for c, one in row.items()}
    wrong = sum(recorded.get(key) != one for key, one in meant.items()) + len(recorded.keys() - meant.keys())
    return (
        Gate("station: imports that stopped", int(status != Exit.INPUT), 0, 1),
        Gate("station: scores recorded otherwise than typed", wrong, 0, len(meant)),
        Gate("station: forms recorded more than once, or not", abs(returns - len(forms)), 0, len(forms)),
        Gate("station: scores of refused forms", abs(every - len(meant)), 0, every),
    )


# --- the station's process -----------------------------------------------------------------------


def own_peak() -> int:
    """Bytes of memory that this process took at most, since it became this program; 0 where nobody tells."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def main(arguments: Sequence[str]) -> None:
    """Import a folder of forms and write what came of it."""
    home, returned, out = arguments
    with mock.patch.object(opening, "Opener", WatchedOpener):
        status = cli.run(["--home", home, "--who", "drill", "forms", "import", returned])
    peak = max(own_peak(), WatchedOpener.peak)
    Path(out).write_text(json.dumps({"status": status, "peak": peak}), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
