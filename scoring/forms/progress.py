"""Where a class-set's form is: out, late, come, sent back, passed on. Pure.

What was done with a form are steps that people record; a step that was undone counts no more. A form that comes again
after a step is newer than it.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable
from dataclasses import dataclass

from crosscheck.i18n import N_
from scoring.undone import left


class State(enum.StrEnum):
    """Where a form is, as listings call it."""

    NOT_EXPORTED = N_("not_exported")
    OUT = N_("out_with_school")
    DIFFERS = N_("differs")  # it came, and differs from what stands in cells that nobody answered for
    CAME = N_("came")
    SENT_BACK = N_("sent_back")
    PASSED_ON = N_("passed_on")
    CHANGED = N_("changed_since")  # it was passed on, and a version that says something else came


class Done(enum.StrEnum):
    """What people do with a form, as the ledger calls it."""

    SENT_BACK = "sent_back"
    PASSED_ON = "passed_on"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Step:
    """One of these; `returns`: how many returns of the form there were by then."""

    done: Done
    returns: int
    why: str


@dataclass(frozen=True, slots=True)
class Journey:
    """All that is known of a form's way: whether it went out, when it came back (each time), steps in order, cells that
    differ, and until when it is asked for."""

    exported: bool
    returned: tuple[datetime.datetime, ...]
    steps: tuple[Step, ...]
    differing: int
    due: datetime.datetime | None

    @property
    def last_step(self) -> Step | None:
        """The newest step that counts."""
        return last_standing(self.steps)

    @property
    def state(self) -> State:
        step = self.last_step
        if step is None or step.returns < len(self.returned):
            return self._with_district(changed=step is not None and step.done is Done.PASSED_ON)
        return State.SENT_BACK if step.done is Done.SENT_BACK else State.PASSED_ON

    def _with_district(self, *, changed: bool) -> State:
        if not self.returned:
            return State.OUT if self.exported else State.NOT_EXPORTED
        if self.differing:
            return State.DIFFERS
        return State.CHANGED if changed else State.CAME

    def is_late(self, now: datetime.datetime) -> bool:
        """Did it come first after it was due, or is it due and not here?"""
        if self.due is None:
            return False
        waited = self.state in (State.NOT_EXPORTED, State.OUT, State.SENT_BACK)
        return (waited and now > self.due) or any(first > self.due for first in self.returned[:1])

    @property
    def ready(self) -> bool:
        """May it be passed on?"""
        return self.state in (State.CAME, State.CHANGED)


def last_standing(steps: Iterable[Step]) -> Step | None:
    """The newest step that wasn't undone."""
    standing = left(steps, lambda step: step.done is Done.UNDONE)
    return standing[-1] if standing else None
