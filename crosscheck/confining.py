"""What a child process gives up before it opens a stranger's file: memory, written files, processes, the network.

Limits are the system's own (`resource`). On Linux a seccomp filter also refuses, with EPERM, every call that makes a
socket, starts a process, changes a file or reaches into another process, so that a decoder that was taken over has
nowhere to take a picture to. Reading stays allowed: libraries load parts of themselves late. Where a system offers
less, the rest still holds, and `confine` says what does.
"""

from __future__ import annotations

import ctypes
import enum
import os
import platform
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class Filter(enum.Enum):
    """Whether the kernel refuses calls that a decoder never needs."""

    ON = "on"
    REFUSED = "refused"  # the kernel, or a container around it, allows no filter
    NOT_OFFERED = "not_offered"  # not Linux, or a processor whose calls are not known here


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds this process: the names of the limits that were set, and the filter."""

    limits: tuple[str, ...]
    filter: Filter


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of processor: its name in the audit interface, and which column of `_CALLS` numbers its calls."""

    audit: int
    column: int
    # x86 kernels take a second set of numbers, from here on, that would walk past the list.
    alien_from: int | None


MACHINES = {
    "x86_64": Machine(0xC000003E, 0, 0x40000000),
    "aarch64": Machine(0xC00000B7, 1, None),
}

_NONE = -1
# Linux's numbers of the calls that are refused, on x86-64 and on aarch64 (kernel headers: unistd_64.h and
# asm-generic/unistd.h). First the network and other processes, then files, then what would walk around the rest.
_CALLS = """
socket 41 198, connect 42 203, accept 43 202, sendto 44 206, recvfrom 45 207, sendmsg 46 211, recvmsg 47 212,
bind 49 200, listen 50 201, socketpair 53 199, accept4 288 242, recvmmsg 299 243, sendmmsg 307 269,
fork 57 -1, vfork 58 -1, execve 59 221, execveat 322 281, kill 62 129, tkill 200 130, ptrace 101 117,
process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440, pidfd_send_signal 424 424,
pidfd_open 434 434, pidfd_getfd 438 438, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240,
shmget 29 194, shmat 30 196, semget 64 190, msgget 68 186, mq_open 240 180, mq_unlink 241 181,
truncate 76 45, ftruncate 77 46, fallocate 285 47, rename 82 -1, renameat 264 38, renameat2 316 276,
mkdir 83 -1, mkdirat 258 34, rmdir 84 -1, creat 85 -1, link 86 -1, linkat 265 37, symlink 88 -1, symlinkat 266 36,
unlink 87 -1, unlinkat 263 35, mknod 133 -1, mknodat 259 33, chmod 90 -1, fchmod 91 52, fchmodat 268 53,
fchmodat2 452 452, chown 92 -1, fchown 93 55, lchown 94 -1, fchownat 260 54,
utime 132 -1, utimes 235 -1, futimesat 261 -1, utimensat 280 88,
setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7, setxattrat 463 463,
removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16, removexattrat 466 466,
copy_file_range 326 285, memfd_create 319 279, memfd_secret 447 447,
mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, unshare 272 97, setns 308 268,
open_tree 428 428, move_mount 429 429, fsopen 430 430, fsmount 432 432, mount_setattr 442 442,
name_to_handle_at 303 264, open_by_handle_at 304 265, io_uring_setup 425 425, io_uring_enter 426 426,
io_uring_register 427 427, io_setup 206 0, io_submit 209 2, bpf 321 280, perf_event_open 298 241,
userfaultfd 323 282, add_key 248 217, request_key 249 218, keyctl 250 219
"""
# Their arguments lie in memory, where no filter looks: "no such call" makes the C library use open and clone.
_AS_IF_ABSENT = "clone3 435 435, openat2 437 437"
_OPEN, _OPENAT, _CLONE, _TGKILL = (2, _NONE), (257, 56), (56, 220), (234, 131)
_SECCOMP = (317, 277)

_WRITING = 0o1 | 0o2 | 0o100 | 0o1000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
_A_THREAD = 0x00010000  # CLONE_THREAD
_EPERM, _ENOSYS = 1, 38
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _AUDIT_AT, _ARGUMENTS_AT = 0, 4, 16

