"""The README of the sample scans, made from the same data as the scans themselves."""

from __future__ import annotations

from drill.batches import BATCHES, SINGLE_BATCHES, Batch
from drill.containers import Container
from drill.paper import PROFILES

_HEAD = """# Sample scans

A made-up district: 7 schools, 13 class-sets, 94 works. Every name, code and school is invented; the handwriting is
made with free script fonts, the paper and its wear are simulated. Nothing here comes from a real person or exam.

Source: `python -m drill.samples --seed {seed} --out sample_scans --fonts FOLDER`, FOLDER holding the archives that
`npm pack @fontsource/caveat @fontsource/bad-script @fontsource/marck-script @fontsource/neucha` leaves (SIL Open Font
License 1.1; only their drawn letters are in the scans, no font file is). Seed of all files: {seed}. Terms: as the
project (Apache-2.0). `CHECKSUMS.txt` has the SHA-256 of every file (`sha256sum -c CHECKSUMS.txt`). The same seed makes
the same works, names and accidents everywhere; the same bytes only with the same library versions.

The names of scan files and their metadata are as schools send them: some metadata names a school on purpose, because
it must not reach an expert. `truth.json` says what is really on each page (`expected_fate`: before any person has
acted; `identity_boxes_mm`: where a name, school, class or code is handwritten) and is for comparing only; the product
never reads it. `district/` holds the tables, the procedure, the mark scheme and the templates of foreign forms;
`single/` a small procedure marked once, with its own tables, scans and truth.

| file | purpose | class-set | dpi | paper | accidents |
|---|---|---|---|---|---|
"""
_TAIL = """
| other files | purpose |
|---|---|
| `district/procedure.toml`, `single/procedure.toml` | the assessments: 6 tasks, 8 criteria |
| `district/criteria.pdf` | mark scheme, 2 pages |
| `district/templates/*` | the blank foreign forms (150 dpi grey PNG) and their zones in millimetres |
| `district/*.csv`, `single/*.csv` | schools, class-sets, participants, experts, conflicts, manifest |
| `truth.json`, `single/truth.json` | what is really on the pages |
"""


def _name(batch: Batch) -> str:
    ending = {Container.JPEGS: "-NN.jpg", Container.PNGS: "-NN.png", Container.TIFF_G4: ".tif"}
    return batch.stem + ending.get(batch.container, ".pdf")


def _accidents(batch: Batch) -> str:
    said = [f"{e.accident.value} (work {e.pupil + 1}, page {e.page})" for e in batch.events]
    said += [f"missing (work {pupil + 1}, page {page})" for pupil, page in batch.missing]
    said += ["all pages shuffled"] if batch.shuffled else []
    return "; ".join(said) or "-"


def _row(folder: str, batch: Batch) -> str:
    wear = next(name for name, wear in PROFILES.items() if wear == batch.wear)
    colour = "colour" if batch.colour else "1-bit" if batch.one_bit else "grey"
    turn = f", lying at {batch.turn.value}°" if batch.turn else ""
    what = f"{batch.container.value}, {colour}{turn}"
    cells = (
        f"`{folder}{_name(batch)}`", what, f"{batch.class_set.school} {batch.class_set.name}", batch.dpi,
        f"{batch.class_set.way.value}, {wear}", _accidents(batch),
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def readme(seed: int) -> str:
    """The text of sample_scans/README.md."""
    rows = [_row("scans/", batch) for batch in BATCHES] + [_row("single/scans/", batch) for batch in SINGLE_BATCHES]
    return _HEAD.format(seed=seed) + "\n".join(rows) + "\n" + _TAIL
