"""`python3 x.py drill NAME [--seed N] [--pages N]`: run a drill, print its table, write build/drill/NAME.json."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from drill.gate import Gate
from drill.gates import DRILLS

OUT = Path(__file__).parent.parent / "build" / "drill"


def main() -> int:
    """1 when a gate fails."""
    options = argparse.ArgumentParser(prog="x.py drill", description="Gates on correctness, with any seed.")
    options.add_argument("name", nargs="?", choices=sorted(DRILLS), help="which drill (default: all)")
    options.add_argument("--seed", type=int, default=1, help="of people and paper")
    units = sorted({drill.unit for drill in DRILLS.values()})
    options.add_argument(*(f"--{unit}" for unit in units), type=int, dest="size", help="how many to try")
    chosen = options.parse_args()
    names = [chosen.name] if chosen.name else sorted(DRILLS)
    return max([_run(name, chosen.seed, chosen.size or DRILLS[name].usual) for name in names])


def _run(name: str, seed: int, size: int) -> int:
    gates = DRILLS[name].run(seed, size)
    width = max(len(gate.name) for gate in gates)
    print(f"{name}, seed {seed}, {size} {DRILLS[name].unit}")
    for gate in gates:
        print(f"  {gate.name:<{width}}  {gate.value:>6} of {gate.n:<7} limit {gate.limit:<5} {_word(gate)}")
    OUT.mkdir(parents=True, exist_ok=True)
    rows = [{"name": g.name, "value": g.value, "limit": g.limit, "n": g.n, "ok": g.ok} for g in gates]
    (OUT / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False, indent=2), "utf-8")
    return int(not all(gate.ok for gate in gates))


def _word(gate: Gate) -> str:
    return "ok" if gate.ok else "FAILED"


if __name__ == "__main__":
    sys.exit(main())
