"""Commands of `crosscheck pages` that show: a page's picture, how it was masked, single tasks of it."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
from PIL import Image

from crosscheck import crops, facts, keys, vault
from crosscheck.crops import MaskedCopy
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import BlobId, Fate, PageId, TaskId
from crosscheck.remedies import advised
from crosscheck.session import json_option, show, unlocked, with_station
from crosscheck.station import Station
from crosscheck.vault import Purpose
from crosscheck.wholefile import write_new
from crosscheck.wording import kinds_in, told
from scanning.collating import collate
from scanning.collating.evidence import Placed
from scanning.deciding import proofs
from scanning.deciding.choosing import page_named, work_named
from scanning.deciding.proofs import Proof
from scanning.files.decoding import Decoder
from scanning.files.sources import Media
from scanning.incoming.intake import original_record


class FileExists(CrosscheckError):
    """A picture would be written over a file that is there."""

    number, exit = 3036, Exit.USAGE
    sentence = "{path} exists already; it was not touched."
    remedy = "Name another file with --out, or delete this one if nobody needs it."


class NotThatKind(CrosscheckError):
    """The name of the file to write says a kind of picture that can't be made."""

    number, exit = 3037, Exit.USAGE
    sentence = "This can't be written as {path}."
    remedy = "Let the name end in {endings}."


class NoMaskedPicture(CrosscheckError):
    """A masked picture was asked for and there is none."""

    number, exit = 3038, Exit.INPUT
    sentence = "Page {page} has no masked picture: {why}."
    remedy = "Look at `crosscheck pages proof {page}`; scan the page again, or discard it."


class NoSuchTask(CrosscheckError):
    """A task was asked for that none of the masked pages has."""

    number, exit = 3039, Exit.USAGE
    sentence = "There is no answer to task {task} on {what}; tasks there: {tasks}."
    remedy = "Name one of these tasks; pages that are not known yet belong to no work."


_OUT = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help=N_("Where to write it.")
)
_SUFFIXES = {Media.JPEG: (".jpg", ".jpeg"), Media.PNG: (".png",)}


def _new_file(out: Path, endings: Sequence[str]) -> None:
    """Whether `out` may be written, before anything is opened for it. E3036, E3037."""
    if out.suffix.lower() not in endings:
        raise NotThatKind(path=out, endings=", ".join(endings))
    if out.exists():
        raise FileExists(path=out)
    if not out.parent.is_dir():
        raise click.BadParameter(_("There is no folder {folder}.").format(folder=out.parent), param_hint="--out")


def _write(out: Path, content: bytes) -> None:
    try:
        write_new(out, content)
    except FileExistsError as e:
        raise FileExists(path=out) from e


# --- show ------------------------------------------------------------------------------------------------


@click.command(
    "show",
    help=N_(
        "Write a page's picture to a .png, .jpg or .pdf file. The original is opened, and that is recorded; with "
        "--masked it is what experts see, and nothing is opened.\n\nExample: crosscheck pages show 3f2a --out page.png"
    ),
)
@click.argument("page")
@_OUT
@click.option("--masked", "of_masked", is_flag=True, help=N_("The masked picture instead of the original."))
@with_station
def show_page(station: Station, page: str, out: Path, of_masked: bool) -> None:
    scanned = page_named(station, page)
    _new_file(out, (".png", ".jpg", ".jpeg", ".pdf"))
    if of_masked:
        reading = _masked_reading(station, scanned.page)
        masked = station.blobs.get(BlobId(reading.masked))
        _write(out, _as(out, masked, Media(reading.media), lambda: _opened(masked)))
        click.echo(_("{out}: the masked picture.").format(out=out))
        return
    media, stream = Media(scanned.media), _original(station, scanned)
    _write(out, _as(out, stream, media, lambda: _decoded(stream, media)))
    click.echo(
        _("{out}: {media}. Delete it when you have looked: it shows a name.").format(out=out, media=scanned.media)
    )


