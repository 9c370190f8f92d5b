"""`crosscheck template`: make a template of a foreign form from a sample, look at it, find what is wrong with it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscheck import stages
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.session import json_option, show

if TYPE_CHECKING:
    from scanning.forms.checking import Page
    from scanning.forms.foreignform import Template
    from scanning.forms.learning import Grey, Proposal
    from scanning.forms.previewing import Shown


class TemplateExists(CrosscheckError):
    """A file that learning or previewing would write is there already."""

    number = 3045
    exit = Exit.USAGE
    sentence = "{path} exists already."
    remedy = "Name another folder or file, or delete this one if nobody needs it; nothing was written."


class SampleNotOpened(CrosscheckError):
    """A scan given to a template command gave no page."""

    number = 3046
    exit = Exit.INPUT
    sentence = "{name} can't be used: {why}"
    remedy = "Give a PDF, TIFF, JPEG or PNG that opens and shows whole pages."


class NotAPreview(CrosscheckError):
    """The file to write a preview to is neither PNG nor PDF, or a PNG for more pages than one."""

    number = 3047
    exit = Exit.USAGE
    sentence = "A preview of {pages} pages can't be written to {path}."
    remedy = "Let the name end in .pdf, or in .png and choose one page with --page."


class NoSuchTemplatePage(CrosscheckError):
    """A page that neither the template nor the scan given with it has."""

    number = 3048
    exit = Exit.USAGE
    sentence = "There is no page {page} to show of the template {name}."
    remedy = "The numbers of its pages stand in the template file as `page = ...`."


@click.group(
    help=stages.help_of(
        "template",
        "A template says where on a foreign form identity stands and where answers are written. `learn` proposes one "
        "from a blank or filled sample; correct its zones in the file, look at them with `preview`, and let `check` "
        "say what is wrong. What stands in zones is white in the stored picture.",
        "crosscheck template learn blank.pdf --name vpr --out templates",
        "crosscheck template preview templates/vpr.toml --out vpr.pdf",
        "crosscheck template check templates/vpr.toml scans/first.pdf",
    )
)
def template() -> None:
    pass


def _sample_pages(path: Path) -> Iterator[Grey]:
    """The pages of a scan as grey pixels. E3046 when one can't be opened."""
    from scanning.errors import UndecodableImage
    from scanning.files.sources import FileFault, Opener, PageFault, decode, explain

    with Opener() as opener:
        opened = opener.open(path)
    if isinstance(opened, FileFault):
        raise SampleNotOpened(name=path.name, why=explain(opened))
    for page in opened.pages:
        if isinstance(page, PageFault):
            raise SampleNotOpened(name=path.name, why=_("page {page} is damaged").format(page=page.index + 1))
        try:
            yield decode(page.stream, page.media)
        except UndecodableImage as trouble:
            raise SampleNotOpened(name=path.name, why=str(trouble.fields["detail"])) from trouble


_SCANS = click.Path(path_type=Path, exists=True, dir_okay=False)


