"""`python3 x.py demo`: the main job, end to end, on the sample scans, and what came of it against the truth."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
from pathlib import Path

from drill.journey import Day, play

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_scans"
MARKER = "made-by-the-demo.txt"


def main() -> int:
    """Play the day, print what happened, write summary.json; 1 when something happened that must not."""
    options = argparse.ArgumentParser(prog="x.py demo", description="The main job on the sample scans.")
    options.add_argument("--out", type=Path, default=ROOT / "demo-out", help="folder to leave everything in")
    options.add_argument("--seed", type=int, default=1, help="of the experts' judgement, pens and paper")
    chosen = options.parse_args()
    if not _emptied(chosen.out):
        print(f"{chosen.out} exists and was not made by a demo: name another folder with --out.", file=sys.stderr)
        return 2
    print("A check day in a made-up district, played through crosscheck's own commands:")
    day = play(SAMPLES, SAMPLES / "district", chosen.out / "station", chosen.seed, say=True)
    summary = summary_of(day)
    (chosen.out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2), "utf-8")
    _tell(day, chosen.out)
    return 0 if sound(day) else 1


def _emptied(folder: Path) -> bool:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            return False
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("A demo may delete and remake this folder.\n", "utf-8")
    return True


def summary_of(day: Day) -> dict[str, object]:
    """What summary.json says."""
    compared = day.comparison
    return {
        "stages": [dataclasses.asdict(stage) for stage in day.stages],
        "pages": dict(day.fates),
        "works": day.works,
        "markings": day.markings,
        "discrepancies": day.discrepancies,
        "findings_open": day.findings_open,
        "wrong_attributions": compared.wrong_attributions,
        "leaked_pages": compared.leaked_pages,
        "wrong_points_accepted": compared.wrong_points_accepted,
        "cells": compared.cells,
        "cells_to_person": compared.cells_to_person,
        "conflicts": compared.conflicts,
        "names_planted_in_answers": compared.planted,
        "names_planted_flagged": compared.flagged,
        "school_slips": day.slips.made,
        "school_slips_found": day.slips.found,
        "balances_ok": day.balances_ok,
        "seconds": day.seconds,
    }


def sound(day: Day) -> bool:
    """Whether nothing happened that must not."""
    compared = day.comparison
    bad = (
        compared.wrong_attributions,
        compared.leaked_pages,
        compared.wrong_points_accepted,
        compared.conflicts,
    )
    return not any(bad) and day.balances_ok and day.slips.made == day.slips.found


def _tell(day: Day, out: Path) -> None:
    compared = day.comparison
    accepted = compared.accepted
    fates = ", ".join(f"{name} {n}" for name, n in sorted(day.fates.items()))
    print(
        f"""
Pages by fate: {fates}.
Works numbered: {day.works}; markings: {day.markings}; works called for a third marking: {day.discrepancies}.
Agreement of the two experts on totals: exact {day.exact}, weighted kappa {day.kappa}.
Open findings for a person: {day.findings_open}; every law balances: {"yes" if day.balances_ok else "NO"}.

Compared with the truth, which only the simulator knows:
  pages attributed to a wrong work           {compared.wrong_attributions} of {compared.pages_placed}
  pages with identity outside answers left   {compared.leaked_pages} of {compared.pages_masked}
  wrong points accepted without a person     {compared.wrong_points_accepted} of {accepted}
  cells shown to a person                    {compared.cells_to_person} of {compared.cells}
  assignments against a conflict             {compared.conflicts} of {day.markings}
  slips of schools in their forms, found     {day.slips.found} of {day.slips.made}
  names written inside an answer             {compared.planted}, flagged {compared.flagged} (no mask removes them)

{day.seconds:.0f} s. Look into {out}:
  station/out/packets     a PDF for each expert: cover, criteria, anonymous copies, score sheets
  scanned-sheets-1, -2    the sheets as experts filled them and a scanner saw them
  station/out/reports     the discrepancy report by number, with pictures of the cells
  station/out/results     results of class-sets, schools and the district, after release
  forms                   electronic forms of schools, filled in
  station/ledger.db       every fact; summary.json  these figures for programs"""
    )


if __name__ == "__main__":
    sys.exit(main())
