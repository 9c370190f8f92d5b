"""Makes the sample scans: `python -m drill.samples --seed 20260414 --out sample_scans --fonts FOLDER`.

FOLDER holds the four font archives that `npm pack` fetches (see drill.handwriting).
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crosscheck.procedure import Procedure
from drill import criteria, district, foreign, sample_notes
from drill.assessment import DISTRICT, SINGLE, toml
from drill.batches import BATCHES, SINGLE_BATCHES, Batch
from drill.containers import Scan, Settings, files, png
from drill.district import District, Pupil, Way
from drill.drawing import rendered
from drill.handwriting import FontBook, FontsMissingError
from drill.paper import grey
from drill.scanned import Side, Writer, page_count, pile, scan_pages, true_page
from drill.truth import TruePage, TrueWork, Truth, written

_REFERENCE_DPI = 150
_EXPERTS, _SINGLE_EXPERTS = 28, 7
_FIRST_FORM, _SINGLE_FIRST_FORM = 2001, 501


@dataclass(frozen=True, slots=True)
class Made:
    """What became of some batches: files by name, truth, and manifest rows (file, pages, pupil, template)."""

    files: Mapping[str, bytes]
    truth: Truth
    manifest: tuple[tuple[str, str, Pupil, str], ...]


def _true_work(procedure: Procedure, batch: Batch, index: int, pupil: Pupil) -> TrueWork:
    return TrueWork(
        participant=pupil.code,
        school=str(pupil.class_set.school),
        class_name=pupil.class_set.name,
        way=pupil.class_set.way.value,
        form=pupil.form,
        points=pupil.worth,
        name=pupil.name,
        pages=page_count(procedure, pupil.class_set.way),
        missing=tuple(page for at, page in batch.missing if at == index),
    )


def _manifest(batch: Batch, sides: Sequence[Side], first: int) -> Iterable[tuple[str, str, Pupil, str]]:
    """One row for each work of a foreign batch; its pages lie together."""
    if batch.class_set.way is Way.OWN:
        return
    places: dict[str, list[int]] = {}
    by_code = {side.pupil.code: side.pupil for side in sides if side.pupil}
    for position, side in enumerate(sides, start=first + 1):
        if side.pupil:
            places.setdefault(side.pupil.code, []).append(position)
    for code, at in places.items():
        yield (
            f"{batch.stem}.pdf" if "PDF" in batch.container.value else f"{batch.stem}.tif",
            (f"{at[0]}-{at[-1]}"),
            by_code[code],
            batch.class_set.way.value,
        )


def _make_pile(
    procedure: Procedure, batches: Sequence[Batch], place: District, writer: Writer, seed: list[int]
) -> Made:
    """The batches of one stem, one after the other in the same file or files."""
    scans: list[Scan] = []
    pages: list[TruePage] = []
    works: list[TrueWork] = []
    manifest: list[tuple[str, str, Pupil, str]] = []
    for number, batch in enumerate(batches):
        rng = np.random.default_rng([*seed, number])
        writers = place.writers(batch.class_set)
        sides = pile(batch, writers, page_count(procedure, batch.class_set.way), rng)
        manifest += _manifest(batch, sides, len(scans))
        for side, (scan, identity) in zip(sides, scan_pages(batch, sides, writer, rng), strict=True):
            pages.append(true_page(batch, side, len(scans), identity))
            scans.append(scan)
        works += [_true_work(procedure, batch, i, pupil) for i, pupil in enumerate(writers)]
    first = batches[0]
    settings = Settings(first.dpi, first.quality, _remark(first), first.rotate)
    stored = files(first.stem, scans, first.container, settings)
    return Made(stored, Truth(tuple(works), tuple(pages)), tuple(manifest))


def _remark(batch: Batch) -> str:
    # Scanners write the operator's words into the file: they must not cross to the experts.
    return f"Школа {batch.class_set.school}, класс {batch.class_set.name}"


def make(procedure: Procedure, batches: Sequence[Batch], place: District, book: FontBook, seed: int) -> Made:
    """All batches; those with one stem share a file."""
    writer = Writer(procedure, book, seed)
    stems: dict[str, list[Batch]] = {}
    for batch in batches:
        stems.setdefault(batch.stem, []).append(batch)
    made = []
    for number, (stem, group) in enumerate(stems.items()):
        made.append(_make_pile(procedure, group, place, writer, [seed, number]))
        print(f"{stem}: {len(made[-1].truth.pages)} pages", file=sys.stderr)
    return Made(
        files={name: data for part in made for name, data in part.files.items()},
        truth=Truth(
            tuple(work for part in made for work in part.truth.works),
            tuple(page for part in made for page in part.truth.pages),
        ),
        manifest=tuple(row for part in made for row in part.manifest),
    )


def _templates() -> dict[str, bytes]:
    made = {}
    for form in foreign.FORMS.values():
        made[f"templates/{form.name}.toml"] = foreign.template(form).encode()
        pdf = foreign.draw(form)
        for page in form.pages:
            image = grey(rendered(pdf, page.page - 1, _REFERENCE_DPI))
            made[f"templates/{form.name}-{page.page}.png"] = png(image, _REFERENCE_DPI, one_bit=False)
    return made


def _tables(place: District, manifest: Iterable[tuple[str, str, Pupil, str]]) -> dict[str, bytes]:
    texts = {**district.tables(place), "manifest.csv": district.manifest(manifest)}
    return {name: text.encode() for name, text in texts.items()}


def _district_files(book: FontBook, seed: int) -> dict[str, bytes]:
    place = district.made(DISTRICT, district.CLASS_SETS, _EXPERTS, _FIRST_FORM, seed)
    made = make(DISTRICT, BATCHES, place, book, seed)
    inner = {
        "procedure.toml": toml(DISTRICT).encode(),
        "criteria.pdf": criteria.draw(DISTRICT.title),
        **_templates(),
        **_tables(place, made.manifest),
    }
    return {
        **{f"district/{name}": data for name, data in inner.items()},
        **{f"scans/{name}": data for name, data in made.files.items()},
        "truth.json": written(made.truth).encode(),
    }


def _single_files(book: FontBook, seed: int) -> dict[str, bytes]:
    place = district.made(SINGLE, district.SINGLE_CLASS_SETS, _SINGLE_EXPERTS, _SINGLE_FIRST_FORM, seed)
    made = make(SINGLE, SINGLE_BATCHES, place, book, seed)
    return {
        "single/procedure.toml": toml(SINGLE).encode(),
        **{f"single/{name}": data for name, data in _tables(place, ()).items()},
        **{f"single/scans/{name}": data for name, data in made.files.items()},
        "single/truth.json": written(made.truth).encode(),
    }


def checksums(contents: Mapping[str, bytes]) -> str:
    """SHA-256 of each file, as `sha256sum -c` reads it."""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(contents.items())]
    return "\n".join([*lines, ""])


def _remove_old(out: Path) -> None:
    """Take away the scans of an earlier seed: a batch may have more pages then."""
    for folder in (out / "scans", out / "single" / "scans"):
        for old in folder.glob("scan-*"):
            old.unlink()


def main(arguments: Sequence[str] | None = None) -> int:
    """Make everything anew under `--out`; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m drill.samples", description="Make the sample scans.")
    parser.add_argument("--seed", type=int, default=20260414)
    parser.add_argument("--out", type=Path, default=Path("sample_scans"))
    parser.add_argument("--fonts", type=Path, required=True, help="folder with the font archives")
    options = parser.parse_args(arguments)
    try:
        book = FontBook(options.fonts)
    except FontsMissingError as fault:
        print(fault, file=sys.stderr)
        return 2
    contents = {**_district_files(book, options.seed), **_single_files(book, options.seed)}
    contents["README.md"] = sample_notes.readme(options.seed).encode()
    _remove_old(options.out)
    for name, data in contents.items():
        path = options.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (options.out / "CHECKSUMS.txt").write_text(checksums(contents), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
