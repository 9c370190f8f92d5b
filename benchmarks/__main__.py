"""`python -m benchmarks [NAME ...]`: run the measurements and write their figures to build/bench/.

A measurement is a module benchmarks/<name>.py with `rows() -> list[dict]`: one dictionary per figure,
with `name`, `value`, `unit` and what else helps to judge it (`n`, `compared_to`, `ratio`).
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEYS = ("name", "value", "unit", "n", "compared_to", "ratio")
OUT = HERE.parent / "build" / "bench"
Figure = Mapping[str, object]


def names() -> tuple[str, ...]:
    """The measurements there are: modules of this folder that define `rows`."""
    modules = (path for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    return tuple(sorted(path.stem for path in modules if "\ndef rows(" in path.read_text("utf-8")))


def measured(name: str) -> list[Figure]:
    """The figures of one measurement."""
    module = importlib.import_module(f"benchmarks.{name}")
    return list(module.rows())


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned columns, in the order the first figures name them."""
    columns = list(dict.fromkeys(key for figure in figures for key in figure))
    lines = [columns, *([_text(figure.get(column)) for column in columns] for figure in figures)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines)


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def write(name: str, figures: Sequence[Figure], folder: Path) -> Path:
    """One JSON file: a list of figures, each with the same keys."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    rows = [{key: figure.get(key) for key in KEYS} for figure in figures]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return path


def main(wanted: Sequence[str]) -> int:
    """Run the wanted measurements (all when none is named); returns the exit status."""
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known) or 'none'}", file=sys.stderr)
        return 2
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before a measurement loads numpy: one core is measured
    failed = []
    for name in wanted or known:
        print(f"== {name}", flush=True)
        try:
            figures = measured(name)
        except Exception:
            # One measurement that fails must not take the others' figures with it.
            traceback.print_exc()
            failed.append(name)
            continue
        print(table(figures))
        print(f"-> {write(name, figures, OUT)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