def _original(station: Station, scanned: facts.ScanPage) -> bytes:
    """A page's original; that it is opened is recorded first."""
    record = original_record(scanned.page)
    with station.ledger.writing() as writer:
        file = queries.one_of(writer.connection, facts.ScanFile, file=scanned.file)
        assert file is not None
        local = keys.has_working_key(station.keys, file.batch)
        key = keys.working_key(station.keys, file.batch) if local else unlocked(station, Holder.DISTRICT)
        holder = vault.holder_name(key)
        wrapped = queries.keys_of(writer.connection, [record], holder)
        opening = f"show-{scanned.page}-{queries.position(writer.connection)}"
        writer.append(facts.Opening(opening, "originals", "settle", 1, ""))
    wraps = tuple(vault.Wrap(holder, w) for w in wrapped.values())
    container = station.blobs.get(BlobId(scanned.original))
    return vault.open_sealed(vault.unpack(container, wraps), key, Purpose.SETTLE)


def _decoded(stream: bytes, media: Media) -> Image.Image:
    """A stranger's picture as pixels (grey): decoded where no key is."""
    with Decoder() as decoder:
        return Image.fromarray(decoder.decode(stream, media))


def _opened(masked: bytes) -> Image.Image:
    """A picture of our own making."""
    with Image.open(io.BytesIO(masked)) as picture:
        return picture.convert("L")


def _as(out: Path, stream: bytes, media: Media, pixels: Callable[[], Image.Image]) -> bytes:
    """The picture as `out` wants it: as it is kept, in colour too, where that is the same kind."""
    suffix = out.suffix.lower()
    if suffix in _SUFFIXES[media]:
        return stream
    picture = pixels()
    if suffix == ".pdf":
        return proofs.pdf([(picture, max(picture.size) / (297 / 25.4))])
    if suffix == ".png":
        return proofs.png(picture)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=90)
    return made.getvalue()


def _masked_reading(station: Station, page: str) -> facts.PageReading:
    """E3038 when the page has no masked picture."""
    with station.ledger.reading() as connection:
        reading = queries.one_of(connection, facts.PageReading, page=page)
    if reading is None:
        raise NoMaskedPicture(page=page, why=_("it was not read yet"))
    if not reading.masked:
        raise NoMaskedPicture(page=page, why=told(proofs.proof_of(reading.evidence).why or reading.outcome))
    return reading


# --- proof -----------------------------------------------------------------------------------------------


@click.command(
    "proof",
    help=N_(
        "Show all that is recorded of how a page was masked: form, place, zones, every check with its measure and "
        "limit, findings, fate and who decided what. The masked picture is hashed again. With --out also as a picture: "
        "what was copied, and hatched what was hidden. No original is opened.\n\n"
        "Example: crosscheck pages proof 3f2a --out proof.pdf"
    ),
)
@click.argument("page")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help=N_("A .pdf or .png file for the picture."))
@json_option
@with_station
def proof_page(station: Station, page: str, out: Path | None, as_json: bool) -> int:
    scanned = page_named(station, page)
    if out is not None:
        _new_file(out, (".pdf", ".png"))
    with station.ledger.reading() as connection:
        reading = queries.one_of(connection, facts.PageReading, page=scanned.page)
        around = _around(connection, scanned)
    proof = proofs.proof_of(reading.evidence if reading is not None else "{}")
    agrees = _agreement(station, reading)
    if as_json:
        show([_record(scanned, reading, proof, agrees, around)], (), as_json=True)
    else:
        _tell(scanned, proof, agrees, around)
    if out is not None:
        _draw(station, scanned.page, proof, agrees, out)
    return Exit.PERSON_NEEDED if agrees in ("altered", "missing") else Exit.DONE


def _agreement(station: Station, reading: facts.PageReading | None) -> str:
    """Whether the masked picture still is what was checked: `agrees`, `altered`, `missing`; empty: there is none."""
    if reading is None or not reading.masked:
        return ""
    blob = BlobId(reading.masked)
    if not station.blobs.has(blob):
        return "missing"
    try:
        content = station.blobs.get(blob)
    except CrosscheckError:
        return "altered"
    recorded = proofs.proof_of(reading.evidence).plain.get("masked_sha256", reading.masked)
    return "agrees" if hashlib.sha256(content).hexdigest() == recorded == reading.masked else "altered"


