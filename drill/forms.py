"""Electronic forms as schools send them back, against the reader: what was typed is what is read, and nothing else is.

Two plays. In the first, forms of any procedure are filled in, spoilt, damaged or replaced by files made to harm, and
each is opened and read. In the second (`drill.form_station`), a station takes such files in by its own command.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from drill import form_station
from drill.form_saves import Statements
from drill.form_sent import Named, NotOpened, Says, SaysOrRefused, Sent, sent_files
from drill.form_station import WatchedOpener
from drill.gate import Gate
from scoring.forms.book import Refused
from scoring.forms.layout import Form, FormNumber
from scoring.forms.opening import Opener
from scoring.forms.reading import Faults, FormRead, NoNumber, number_of, read

MOST_MEMORY = 300_000_000  # bytes that a process may take that opens forms, or asks for them to be opened
GRACE_S = 25.0  # beyond what a file may take by its limits: a new process must start
_STATION_FILES = 60
Said = FormRead | Faults | Refused | NoNumber | FormNumber | Exception  # a FormNumber: of another form than this


@dataclass
class Counted:
    """What came of the files so far."""

    files: int = 0
    stopped: int = 0
    late: int = 0
    good: int = 0
    good_refused: int = 0
    cells: int = 0
    wrong_cells: int = 0
    bad: int = 0
    bad_taken: int = 0
    faults: int = 0
    faults_unnamed: int = 0
    others: int = 0
    others_misnamed: int = 0
    kinds: set[str] = field(default_factory=set)


def run(seed: int, files: int) -> tuple[Gate, ...]:
    """So many files opened and read; then a folder of some taken in by a station."""
    dice = np.random.default_rng(seed)
    counted = Counted()
    with tempfile.TemporaryDirectory() as folder, WatchedOpener() as opener:
        for sent in sent_files(dice, files):
            _try(opener, sent, Path(folder) / "форма.xlsx", counted)
        left = [path for path in Path(folder).rglob("*") if path.is_file()]
    with tempfile.TemporaryDirectory() as folder:
        station, peak = form_station.play(Path(folder), dice, min(_STATION_FILES, files))
    return (
        *_gates(counted, len(left)),
        *station,
        _memory("the process that opens", WatchedOpener.peak),
        _memory("the station", peak),
    )


def _gates(c: Counted, left: int) -> tuple[Gate, ...]:
    return (
        Gate("files that stopped the reader", c.stopped, 0, c.files),
        Gate("files that held it longer than allowed", c.late, 0, c.files),
        Gate("cells read otherwise than typed", c.wrong_cells, 0, c.cells),
        Gate("good forms refused", c.good_refused, 0, c.good),
        Gate("files taken that must not be", c.bad_taken, 0, c.bad),
        Gate("faults whose cell was not named", c.faults_unnamed, 0, c.faults),
        Gate("files called what they are not", c.others_misnamed, 0, c.others),
        Gate("files written by the process that opens", left, 0, c.files),
    )


def _memory(whose: str, peak: int) -> Gate:
    """Megabytes over the limit; of no chance where the system tells nothing."""
    print(f"  {whose}: {peak / 1e6:.0f} MB at most", file=sys.stderr)
    return Gate(f"memory over 300 MB: {whose}", max(0, peak - MOST_MEMORY) // 1_000_000, 0, int(peak > 0))


# --- what comes of it ----------------------------------------------------------------------------


def said_of(opener: Opener, form: Form, path: Path) -> Said:
    """What the reader says of a file."""
    book = opener.open(path)
    if isinstance(book, Refused):
        return book
    number = number_of(book)
    return read(form, book, path.name) if number == form.number else number


def _try(opener: Opener, sent: Sent, path: Path, c: Counted) -> None:
    path.write_bytes(sent.content)
    begun = time.monotonic()
    try:
        said: Said = said_of(opener, sent.form, path)
    except Exception as e:  # whatever it is, it would have ended the run
        print(f"  {sent.kind}: {type(e).__name__}: {e}", file=sys.stderr)
        said = e
    c.late += time.monotonic() - begun > opener.caps.seconds + GRACE_S
    path.unlink()
    judge(sent, said, c)


def judge(sent: Sent, said: Said, c: Counted) -> None:
    """Count one file."""
    c.files += 1
    c.kinds.add(sent.kind)
    c.stopped += isinstance(said, Exception)
    match sent.expected:
        case Says(statements=statements):
            c.good += 1
            c.good_refused += not isinstance(said, FormRead)
            _count_cells(statements, said, c)
        case SaysOrRefused(statements=statements):
            _count_cells(statements, said, c)
        case Named(cell=cell):
            c.bad += 1
            c.bad_taken += isinstance(said, FormRead)
            c.faults += 1
            named = isinstance(said, Faults) and cell in {problem.cell for problem in said.problems}
            c.faults_unnamed += _told(sent, said, named)
        case NotOpened(refused=refused):
            c.bad += 1
            c.bad_taken += isinstance(said, FormRead)
            c.others += 1
            c.others_misnamed += _told(sent, said, isinstance(said, Refused) and said in refused)


def _count_cells(statements: Statements, said: Said, c: Counted) -> None:
    if not isinstance(said, FormRead):
        return
    found = {row.code: row.scores for row in said.rows}
    for code, typed in statements.items():
        c.cells += len(typed)
        c.wrong_cells += sum(found.get(code, {}).get(criterion) != one for criterion, one in typed.items())


def _told(sent: Sent, said: Said, as_expected: bool) -> bool:
    """Whether it is to be counted against the reader; then it is shown."""
    if not as_expected:
        shown = [str(problem) for problem in said.problems] if isinstance(said, Faults) else said
        print(f"  {sent.kind}: {sent.expected}, but: {shown}", file=sys.stderr)
    return not as_expected
