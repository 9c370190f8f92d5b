"""What spread does for the comparison of severities, and what it costs at the last wish: several districts."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.allocation_instances import SIZES, instance
from packets.linking import linked
from packets.problem import Proven, Solution
from packets.solve import solve

Row = dict[str, str | int | float]
_SEEDS = range(1, 11)
_SPREADS = (6, 7, 8)


def district_links() -> list[Row]:
    """For each district the variance of severities against the ideal, and the cost against that of the least spread."""
    return [row for seed in _SEEDS for row in _of(seed)]


def _of(seed: int) -> list[Row]:
    size = next(size for size in SIZES if size.name == "district")
    found, first = list[Row](), 0
    for spread in _SPREADS:
        solution = solve(instance(replace(size, spread=spread), seed))
        assert isinstance(solution, Solution)
        assert isinstance(solution.certificate, Proven)
        cost = solution.certificate.levels[-2].cost
        first = first or cost
        label = f"links district, seed {seed}, spread {spread}"
        variance = linked(solution.assignments).ratio or 0.0
        found.append(_row(f"{label}: cost", cost, size.works, f"spread {_SPREADS[0]}", cost / first))
        found.append(_row(f"{label}: variance of severity", variance, size.works, "the ideal design", variance))
    return found


def _row(name: str, value: float, works: int, against: str, ratio: float) -> Row:
    figure: Row = {"name": name, "value": round(value, 4), "unit": "", "n": works}
    return figure | {"compared_to": against, "ratio": round(ratio, 3)}