_AGREEMENT: Mapping[str, str] = {
    "agrees": N_("the masked picture still has this hash"),
    "altered": N_("the masked picture is NOT what was checked: bring it back from the backup, or scan the page again"),
    "missing": N_("the masked picture is not there: bring it back from the backup, or scan the page again"),
}


def _around(connection: Connection, scanned: facts.ScanPage) -> dict[str, object]:
    """Who masked it and when, its fate, findings, what people decided: for a person to follow."""
    page = scanned.page
    place = collate.placed_pages(connection).get(PageId(page))
    closed = {str(row["finding"]): row for row in queries.signed_rows(connection, facts.FindingClosed)}
    findings = queries.signed_rows(connection, facts.Finding, subject=page)
    return {
        "read": [_signed(row) for row in queries.signed_rows(connection, facts.PageReading, page=page)],
        "fate": _fate(place),
        "findings": [_finding(row, closed.get(str(row["finding"]))) for row in findings],
        "decisions": [
            {**_signed(row), **{name: row[name] for name in ("decision", "work", "page_no", "why")}}
            for row in queries.signed_rows(connection, facts.PageDecision, page=page)
        ],
        # Whoever keys a code must not learn what another one keyed. Without a work: all before it was taken back.
        "keyed": [
            {**_signed(row), "taken_back": not row["work"]}
            for row in queries.signed_rows(connection, facts.KeyedCode, page=page)
        ],
    }


def _signed(row: Mapping[str, object]) -> dict[str, object]:
    return {"who": row["who"], "at": str(row["at"]), "station": row["station"]}


def _fate(place: Placed | None) -> dict[str, object]:
    if place is None:
        return {"fate": "waiting", "why": "", "work": "", "number": ""}
    work, number = (place.key.work, place.key.page) if place.key else ("", "")
    return {"fate": place.fate.value, "why": place.why, "work": work, "number": number}


def _finding(row: Mapping[str, object], closed: Mapping[str, object] | None) -> dict[str, object]:
    said: dict[str, object] = {"kind": row["kind"], "detail": row["detail"], "open": closed is None}
    return said if closed is None else {**said, "closed": {**_signed(closed), "why": closed["why"]}}


def _record(
    scanned: facts.ScanPage,
    reading: facts.PageReading | None,
    proof: Proof,
    agrees: str,
    around: Mapping[str, object],
) -> dict[str, object]:
    """The whole proof for programs."""
    return {
        "page": scanned.page,
        "file": scanned.file,
        "position": scanned.position + 1,
        "outcome": reading.outcome if reading else "",
        "not_masked_because": proof.why,
        "recorded": dict(proof.plain),
        "masked_now": agrees,
        "zones": [{"task": z.task, **dataclasses.asdict(z.box)} for z in proof.zones],
        "hidden": [dataclasses.asdict(box) for box in proof.hidden],
        "checks": [dataclasses.asdict(check) for check in proof.checks],
        **around,
    }


def _tell(scanned: facts.ScanPage, proof: Proof, agrees: str, around: Mapping[str, object]) -> None:
    """The whole proof for people: one line for each thing."""
    lines = [(_("page"), scanned.page), *proofs.in_words(proof)]
    if agrees:
        lines.append((_("hashed again"), _(_AGREEMENT[agrees])))
    lines += _told_around(around)
    for what, said in lines:
        click.echo(f"{what}: {told(said)}")
    for advice in advised(kinds_in(proof.why)):
        click.echo(advice)


