"""`python3 x.py drill scan --pages N --seed N`: any number of pages through the scanning station, and the gates."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from crosscheck.pool import Done, run_units
from drill.damage import Kind
from drill.gate import Gate
from drill.scan_plan import Event, Expect
from drill.scan_play import Batch, PageResult, Played, jobs, one_thread, play

_OUT = Path(__file__).parent.parent / "build" / "drill"
_MOST_OF_BATCH = 1000  # pages a station
_FORM_PAGES = (2, 1, 4, 3)
_ASIDE = ("blank", "foreign", "discarded", "superseded")
_STILL_UNDAMAGED = (None, Event.SHUFFLED, Event.BETWEEN)


def run(seed: int, pages: int) -> tuple[Gate, ...]:
    """Play about `pages` pages: prints a table per kind of damage, writes down each page that went wrong; the gates."""
    planned = batches(seed, pages)
    with tempfile.TemporaryDirectory(prefix="scan-drill-") as folder:
        played = _all_played(planned, Path(folder))
    print("\n".join(table(played)))
    _OUT.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(line, ensure_ascii=False) for line in trouble(played)]
    (_OUT / "scan-trouble.jsonl").write_text("\n".join([*lines, ""]), "utf-8")
    return gates(played)


def batches(seed: int, pages: int) -> list[Batch]:
    """The batches of a run: at least one for each number of pages that own forms have, when there are pages for it."""
    count = max(-(-pages // _MOST_OF_BATCH), min(len(_FORM_PAGES), max(1, pages // 100)))
    sizes = [pages // count + (i < pages % count) for i in range(count)]
    return [Batch(seed, i, size, _FORM_PAGES[i % len(_FORM_PAGES)]) for i, size in enumerate(sizes)]


@dataclass(frozen=True, slots=True)
class _Errand:
    """A batch to be played in a folder of its own by commands that may use so many processes."""

    batch: Batch
    root: Path
    jobs: int


def _all_played(planned: Sequence[Batch], root: Path) -> list[Played]:
    """All batches, as many at once as there are cores: much of a batch (drawing, taking in, numbering, judging) is
    done in one process, and another batch fills the other cores meanwhile."""
    cores = jobs()
    lanes = min(cores, len(planned))
    errands = [_Errand(batch, root / f"{batch.number:03d}", cores // lanes) for batch in planned]
    played: list[Played] = []
    for outcome in run_units(errands, _played_and_gone, jobs=lanes, prepare=one_thread):
        if not isinstance(outcome, Done):
            raise RuntimeError(f"a batch could not be played: {outcome}")
        played.append(outcome.result)
        said = f"  batch {len(played)} of {len(planned)}: {len(played[-1].pages)} pages; so far {_so_far(played)}"
        print(said, file=sys.stderr, flush=True)
    return sorted(played, key=lambda one: one.batch.number)


def _so_far(played: Sequence[Played]) -> str:
    """What a run that takes an hour has found already: gates that counted anything, the failed ones first."""
    counted = sorted((gate for gate in gates(played) if gate.value), key=lambda gate: gate.ok)
    words = (f"{gate.value} of {gate.n} {gate.name}{'' if gate.ok else ' FAILED'}" for gate in counted)
    return "; ".join(words) or "nothing"


def _played_and_gone(errand: _Errand) -> Played:
    errand.root.mkdir()
    with mock.patch.dict(os.environ, {"CROSSCHECK_JOBS": str(errand.jobs)}):
        played = play(errand.batch, errand.root)
    shutil.rmtree(errand.root, ignore_errors=True)
    return played


# --- judging a page ------------------------------------------------------------------------------


def wrong(page: PageResult) -> bool:
    """Placed where it does not belong."""
    return page.fate == "known" and not page.right


def set_aside(page: PageResult) -> bool:
    """A pupil's page that is settled as nobody's, without a person."""
    return page.truth.plan.owner is not None and page.fate in _ASIDE


def to_person(page: PageResult) -> bool:
    """A person must look, though what is on paper is enough to tell."""
    expected = page.truth.plan.expect
    return expected is not Expect.PERSON and not set_aside(page) and page.fate != expected.value


def undamaged(page: PageResult) -> bool:
    """Whether the page is one of those of which less than one in two hundred may need a person."""
    plan = page.truth.plan
    return plan.damage.kind is Kind.UNDAMAGED and plan.event in _STILL_UNDAMAGED and plan.expect is Expect.KNOWN


def bare(page: PageResult) -> bool:
    """Masked, but the ink of an answer is not there (of what is destroyed nobody can ask that)."""
    return page.verdict.lost > 0 and not page.truth.plan.destroyed


def tellable(page: PageResult) -> bool:
    """Whether it is neither destroyed nor one of those that nothing distinguishes."""
    return not page.truth.plan.destroyed and page.truth.plan.expect is not Expect.PERSON


def under(share_percent: float, n: int) -> int:
    """The largest number that is less than that share of `n`: 0 when even one is too many."""
    return max(0, -(-n * round(share_percent * 10) // 1000) - 1)


# --- gates -----------------------------------------------------------------------------------------


def gates(played: Sequence[Played]) -> tuple[Gate, ...]:
    """What must not happen, over all batches."""
    pages = [page for one in played for page in one.pages]
    masked = [page for page in pages if page.masked]
    sound, able = [p for p in pages if undamaged(p)], [p for p in pages if tellable(p)]
    placed = [page for page in pages if page.fate == "known"]
    named = [p for p in masked if p.truth.plan.event is Event.NAME_IN_ANSWER]
    pupils = [page for page in pages if page.truth.plan.owner is not None]
    pairs = sum(one.twins.pairs for one in played)
    return (
        Gate("pages attributed to a wrong work or page", _count(placed, wrong), 0, len(placed)),
        Gate("pages that the ledger doesn't know", _count(pages, lambda p: not p.fate), 0, len(pages)),
        Gate("pupils' pages settled as nobody's", _count(pupils, set_aside), 0, len(pupils)),
        Gate("masked pages with anything but answers", _count(masked, lambda p: p.verdict.leaked), 0, len(masked)),
        Gate("masked pages without their own answers", _count(masked, bare), 0, len(masked)),
        Gate("twins whose masked pages differ", sum(len(one.twins.differ) for one in played), 0, pairs),
        Gate("places where a canary was found", sum(len(one.heard) for one in played), 0, _searched(played)),
        Gate("undamaged pages sent to a person", _count(sound, to_person), under(0.5, len(sound)), len(sound)),
        Gate("pages not destroyed sent to a person", _count(able, to_person), under(5.0, len(able)), len(able)),
        Gate(
            "names in answers not noticed (disclosed)", _count(named, lambda p: not p.flagged), len(named), len(named)
        ),
    )


def _count(pages: Sequence[PageResult], test: Callable[[PageResult], bool]) -> int:
    return sum(map(test, pages))


def _searched(played: Sequence[Played]) -> int:
    return sum(one.searched for one in played)


# --- the table, and the trouble page by page ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    pages: tuple[PageResult, ...]

    def cells(self) -> tuple[object, ...]:
        return (
            self.name,
            len(self.pages),
            _count(self.pages, lambda p: p.truth.plan.destroyed),
            _count(self.pages, lambda p: p.fate == "known" and p.right),
            _count(self.pages, lambda p: p.fate not in ("known", *_ASIDE)),
            _count(self.pages, lambda p: to_person(p) and tellable(p)),
            _count(self.pages, wrong),
            _count(self.pages, lambda p: p.verdict.leaked),
        )


def table(played: Sequence[Played]) -> list[str]:
    """A line for each kind of damage and each event, own and foreign forms apart."""
    rows: dict[str, list[PageResult]] = {}
    for one in played:
        for page in one.pages:
            rows.setdefault(_name(page), []).append(page)
    head = ("kind", "pages", "destroyed", "placed", "to person", "needlessly", "wrong", "leaked")
    cells = [head, *(_Row(name, tuple(rows[name])).cells() for name in sorted(rows, key=_place))]
    width = max(len(str(row[0])) for row in cells)
    return [
        "  ".join((f"{row[0]!s:<{width}}", *(f"{cell!s:>{len(head[i + 1])}}" for i, cell in enumerate(row[1:]))))
        for row in cells
    ]


def _name(page: PageResult) -> str:
    plan = page.truth.plan
    if plan.event is not None:
        return plan.event.value
    return plan.damage.kind.value if plan.own else f"foreign: {plan.damage.kind.value}"


def _place(name: str) -> tuple[int, str]:
    kinds = [kind.value for kind in Kind]
    bare = name.removeprefix("foreign: ")
    return (kinds.index(bare), name) if bare in kinds else (len(kinds), name)


def trouble(played: Sequence[Played]) -> Iterator[dict[str, object]]:
    """Every page that is not as it should be: where to find it, what was done to it, what the product said."""
    for one in played:
        where = {"seed": one.batch.seed, "batch": one.batch.number, "form_pages": one.batch.form_pages}
        for page in one.pages:
            what = _what(page)
            if what:
                yield {**where, "what": what, **_described(page)}
        by_place = {(page.truth.file, page.truth.index): page for page in one.pages}
        for place in one.twins.differ:
            yield {**where, "what": "twins differ", **_described(by_place[place])}
        for file, index, said in one.twins.single:
            what = "only one of the twins was masked"
            yield {**where, "what": what, "other": said, **_described(by_place[file, index])}
        yield from ({**where, "what": "canary", "where": place} for place in one.heard)


def _what(page: PageResult) -> str:
    if wrong(page):
        return "wrong"
    if page.verdict.leaked:
        return "leaked"
    if not page.fate:
        return "lost"
    if set_aside(page):
        return "set aside"
    if to_person(page) and tellable(page):
        return "to a person"
    return "answers missing" if bare(page) else ""


def _described(page: PageResult) -> dict[str, object]:
    plan = page.truth.plan
    return {
        "file": page.truth.file,
        "index": page.truth.index,
        "kind": _name(page),
        "fate": page.fate,
        "why": page.why,
        "verdict": str(page.verdict),
        "damage": str(plan.damage),
    }
