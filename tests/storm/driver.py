"""A process that runs the stages of a day in a station's folder, started and killed by the tests of this folder.

Everything is imported once; each run is a fork of this process where there are forks. Elsewhere
`python -m tests.storm.driver TASK HOME ARGUMENT` is one run.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from crosscheck import cli, keys, runner
from tests.journey import played
from tests.journey.played import SAMPLES

HEAVY = (
    "crosscheck.register",
    "scanning.redact",
    "scanning.collating.collate",
    "packets.assigning",
    "packets.printing",
    "scoring.capture",
    "scoring.results",
    "crosscheck.report_files",
)


def stages(sheets: str) -> list[list[str]]:
    """The commands from scans to a report. No score sheets in `sheets`: those up to the packets."""
    first = [["ingest", str(SAMPLES / "scans")], ["redact"], ["number"], ["allocate"], ["print"]]
    later = [["ingest", "--sheets", sheets], ["read"], ["reconcile"], ["report"]]
    return first + (later if sheets else [])


def run(home: str, commands: Sequence[Sequence[str]]) -> int:
    """Run commands one after another; 70 when one of them ends otherwise than a day may."""
    for command in commands:
        status = cli.run(["--home", home, "--who", "organiser (storm)", *command])
        if status not in (0, 10):
            print(f"{command}: status {status}", file=sys.stderr, flush=True)
            return 70
    return 0


def commands_of(task: str, argument: str) -> list[list[str]]:
    """`day` from scans to a report, with the folder of sheets; `init` with the recovery sheet; `ingest`, `redact`
    alone."""
    match task:
        case "init":
            return [["init", "--recovery-sheet", argument]]
        case "ingest":
            return stages("")[:1]
        case "redact":
            runner.CHUNK = 2  # so that two runs at once have something to share
            return [["redact"]]
        case _:
            return stages(argument)


def prepare() -> None:
    """Import what stages import, and make passphrases quick to check."""
    for name in HEAVY:
        importlib.import_module(name)
    keys.Hardness = lambda: played.QUICK  # type: ignore[assignment,misc]


def serve() -> None:
    """A line `TASK<TAB>HOME<TAB>ARGUMENT<TAB>JOBS` starts a run; its process number and then its status are told."""
    if sys.platform == "win32":
        raise RuntimeError("there are no forks here")
    for line in sys.stdin:
        task, home, argument, jobs = line.rstrip("\n").split("\t")
        pid = os.fork()
        if pid == 0:
            os.setsid()
            os.environ["CROSSCHECK_JOBS"] = jobs
            log = os.open(Path(home).parent / "storm.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os._exit(run(home, commands_of(task, argument)))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    prepare()
    if sys.argv[1:]:
        sys.exit(run(sys.argv[2], commands_of(sys.argv[1], sys.argv[3])))
    serve()
