"""The criteria that a procedure brings along as a PDF: opened and drawn once, by a limited process, before anybody
relies on them. Drawing is done by `packets`, of which only the name of a process is known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.limited import Child, ChildFault

MEMORY_BYTES, CPU_SECONDS = 1 << 30, 60.0
_START_SECONDS = 30.0  # for the child to load its libraries, on a busy computer
_READER = ("packets.drawing.criteria_main",)

# What the process answers, and how that is said.
SOUND, ENCRYPTED, BROKEN, EMPTY = b"sound", b"encrypted", b"broken", b"empty"
_SAID = {BROKEN: N_("it is no sound PDF"), EMPTY: N_("it has no page")}
_TOO_MUCH = N_("opening it takes too much time or memory")


class CriteriaUnreadable(CrosscheckError):
    """The PDF of the marking criteria is broken or has no page."""

    number = 5010
    exit = Exit.PRINTING
    sentence = "The PDF of the marking criteria can't be read: {reason}."
    remedy = "Open it in a viewer, save or print it into a new PDF, put that in its place and run the command again."


class CriteriaEncrypted(CrosscheckError):
    """The PDF of the marking criteria is protected by a password."""

    number = 5011
    exit = Exit.PRINTING
    sentence = "The PDF of the marking criteria is encrypted."
    remedy = "Save it without a password (print it into a new PDF), put that in its place and run the command again."


def require_sound(pdf: bytes, reader: Sequence[str] = _READER) -> None:
    """Errors: CriteriaUnreadable (E5010), CriteriaEncrypted (E5011), ReaderNotStarted (E3031). `reader`: the module of
    the process and its arguments."""
    child = Child(reader[0], reader[1:])
    try:
        match child.ask(pdf, CPU_SECONDS + _START_SECONDS, 100):
            case (answer,) if answer == SOUND:
                return
            case (answer,) if answer == ENCRYPTED:
                raise CriteriaEncrypted
            case (answer,) if answer in _SAID:
                raise CriteriaUnreadable(reason=_SAID[answer])
            case ChildFault.TIMED_OUT | ChildFault.CRASHED:
                raise CriteriaUnreadable(reason=_TOO_MUCH)
            case _:
                raise CriteriaUnreadable(reason=_SAID[BROKEN])
    finally:
        child.close()
