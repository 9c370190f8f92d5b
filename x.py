#!/usr/bin/env python3
"""Set-up and daily commands, with the standard library only.

    python3 x.py demo               a whole cross-check on the sample scans
    python3 x.py test [ARGS]        the tests (arguments go to pytest)
    python3 x.py check              style, types, direction of imports, documents, catalogue
    python3 x.py bench [NAME]       measure; figures are written to build/bench/
    python3 x.py drill [NAME]       break it on purpose, or make the sample scans
    python3 x.py train digits ...   learn the recogniser of digits again (see training/README.md)
    python3 x.py crosscheck ARGS    the program itself, in your current folder
    python3 x.py clean              remove .venv, build and caches

The first call makes .venv and installs what requirements/dev.txt pins by hash; later calls only compare
a stamp. Nothing outside this folder is written.
"""

import contextlib
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

LOWEST, HIGHEST = (3, 11), (3, 14)

# Before anything that an older Python can't do: keep the syntax of this file that of 3.6.
if not LOWEST <= sys.version_info[:2] <= HIGHEST:
    sys.exit(
        f"x.py: this is Python {sys.version_info[0]}.{sys.version_info[1]}; Python {LOWEST[0]}.{LOWEST[1]} to "
        f"{HIGHEST[0]}.{HIGHEST[1]} is needed. Install one of them and call it by its name: "
        f"python{HIGHEST[0]}.{HIGHEST[1]} x.py"
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "crosscheck.stamp"
BUILD = ROOT / "build"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMPED = ("requirements/dev.txt", "pyproject.toml")
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache", "crosscheck.egg-info")
CROSSCHECK = "import sys; sys.argv[0] = 'crosscheck'; from crosscheck.cli import main; sys.exit(main())"
# What a user's shell may carry over from another environment, and what would lead pip elsewhere.
FOREIGN = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "__PYVENV_LAUNCHER__",
)

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("style", ("ruff", "check", ".")),
    ("format", ("ruff", "format", "--check", ".")),
    ("types", ("mypy",)),
    ("types of x.py", ("mypy", "x.py")),
    ("direction of imports", ("importlinter.cli", "lint")),
    ("documents", ("pytest", "tests/test_docs.py", "tests/test_errors.py", "tests/test_architecture.py")),
    ("catalogue", ("drill.catalogue", "check")),
)


class SetUpFailed(Exception):
    """The environment can't be made; the text says why and what to do."""


