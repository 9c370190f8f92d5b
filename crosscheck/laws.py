"""Conservation laws: nothing that was scanned, declared or assigned may be unaccounted for. Pure.

A law is a sum that must come out: what there is on the left, what became of it on the right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck.i18n import N_, gettext


@dataclass(frozen=True, slots=True)
class Law:
    """One balance. `parts` must add up to `total`."""

    name: str
    what: str
    total: int
    parts: Mapping[str, int]

    @property
    def balanced(self) -> bool:
        return self.total == sum(self.parts.values())

    def __str__(self) -> str:
        """As `scanned 204 = known 190 + blank 2 + ...`, in the language in use."""
        sign = "=" if self.balanced else "≠"
        parts = " + ".join(f"{gettext(name)} {n}" for name, n in self.parts.items())
        return f"{gettext(self.what)} {self.total} {sign} {parts}"


@dataclass(frozen=True, slots=True)
class Counts:
    """What the laws are about, counted in the ledger.

    fates: pages by fate, with `waiting` for pages not collated yet and `unreadable` for those that could not
    be decoded.
    """

    scanned: int
    fates: Counter[str]
    expected: int
    known: int
    missing: int
    pages_waiting: int
    declared: int
    numbered: int
    absent: int
    works_waiting: int
    wanted: int
    assigned: int
    unassignable: int
    markings_waiting: int
    returned: int
    outstanding: int


def laws(counts: Counts, *, in_parts: bool = False) -> tuple[Law, ...]:
    """The laws of a ledger (see the package README for what each protects). in_parts: works are marked in parts."""
    return (
        Law("pages", N_("scanned"), counts.scanned, dict(sorted(counts.fates.items()))),
        Law(
            "expected",
            N_("expected"),
            counts.expected,
            {"known": counts.known, N_("missing"): counts.missing, "waiting": counts.pages_waiting},
        ),
        Law(
            "works",
            N_("declared"),
            counts.declared,
            {N_("numbered"): counts.numbered, N_("absent"): counts.absent, "waiting": counts.works_waiting},
        ),
        Law(
            "markings",
            N_("works × markings × parts") if in_parts else N_("works × markings"),
            counts.wanted,
            {
                "assigned": counts.assigned,
                N_("unassignable"): counts.unassignable,
                "waiting": counts.markings_waiting,
            },
        ),
        Law(
            "assigned",
            N_("assigned"),
            counts.assigned,
            {N_("returned"): counts.returned, N_("outstanding"): counts.outstanding},
        ),
    )
