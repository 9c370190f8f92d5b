"""`crosscheck paper preview`, `proof` and `check`: looked at before thousands of pages are printed."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import click

from crosscheck import i18n
from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.wholefile import private_folder
from packets.errors import FileNotWritten

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(
    "preview",
    help=N_(
        "Show any printed document as pictures: each page becomes a PNG."
        "\n\nExample: crosscheck paper preview out/packets/000042-7.pdf --page 1 --out look"
    ),
)
@click.argument("document", type=_FILE)
@click.option("--page", type=click.IntRange(1), help=N_("Only this page, counted from 1."))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=N_("Folder; default: preview."))
@click.option("--dpi", type=click.IntRange(20, 600), default=100, show_default=True, help=N_("Pixels for an inch."))
def preview(document: Path, page: int | None, out: Path | None, dpi: int) -> None:
    from packets.allocations import written
    from packets.previewing import pictures

    folder, n, stem = out or Path("preview"), 0, document.stem
    for number, png in pictures(document, page, dpi):
        if n == 0:
            _folder(folder)
            stem = _free(folder, document, number, png)
        written(folder / f"{stem}-{number:03d}.png", png)
        n += 1
    click.echo(_("{n} pictures in {folder}.").format(n=n, folder=folder))


def _free(folder: Path, document: Path, number: int, png: bytes) -> str:
    """What pictures are called: as the document, unless another picture has the name, as of a document so called in
    another folder; then what it holds follows."""
    there = folder / f"{document.stem}-{number:03d}.png"
    if not there.exists() or there.read_bytes() == png:
        return document.stem
    return f"{document.stem}-{hashlib.sha256(document.read_bytes()).hexdigest()[:8]}"


@click.command(
    "proof",
    help=N_(
        "Write the proof page, FILE: printed and scanned as everything else will be, it shows whether printer and "
        "scanner are fit.\n\nExample: crosscheck paper proof proof.pdf"
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default=Path("proof.pdf"))
@click.option("--lang", type=click.Choice(i18n.LANGUAGES), default="ru", show_default=True, help=N_("Language of it."))
def proof(file: Path, lang: str) -> None:
    from crosscheck.typeset import canvas
    from packets.allocations import written
    from packets.drawing.proof import draw_proof

    press = canvas(made := io.BytesIO())
    draw_proof(press, i18n.translator(lang))
    press.finish()
    written(file, made.getvalue())
    click.echo(_("{file}: print it, scan it, then `crosscheck paper check SCAN`.").format(file=file))


@click.command(
    "check",
    help=N_(
        "Say in words what a scanned proof page shows of printer and scanner.\n\nSCAN is a PNG, JPEG, TIFF or PDF. "
        "Ends with 10 when something is wrong.\n\nExample: crosscheck paper check scan.png"
    ),
)
@click.argument("scan", type=_FILE)
def check(scan: Path) -> int:
    from packets import proofing

    seen = proofing.looked_at(proofing.opened(scan))
    wrong = list(proofing.faults(seen, _))
    for line in wrong:
        click.echo(f"! {line}")
    if wrong:
        return Exit.PERSON_NEEDED
    across, down = (f"{100 * part:.1f}" for part in seen.scale)
    text = _("Fit: scale {across} % across, {down} % down; black {black} %; all codes read; nothing cut off.")
    click.echo(text.format(across=across, down=down, black=round(100 * (1 - seen.steps[0]))))
    return Exit.DONE


def _folder(folder: Path) -> None:
    try:
        private_folder(folder)
    except OSError as trouble:
        raise FileNotWritten(file=folder, reason=trouble.strerror or type(trouble).__name__) from trouble