@template.command(
    "learn",
    help=N_(
        "Propose a template from one blank or filled sample.\n\nEach page of the scans becomes a page of the template: "
        "stood up, large frames as answer zones, all above the first of them as identity. Below the last one is hidden "
        "too until you say --upright: upside down, the head is there. Writes NAME.toml and NAME-1.png and so on; what "
        "stands in zones is white in the pictures, unless you say --blank.\n\nExample: crosscheck template learn "
        "sample.pdf --name vpr --out templates"
    ),
)
@click.argument("scans", nargs=-1, required=True, type=_SCANS)
@click.option("--name", required=True, help=N_("Name of the template: letters, digits, dashes."))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help=N_("Folder to write to."))
@click.option("--pages", "most", type=click.IntRange(1, 99), help=N_("Only the first so many pages of the scans."))
@click.option("--upside-down", multiple=True, type=int, help=N_("Number of a page that came out upside down."))
@click.option("--upright", is_flag=True, help=N_("You saw that all pages come out upright."))
@click.option("--blank", is_flag=True, help=N_("Nobody has written on the sample: nothing need be made white."))
def learn(
    scans: tuple[Path, ...],
    name: str,
    out: Path,
    most: int | None,
    upside_down: tuple[int, ...],
    upright: bool,
    blank: bool,
) -> int:
    from scanning.forms import learning

    if not name.replace("-", "").replace("_", "").isalnum():
        raise click.BadParameter(_("letters, digits and dashes only"), param_hint="--name")
    samples = itertools.islice((grey for scan in scans for grey in _sample_pages(scan)), most)
    pages = [learning.upright(grey, upside_down=number in upside_down) for number, grey in enumerate(samples, start=1)]
    proposals = [learning.proposed(page, surely_upright=upright) for page in pages]
    path = out / f"{name}.toml"
    _write_new(out, _files(name, pages, proposals, white=not blank))
    click.echo(
        _("{path}: {pages} pages, {answers} answer zones. Correct it, then look at it with `template preview`.").format(
            path=path, pages=len(pages), answers=sum(len(proposal.answers) for proposal in proposals)
        )
    )
    if not upright:
        click.echo(_("When all pages came out upright, learn again with --upright: then more print is kept."))
    return _told_problems(path)


def _files(name: str, pages: Sequence[Grey], proposals: Sequence[Proposal], *, white: bool) -> dict[str, bytes]:
    """The template file and its pictures."""
    from scanning.forms import learning, matching
    from scanning.forms.checking import encoded

    references = [f"{name}-{number}.png" for number in range(1, len(pages) + 1)]
    comments = (_("Proposed from a sample. Correct the zones: x, y, width, height in millimetres from the top left."),)
    files = {f"{name}.toml": learning.template_text(name, references, proposals, comments).encode()}
    for reference, page, proposal in zip(references, pages, proposals, strict=True):
        zones = (*proposal.identity, *proposal.answers) if white else ()
        files[reference] = encoded(matching.whitened(page, zones))
    return files


def _write_new(folder: Path, files: dict[str, bytes]) -> None:
    for name in files:
        if (folder / name).exists():
            raise TemplateExists(path=folder / name)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        with (folder / name).open("xb") as file:
            file.write(content)


def _told_problems(path: Path) -> int:
    """Say what is still wrong with a template that was just written."""
    from scanning.errors import TemplateProblems
    from scanning.forms.templates import load_template

    try:
        load_template(path)
    except TemplateProblems as problems:
        click.echo(str(problems), err=True)
    return Exit.PERSON_NEEDED  # zones are proposals: somebody must look at them


@template.command(
    "whiten",
    help=N_(
        "Make every zone white in a template's pictures.\n\nNeeded when zones were made larger after learning from a "
        "filled sample, or when the pictures came from elsewhere.\n\nExample: crosscheck template whiten "
        "templates/vpr.toml"
    ),
)
@click.argument("path", metavar="TEMPLATE", type=_SCANS)
def whiten(path: Path) -> None:
    from scanning.forms.checking import encoded, reference_names
    from scanning.forms.matching import blank
    from scanning.forms.templates import load_template

    known = load_template(path)
    for page, name in zip(known.pages, reference_names(path), strict=True):
        (path.parent / name).write_bytes(encoded(blank(page)))
    click.echo(_("{path}: {pages} pictures are white in their zones.").format(path=path, pages=len(known.pages)))


# --- preview -------------------------------------------------------------------------------------------