def _told_around(around: Mapping[str, object]) -> list[tuple[str, str]]:
    fate = around["fate"]
    assert isinstance(fate, dict)
    work = f" ({fate['work']}:{fate['number']})" if fate["work"] else ""
    lines = [(_("fate"), _(str(fate["fate"])) + work + (f": {told(str(fate['why']))}" if fate["why"] else ""))]
    lines += [(_("read"), _who(row)) for row in _rows(around, "read")]
    for row in _rows(around, "findings"):
        closed = row.get("closed")
        ended = _("open") if closed is None else _("closed: {why}, {who}").format(why=closed["why"], who=_who(closed))
        lines.append((_("finding"), f"{_(str(row['kind']))} {told(str(row['detail']))}".strip() + f" ({ended})"))
    for row in _rows(around, "decisions"):
        on = f" {row['work']}:{row['page_no']}" if row["work"] else ""
        lines.append((_("decision"), f"{proofs.decision(str(row['decision']))}{on}: {row['why']} ({_who(row)})"))
    for row in _rows(around, "keyed"):
        lines.append((_("keyed codes taken back by") if row["taken_back"] else _("code keyed by"), _who(row)))
    return lines


def _rows(around: Mapping[str, object], name: str) -> list[dict[str, dict[str, object]]]:
    found = around[name]
    assert isinstance(found, list)
    return found


def _who(row: Mapping[str, object]) -> str:
    return f"{row['who']}, {row['at']}, {row['station']}"


def _draw(station: Station, page: str, proof: Proof, agrees: str, out: Path) -> None:
    reading = _masked_reading(station, page)
    title = _("Page {page}: what was copied, what was hidden").format(page=page)
    foot = f"SHA-256 {reading.masked}: {_(_AGREEMENT[agrees])}"
    picture = proofs.drawn(station.blobs.get(BlobId(reading.masked)), proof, title, foot)
    _write(out, proofs.png(picture) if out.suffix.lower() == ".png" else proofs.pdf([(picture, proofs.SHOWN_DPI)]))
    click.echo(_("{out}: written.").format(out=out), err=True)


# --- crop ------------------------------------------------------------------------------------------------


@click.command(
    "crop",
    help=N_(
        "Write the answer to one task, cut out of the masked pages: of a page, or of a work (its name, or "
        "`form:2034`). Several places go into a .pdf in order; a .png holds one. No original is opened.\n\n"
        "Example: crosscheck pages crop form:2034 7 --out task.pdf"
    ),
)
@click.argument("what", metavar="WORK|PAGE")
@click.argument("task")
@_OUT
@with_station
def crop_task(station: Station, what: str, task: str, out: Path) -> None:
    copies = _copies(station, what)
    places = crops.places(copies, TaskId(task))
    if not places:
        tasks = dict.fromkeys(zone.task for copy in copies for zone in copy.zones)
        raise NoSuchTask(task=task, what=what, tasks=", ".join(tasks) or "-")
    _new_file(out, (".png", ".pdf") if len(places) == 1 else (".pdf",))
    cuts = [crops.cut(station.blobs.get(BlobId(place.blob)), place.box) for place in places]
    _write(out, cuts[0] if out.suffix.lower() == ".png" else proofs.pdf([_in_size(cut) for cut in cuts]))
    click.echo(_("{out}: {places} places.").format(out=out, places=len(places)))


def _in_size(cut: bytes) -> tuple[Image.Image, float]:
    with Image.open(io.BytesIO(cut)) as picture:
        return picture.convert("L"), float(picture.info["dpi"][0])


def _copies(station: Station, what: str) -> tuple[MaskedCopy, ...]:
    """The masked pages of a work, or the one page that is named. E3040, E3041, E3038."""
    if not what.startswith(("W", "form:")):
        page = page_named(station, what).page
        reading = _masked_reading(station, page)
        return (MaskedCopy(reading.page_no or 1, proofs.proof_of(reading.evidence).zones, reading.masked),)
    with station.ledger.reading() as connection:
        work = work_named(connection, what)
        readings = {reading.page: reading for reading in queries.all_of(connection, facts.PageReading)}
        fates = [fate for fate in queries.latest_of(connection, facts.PageFate) if fate.work == work]
    known = [(fate.page_no, readings[fate.page]) for fate in fates if fate.fate == Fate.KNOWN.value]
    return tuple(
        MaskedCopy(number, proofs.proof_of(reading.evidence).zones, reading.masked)
        for number, reading in known
        if reading.masked
    )


COMMANDS = (show_page, proof_page, crop_task)
