"""Facts of the ledger about what people decide of differences; `crosscheck.facts` is where all kinds are explained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscrepancyNote:
    """A named person said something of a difference. The difference itself is computed, and named by what it is
    between: `work`, `comparison` (experts, third, form, own, remark, mark or journal) and `task`, empty for the whole
    work. `act`: asked, looking, settled, or taken_back, which makes the newest other one void. `found`: the values that
    differed then; settled holds for just these."""

    work: str
    comparison: str
    task: str
    revision: int
    act: str
    found: str
    why: str