@template.command(
    "preview",
    help=N_(
        "Draw a template's zones over its pictures, or over a scan.\n\nExample: crosscheck template preview "
        "templates/vpr.toml filled.pdf --out vpr.pdf"
    ),
)
@click.argument("path", metavar="TEMPLATE", type=_SCANS)
@click.argument("scan", required=False, type=_SCANS)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help=N_("A .png or .pdf file."))
@click.option("--page", "number", type=int, help=N_("Only this page of the template, or of the scan."))
def preview(path: Path, scan: Path | None, out: Path, number: int | None) -> int:
    from scanning.forms import previewing
    from scanning.forms.templates import sketched_template

    known = sketched_template(path)
    shown, refused = (_blank_pages(known, number), 0) if scan is None else _scanned_pages(known, scan, number)
    if not shown:
        raise NoSuchTemplatePage(name=known.name, page=number or 1)
    writers = {".pdf": previewing.as_pdf} | ({".png": previewing.as_png} if len(shown) == 1 else {})
    if out.suffix.lower() not in writers:
        raise NotAPreview(path=out, pages=len(shown))
    _write_new(out.parent, {out.name: writers[out.suffix.lower()](shown)})
    click.echo(_("{out}: {pages} pages.").format(out=out, pages=len(shown)))
    if scan is not None:
        click.echo(_("Delete it when you have looked: it may show a name."))
    return Exit.PERSON_NEEDED if refused else Exit.DONE


def _blank_pages(known: Template, number: int | None) -> list[Shown]:
    from scanning.forms.checking import picture_of
    from scanning.forms.matching import anchors_of
    from scanning.forms.previewing import Shown

    return [
        Shown(picture_of(page), page, tuple(a.box for a in anchors_of(page)), _title(known.name, page.page))
        for page in known.pages
        if number is None or page.page == number
    ]


def _scanned_pages(known: Template, scan: Path, number: int | None) -> tuple[list[Shown], int]:
    """Pages of the scan (or the one that is asked for) as far as they show the template, and how many don't."""
    from scanning.forms.checking import fault_words
    from scanning.forms.matching import Matched, match
    from scanning.forms.previewing import Shown, registered

    shown, refused = [], 0
    for position, grey in enumerate(_sample_pages(scan), start=1):
        if number is not None and position != number:
            continue
        found = match(grey, (known,))
        if isinstance(found, Matched):
            title = _title(known.name, found.page.page) + f" · {scan.name}, {position}"
            shown.append(Shown(registered(grey, found.registration), found.page, (), title))
        else:
            refused += 1
            click.echo(_("{file}, page {page}: {why}").format(file=scan.name, page=position, why=fault_words(found)))
    return shown, refused


def _title(name: str, page: int) -> str:
    return _("{name}, page {page}").format(name=name, page=page)


# --- check ---------------------------------------------------------------------------------------------


@template.command(
    "check",
    help=N_(
        "Say everything that is wrong with templates, and what they make of scans.\n\nSees whether pages can be "
        "recognised, told apart from each other, and hold nothing in their zones; for scans, which page each shows and "
        "how well it fits.\n\nExample: crosscheck template check templates/vpr.toml scans/first.pdf"
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="TEMPLATE... [SCAN]...", type=_SCANS)
@json_option
def check(paths: tuple[Path, ...], as_json: bool) -> int:
    from scanning.forms import checking

    templates, problems = checking.loaded([path for path in paths if path.suffix.lower() == ".toml"])
    scans = [path for path in paths if path.suffix.lower() != ".toml"]
    rows = [*problems, *checking.template_rows(templates)]
    rows += [row for scan in scans for row in checking.scan_rows(_named(scan), tuple(templates))]
    wanting = sum(bool(row["todo"]) for row in rows)
    columns = ("file", "page", "shows", "anchors", "span", "guard", "residual", "share", "todo")
    show(rows, columns, as_json=as_json, empty=_("No templates."))
    return Exit.PERSON_NEEDED if wanting else Exit.DONE


def _named(scan: Path) -> Iterator[Page]:
    from scanning.forms.checking import Page

    for position, grey in enumerate(_sample_pages(scan), start=1):
        yield Page(scan.name, position, grey)