def environment(base: Mapping[str, str]) -> dict[str, str]:
    """The variables our processes get."""
    kept = {name: value for name, value in base.items() if name not in FOREIGN}
    kept.update(PIP_ROOT_USER_ACTION="ignore", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    kept.update(VIRTUAL_ENV=str(VENV), PYTHONUTF8="1")
    return kept


# --- set-up ------------------------------------------------------------------------------------


def wanted_stamp() -> str:
    """What the environment depends on: pinned packages, settings, this Python, this place."""
    digest = hashlib.sha256()
    for name in STAMPED:
        digest.update((ROOT / name).read_bytes())
    base = getattr(sys, "_base_executable", None) or sys.executable
    for fact in (platform.python_version(), platform.python_implementation(), platform.machine(), base, str(ROOT)):
        digest.update(b"\0" + os.fsencode(fact))
    return digest.hexdigest()


def is_ready() -> bool:
    """Whether .venv is whole, made for this state of the project, and ours to use."""
    try:
        stamped = STAMP.read_text("ascii") == wanted_stamp()
        ours = os.name == "nt" or VENV.stat().st_uid == os.getuid() or not os.access(ROOT, os.W_OK)
    except (OSError, ValueError):
        return False
    return stamped and ours and os.access(PYTHON, os.X_OK)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Only one x.py sets up at a time; the system frees the lock when its holder dies."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "set-up.lock", "a+b") as file:
        _take(file.fileno())
        yield


def _take(file: int) -> None:
    said = False
    while not _taken(file):
        if not said:
            print("x.py: another x.py is setting up; waiting for it ...", file=sys.stderr, flush=True)
            said = True
        time.sleep(0.3)


def _taken(file: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file, 0, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def set_up() -> None:
    """Make .venv unless it is ready."""
    if is_ready():
        return
    try:
        with locked():
            if not is_ready():  # another x.py may have made it while this one waited
                _make()
    except PermissionError as error:
        raise SetUpFailed(
            f"{error.filename} can't be written: run x.py as the owner of this folder, or copy it to one of your own."
        ) from error


def _make() -> None:
    print("x.py: setting up .venv (a few minutes, once) ...", file=sys.stderr, flush=True)
    _remove(VENV)
    _make_venv()
    pip = [str(PYTHON), "-m", "pip", "--quiet", "install"]
    _step(
        [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements" / "dev.txt")],
        "The pinned packages can't be installed: check the network (pip's settings for a mirror are used).",
    )
    _step(
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
        "The project itself can't be installed into .venv: see the message above.",
    )
    # Written last and whole: an environment without it was never finished.
    half = STAMP.with_suffix(".half")
    half.write_text(wanted_stamp(), "ascii")
    os.replace(half, STAMP)


def _make_venv() -> None:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    lacking = " and ".join(missing) or "working venv with ensurepip"
    remedy = (
        f"This Python has no {lacking}. Install it (Debian, Ubuntu: apt-get install "
        f"python{sys.version_info[0]}.{sys.version_info[1]}-venv; others: the distribution's package for venv and "
        "ensurepip), then run x.py again."
    )
    if missing:
        raise SetUpFailed(remedy)
    _step([sys.executable, "-m", "venv", str(VENV)], remedy)


def _step(command: Sequence[str], remedy: str) -> None:
    if subprocess.run(command, env=environment(os.environ), cwd=ROOT, stdin=subprocess.DEVNULL).returncode != 0:
        raise SetUpFailed(remedy)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        (path / STAMP.name).unlink(missing_ok=True)  # first: what is half removed must not look ready
        shutil.rmtree(path)


def clean() -> int:
    """Remove everything x.py and its tools made."""
    with locked():
        for name in (".venv", *CACHES):
            _remove(ROOT / name)
        for folder in ROOT.rglob("__pycache__"):
            shutil.rmtree(folder, ignore_errors=True)
        for path in BUILD.iterdir():
            if path.name != "set-up.lock":
                _remove(path)
    shutil.rmtree(BUILD, ignore_errors=True)
    return 0


# --- commands ----------------------------------------------------------------------------------


def module(*arguments: str) -> int:
    """Run `python -m ARGUMENTS` of .venv in the project's folder; returns its exit status."""
    return _run([str(PYTHON), "-m", *arguments], ROOT)


def _run(command: Sequence[str], folder: Path) -> int:
    sys.stdout.flush()
    child = subprocess.Popen(command, env=environment(os.environ), cwd=folder)
    while True:
        try:
            status = child.wait()
            return status if status >= 0 else 128 - status
        except KeyboardInterrupt:
            continue  # the child got it too and ends in its own way


def crosscheck(arguments: Sequence[str]) -> int:
    # -P: a file of the user's current folder must not be imported in place of a module.
    return _run([str(PYTHON), "-P", "-c", CROSSCHECK, *arguments], Path.cwd())


def workers(arguments: Sequence[str]) -> list[str]:
    """Arguments that spread the tests over the cores, unless the caller decides that."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    decided = any(
        a.startswith(("-n", "--numprocesses", "--pdb", "-pno:xdist", "--collect-only", "--co")) for a in arguments
    )
    return [] if decided or cores < 2 else ["-n", str(min(cores, 8))]


def test(arguments: Sequence[str]) -> int:
    return module("pytest", *workers(arguments), *arguments)


def check(_arguments: Sequence[str]) -> int:
    """Run every check, even after one has failed; the status is 0 only when all passed."""
    failed = []
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        if _run(_check_command(command), ROOT) != 0:
            failed.append(name)
    print("check: all passed" if not failed else f"check: FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def _check_command(command: tuple[str, ...]) -> list[str]:
    if command[0] == "importlinter.cli":
        # import-linter has a command but no `python -m` of its own.
        return [str(PYTHON), "-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"]
    return [str(PYTHON), "-m", *command]


COMMANDS = {
    "demo": lambda arguments: module("drill.demo", *arguments),
    "test": test,
    "check": check,
    "bench": lambda arguments: module("benchmarks", *arguments),
    "drill": lambda arguments: module("drill", *arguments),
    "train": lambda arguments: module("training", *arguments),
    "crosscheck": crosscheck,
}


def main(arguments: Sequence[str]) -> int:
    """Carry out one command line; returns the exit status."""
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help", "help"):
        print(__doc__)
        return 0
    try:
        if name == "clean":
            return clean()
        if name not in COMMANDS:
            print(f"x.py: no command {name!r}; there are: {', '.join(COMMANDS)}, clean", file=sys.stderr)
            return 2
        set_up()
    except SetUpFailed as error:
        print(f"x.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return COMMANDS[name](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