Instruction = tuple[int, int, int, int]  # code, steps when true, steps when false, value


def numbers(listed: str, column: int) -> list[int]:
    """The numbers of listed calls on one kind of processor; those it doesn't have are left out."""
    found = (int(entry.split()[1 + column]) for entry in listed.split(","))
    return [number for number in found if number != _NONE]


def program(machine: Machine, pid: int) -> list[Instruction]:
    """The filter for one kind of processor, as instructions of the kernel's packet filter. `pid`: the only process
    whose threads may be signalled (aborting is done so)."""
    refuse: Instruction = (_RETURN, 0, 0, _ERRNO | _EPERM)
    made: list[Instruction] = [(_LOAD, 0, 0, _AUDIT_AT), (_EQUAL, 1, 0, machine.audit), refuse]
    made.append((_LOAD, 0, 0, _NUMBER_AT))
    if machine.alien_from is not None:
        made += [(_AT_LEAST, 0, 1, machine.alien_from), refuse]
    for number in numbers(_CALLS, machine.column):
        made += [(_EQUAL, 0, 1, number), refuse]
    for number in numbers(_AS_IF_ABSENT, machine.column):
        made += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    # What depends on an argument: refused when a bit of it is set, or unless it is.
    for call, argument, test, value, refused_when in (
        (_OPEN, 1, _ANY_BIT, _WRITING, True),
        (_OPENAT, 2, _ANY_BIT, _WRITING, True),
        (_CLONE, 0, _ANY_BIT, _A_THREAD, False),
        (_TGKILL, 0, _EQUAL, pid, False),
    ):
        if (number := call[machine.column]) != _NONE:
            steps = (0, 1) if refused_when else (1, 0)
            load: Instruction = (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument)
            made += [(_EQUAL, 0, 4, number), load, (test, *steps, value), refuse, (_RETURN, 0, 0, _ALLOW)]
    return [*made, (_RETURN, 0, 0, _ALLOW)]


def limit(memory_bytes: int, cpu_seconds: float) -> tuple[str, ...]:
    """Lower this process's own limits where the system knows them: memory, CPU seconds from now, no written bytes, no
    core file, no child of its own. The names of those that hold. May be called again for the next file."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the limit
        return ()
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + cpu_seconds) + 1
    set_now = []
    for name, value, for_good in (
        ("RLIMIT_AS", memory_bytes, False),
        ("RLIMIT_CPU", seconds, False),
        ("RLIMIT_FSIZE", 0, True),
        ("RLIMIT_CORE", 0, True),
        ("RLIMIT_NPROC", 0, True),
    ):
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (wanted, wanted if for_good else hard))
            set_now.append(name)
        except (OSError, ValueError):  # macOS refuses some; the others still hold
            continue
    return tuple(set_now)


def install(instructions: Sequence[Instruction], seccomp_number: int) -> bool:
    """Put the filter on every thread of this process, for good; False when the kernel refuses. Linux only."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0:  # PR_SET_NO_NEW_PRIVS: what is started later gains nothing either
        return False
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
    kept = ctypes.create_string_buffer(packed, len(packed))
    head = struct.pack("@HP", len(instructions), ctypes.addressof(kept))
    mode_filter, every_thread = 1, 1
    done: int = libc.syscall(seccomp_number, mode_filter, every_thread, ctypes.create_string_buffer(head, len(head)))
    return done == 0


def confine(
    memory_bytes: int,
    cpu_seconds: float,
    put_on: Callable[[Sequence[Instruction], int], bool] = install,
    system: str = sys.platform,
) -> Confinement:
    """Give up what opening a file doesn't need; what holds from now on. Irrevocable."""
    limits = limit(memory_bytes, cpu_seconds)
    machine = MACHINES.get(platform.machine()) if system == "linux" and sys.byteorder == "little" else None
    if machine is None or struct.calcsize("P") != 8:
        return Confinement(limits, Filter.NOT_OFFERED)
    on = put_on(program(machine, os.getpid()), _SECCOMP[machine.column])
    return Confinement(limits, Filter.ON if on else Filter.REFUSED)
