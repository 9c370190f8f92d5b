"""docs/errors.md is made from the error classes: `python -m drill.error_list update|check`."""

from __future__ import annotations

import importlib
import re
import sys
from itertools import groupby
from pathlib import Path

from crosscheck.errors import CrosscheckError, Exit, all_errors

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path("docs/errors.md")
PACKAGES = ("crosscheck", "scanning", "packets", "scoring")
_RAISES = re.compile(r"^\s+number(?:: ClassVar\[int\])?(?:, exit)? = \d", re.MULTILINE)
_MEANING = {
    Exit.DONE: "done",
    Exit.USAGE: "the command line was wrong",
    Exit.PERSON_NEEDED: "done, a person is needed",
    Exit.PROCEDURE: "the procedure or the settings",
    Exit.INPUT: "input files",
    Exit.LEDGER: "the ledger or stored files",
    Exit.KEY: "a key is needed or wrong",
    Exit.PRINTING: "making paper",
    Exit.BUG: "a fault of the program",
    Exit.INTERRUPTED: "interrupted",
}


def module_names(root: Path) -> tuple[str, ...]:
    """The modules that define numbered errors: only these have to be imported."""
    paths = (path for package in PACKAGES for path in sorted((root / package).rglob("*.py")))
    found = (path for path in paths if _RAISES.search(path.read_text("utf-8")))
    return tuple(".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for path in found)


def product_errors(root: Path = ROOT) -> list[type[CrosscheckError]]:
    """Every numbered error of the product, by number."""
    names = module_names(root)
    for name in names:
        importlib.import_module(name)
    return [kind for kind in all_errors() if kind.__module__ in names]


def page(errors: list[type[CrosscheckError]]) -> str:
    """The text of docs/errors.md."""
    lines = [
        "# Errors",
        "",
        "Every message of trouble begins with a number that never changes its meaning. This page is made from the",
        "error classes (`python -m drill.error_list update`); a test compares them. Trouble with *paper* has no",
        "number: it is listed as a finding for a person to look at.",
        "",
        "| exit status | meaning |",
        "|---|---|",
        *(f"| {int(status)} | {_MEANING[status]} |" for status in Exit),
    ]
    for status, kinds in groupby(sorted(errors, key=lambda k: (k.exit, k.number)), key=lambda kind: kind.exit):
        lines += ["", f"## Exit {int(status)}: {_MEANING[status]}"]
        for kind in kinds:
            lines += ["", *_entry(kind)]
    return "\n".join(lines) + "\n"


def _entry(kind: type[CrosscheckError]) -> list[str]:
    sentence = " ".join(kind.sentence.split())
    return [f"### E{kind.number:04d} {kind.__name__}", "", f"> {sentence}", "", f"What to do: {kind.remedy}"]


def main(arguments: list[str]) -> int:
    """Carry out update or check; returns the exit status."""
    if arguments not in (["update"], ["check"]):
        print("usage: python -m drill.error_list update|check", file=sys.stderr)
        return 2
    wanted = page(product_errors())
    path = ROOT / PAGE
    if arguments == ["update"]:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted, "utf-8", newline="\n")
        return 0
    if path.exists() and path.read_text("utf-8") == wanted:
        return 0
    print(f"{PAGE.as_posix()} is stale: python -m drill.error_list update")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
