"""Registering: files of a district to facts and sealed rows. Names and codes go into the vault only.

`crosscheck register FOLDER` reads `procedure.toml` and the district's tables; a file with an error changes
nothing. Registering the same files again changes nothing; changed files add what is new.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from crosscheck import doubts, facts, keys, participants, safe, stages
from crosscheck.criteria_file import require_sound
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.keys import Holder
from crosscheck.model import ExpertId
from crosscheck.procedure import ForeignPaper, OwnPaper, Procedure, Scheme, paper_digest, sheet_digest
from crosscheck.procedure_file import load_procedure, read_procedure
from crosscheck.register_rows import (
    ClassRef,
    ConflictKind,
    ConflictRow,
    ConflictTarget,
    ExpertRow,
    ManifestRow,
    OneParticipant,
    Presence,
    Register,
    SchoolRow,
    WholeClass,
    WholeSchool,
)
from crosscheck.register_settings import capacity_in_works, record_settings, refuse_other_settings
from crosscheck.register_tables import read_register
from crosscheck.schoolbook import Alias
from crosscheck.session import unlocked, with_station
from crosscheck.station import Station
from crosscheck.vault import RecordKind

ABSENT = "declared absent by the school"


class PaperFixed(CrosscheckError):
    number, exit = 2033, Exit.PROCEDURE
    sentence = "Tasks, maxima or page layout changed, but paper is already printed for this procedure."
    remedy = "Rules and boundaries may still change; for other paper start a new ledger with `crosscheck init`."


class SheetsFixed(CrosscheckError):
    number, exit = 2059, Exit.PROCEDURE
    sentence = "The score sheets changed ([sheet] in procedure.toml), but some are already printed."
    remedy = "Put [sheet] back as it was; for other sheets start a new ledger with `crosscheck init`."


class PartsFixed(CrosscheckError):
    number, exit = 2052, Exit.PROCEDURE
    sentence = "The procedure splits works otherwise than before ({found} instead of {known}), but works are numbered."
    remedy = (
        "Put scheme and parts back as they were: every part of a work has its numbers already. Or make a new ledger."
    )


class OtherProcedure(CrosscheckError):
    number, exit = 2034, Exit.PROCEDURE
    sentence = "This ledger holds the procedure '{known}', not '{found}'."
    remedy = "A ledger holds one procedure: make another folder with `crosscheck init`."


class ProcedureFileMissing(CrosscheckError):
    number, exit = 3025, Exit.INPUT
    sentence = "The procedure names the file '{name}', which is not in {folder}."
    remedy = "Put it there or correct the name in procedure.toml."


class OwnFormsNotUsed(CrosscheckError):
    number, exit = 2035, Exit.PROCEDURE
    sentence = "Participants have form numbers, but the procedure does not use the project's own forms."
    remedy = "Set own = true in [paper], or empty the column 'form'."


class SchoolPairsMissing(CrosscheckError):
    number, exit = 2037, Exit.PROCEDURE
    sentence = "The scheme of the procedure is 'pairs', but there is no table school_pairs."
    remedy = "Add school_pairs.csv (columns school and marked_by), or choose another scheme in [marking]."


class SchoolPairsUnused(CrosscheckError):
    number, exit = 2038, Exit.PROCEDURE
    sentence = "There is a table school_pairs, but the scheme '{scheme}' of the procedure does not look at it."
    remedy = 'Set scheme = "pairs" in [marking], or take the table away.'


@dataclass(frozen=True, slots=True)
class Tokens:
    """Opaque names for everyone in a register."""

    index: safe.Index

    def school(self, number: str) -> str:
        return "S" + self.index.token("school", number)

    def class_set(self, ref: ClassRef) -> str:
        return "C" + self.index.token("class", str(ref))

    def work(self, participant: str) -> str:
        return "W" + self.index.token("work", participant)

    def expert(self, code: str) -> str:
        return "E" + self.index.token("expert", code)


def procedure_files(folder: Path, procedure: Procedure) -> Iterator[tuple[str, bytes]]:
    """The files a procedure names, by name: criteria, templates and their reference pictures."""
    names = [procedure.criteria_pdf] if procedure.criteria_pdf else []
    names += [paper.template for paper in procedure.papers if isinstance(paper, ForeignPaper)]
    for name in names:
        content = _file(folder, name)
        yield name, content
        if name.endswith(".toml"):
            for reference in _references(content):
                beside = str(Path(name).parent / reference).replace("\\", "/")
                yield beside, _file(folder, beside)


def _file(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as trouble:
        raise ProcedureFileMissing(name=name, folder=folder) from trouble


def _references(template: bytes) -> list[str]:
    try:
        pages = tomllib.loads(template.decode("utf-8")).get("page", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return []  # what is wrong with a template is said by whoever reads it
    return [str(page["reference"]) for page in pages if isinstance(page, dict) and "reference" in page]


# --- writing ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """A new version of a procedure that stood already: its number, tables of the file and files that are others now.
    released: whether results were released under an earlier one."""

    version: int
    parts: tuple[str, ...]
    released: bool


def record_procedure(writer: Writer, station: Station, folder: Path, procedure: Procedure) -> Changed | None:
    """Record the procedure and its files; what changed, where another version stood."""
    text = (folder / "procedure.toml").read_text("utf-8")
    paper = paper_digest(procedure)
    known = queries.procedure_text(writer.connection)
    files = [(name, station.blobs.put(content)) for name, content in procedure_files(folder, procedure)]
    if known is not None:
        _refuse_other(writer, known, procedure, paper)
        same_files = {
            (f.name, f.blob) for f in queries.all_of(writer.connection, facts.ProcedureFile, version=known.version)
        }
        if known.toml == text and same_files == set(files):
            return None
    version = 0 if known is None else known.version + 1
    writer.append(facts.ProcedureVersion(version, text, paper))
    writer.append_all(facts.ProcedureFile(version, name, blob) for name, blob in files)
    if known is None:
        return None
    parts = (*_changed_tables(known.toml, text), *sorted(name for name, _blob in set(files) - same_files))
    return Changed(version, parts, queries.count_of(writer.connection, facts.Release) > 0)


def _changed_tables(before: str, now: str) -> list[str]:
    """Tables of the file that say something else."""
    one, other = tomllib.loads(before), tomllib.loads(now)
    return [f"[{name}]" for name in {**one, **other} if one.get(name) != other.get(name)]


def _refuse_other(writer: Writer, known: facts.ProcedureVersion, procedure: Procedure, paper: str) -> None:
    code = tomllib.loads(known.toml)["procedure"]["code"]
    if code != procedure.code:
        raise OtherProcedure(known=code, found=procedure.code)
    printed = sum(queries.count_of(writer.connection, kind) for kind in (facts.IssuedForm, facts.Sheet, facts.Cover))
    if printed and paper != known.paper:
        raise PaperFixed
    sheets = queries.count_of(writer.connection, facts.Sheet)
    if sheets and sheet_digest(procedure) != sheet_digest(read_procedure(known.toml, "procedure.toml")):
        raise SheetsFixed
    if queries.count_of(writer.connection, facts.Number):
        _refuse_other_parts(read_procedure(known.toml, "procedure.toml"), procedure)


def _refuse_other_parts(before: Procedure, now: Procedure) -> None:
    if (before.in_parts or now.in_parts) and before.parts != now.parts:
        raise PartsFixed(known=_split(before), found=_split(now))


def _split(procedure: Procedure) -> str:
    """As [1, 2] [3]."""
    return " ".join(f"[{', '.join(part.tasks)}]" for part in procedure.parts)


def record_register(
    writer: Writer, station: Station, index: safe.Index, procedure: Procedure, register: Register
) -> int:
    """Record all rows: tokens in the open, everything else sealed. How many facts were new."""
    _refuse_other_scheme(procedure, register)
    refuse_other_settings(procedure, register)
    tokens = Tokens(index)
    before, conflicts_before = queries.position(writer.connection), _conflict_records(writer)
    # In order of tokens, never of the tables: laid beside a school's list, the order itself would tell whose is whose.
    for school in sorted(register.schools, key=lambda row: tokens.school(row.school)):
        token = tokens.school(school.school)
        writer.append(facts.School(token))
        safe.keep(writer, station, index, RecordKind.SCHOOL, token, _school(school, register.aliases))
    for class_set in sorted(register.class_sets, key=lambda row: tokens.class_set(row.class_ref)):
        token = tokens.class_set(class_set.class_ref)
        writer.append(facts.ClassSet(token, class_set.declared))
        value = {"school": tokens.school(class_set.class_ref.school), "class": class_set.class_ref.class_name}
        safe.keep(writer, station, index, RecordKind.CLASS_SET, token, value)
    _record_participants(writer, station, tokens, procedure, register)
    for expert in sorted(register.experts, key=lambda row: tokens.expert(row.expert)):
        _record_expert(writer, station, tokens, procedure, expert)
    for conflict in _merged(register.conflicts):
        _record_conflict(writer, station, tokens, conflict)
    codes = {row.expert: ExpertId(tokens.expert(row.expert)) for row in register.experts}
    doubts.record(writer, station, index, doubts.listed(register, codes))
    if register.pairs:
        pairs = sorted([tokens.school(row.school), tokens.school(row.marked_by)] for row in register.pairs)
        safe.keep(writer, station, index, RecordKind.SCHOOL_PAIRS, "all", pairs)
    record_settings(writer, station, index, tokens.school, register)
    for row in sorted(register.manifest, key=lambda row: tokens.work(row.participant)):
        _record_manifest(writer, station, tokens, row)
    added = queries.position(writer.connection) - before
    if _conflict_records(writer) != conflicts_before:
        doubts.call_for_a_check(writer)
    return added


def _refuse_other_scheme(procedure: Procedure, register: Register) -> None:
    if procedure.scheme is Scheme.PAIRS and not register.pairs:
        raise SchoolPairsMissing
    if procedure.scheme is not Scheme.PAIRS and register.pairs:
        raise SchoolPairsUnused(scheme=procedure.scheme.value)


def _conflict_records(writer: Writer) -> int:
    kinds = (RecordKind.CONFLICT, RecordKind.EXPERT_ORIGIN, RecordKind.MARKED_AT)
    return sum(len(queries.sealed_of(writer.connection, kind.value)) for kind in kinds)


def _record_participants(
    writer: Writer, station: Station, tokens: Tokens, procedure: Procedure, register: Register
) -> None:
    own = OwnPaper() in procedure.papers
    for row in sorted(register.participants, key=lambda row: tokens.work(row.participant)):
        work = tokens.work(row.participant)
        school, class_set = tokens.school(row.class_ref.school), tokens.class_set(row.class_ref)
        writer.append(facts.Work(work))
        origin = {"school": school, "class": class_set}
        safe.keep(writer, station, tokens.index, RecordKind.WORK_ORIGIN, work, origin)
        value = {"code": row.participant, **origin}
        record = safe.keep(writer, station, tokens.index, RecordKind.PARTICIPANT, work, value)
        participants.remember(writer, station, tokens.index, participants.Participant(work, row.participant, record))
        safe.keep_said(writer, station, tokens.index, RecordKind.LISTED, work, row.said)
        if row.presence is Presence.ABSENT:
            writer.append(facts.Absence(work, ABSENT))
        elif row.form is not None:
            if not own:
                raise OwnFormsNotUsed
            writer.append(facts.IssuedForm(row.form, 0, work, procedure.pages))


def _record_expert(writer: Writer, station: Station, tokens: Tokens, procedure: Procedure, row: ExpertRow) -> None:
    expert, capacity = tokens.expert(row.expert), capacity_in_works(procedure, row)
    subjects = ";".join(row.subjects)
    known = {e.expert: e for e in queries.latest_of(writer.connection, facts.Expert)}.get(expert)
    revision = 0 if known is None else known.revision
    # Of a part of a work more than of a whole one goes into so many minutes: whoever rounds must know them.
    minutes = (row.minutes or 0) if procedure.in_parts else 0
    fact = facts.Expert(expert, revision, row.status.value, capacity, row.check_point, subjects, minutes)
    if known is not None and known != fact:
        fact = replace(fact, revision=revision + 1)
    writer.append(fact)
    origin = {
        "schools": sorted(tokens.school(school) for school in row.schools),
        "classes": sorted(tokens.class_set(ref) for ref in row.classes),
    }
    if procedure.by_check_point:
        origin["comes_to"] = sorted(row.comes_to or (row.check_point,))
    safe.keep(writer, station, tokens.index, RecordKind.EXPERT_ORIGIN, expert, origin)
    safe.keep(writer, station, tokens.index, RecordKind.EXPERT_NAME, expert, {"name": row.name, "code": row.expert})


def _school(row: SchoolRow, aliases: tuple[Alias, ...]) -> dict[str, object]:
    known = sorted({alias.alias for alias in aliases if alias.school == row.school})
    return {"school": row.school, "name": row.name, **({"aliases": known} if known else {})}


def _merged(rows: tuple[ConflictRow, ...]) -> Iterator[ConflictRow]:
    """Each declaration once, in the order of the table: declared twice, it lasts as long as the longer one, and the
    expert's words stand side by side."""
    found: dict[tuple[str, ConflictKind, ConflictTarget], list[ConflictRow]] = {}
    for row in rows:
        found.setdefault((row.expert, row.kind, row.target), []).append(row)
    for same in found.values():
        years = [row.until for row in same if row.until is not None]
        until = max(years) if len(years) == len(same) else None
        yield replace(same[0], until=until, note="; ".join(dict.fromkeys(row.note for row in same if row.note)))


def _target(tokens: Tokens, target: ConflictTarget) -> dict[str, str]:
    match target:
        case WholeSchool(school):
            return {"school": tokens.school(school)}
        case WholeClass(class_ref):
            return {"class": tokens.class_set(class_ref)}
        case OneParticipant(participant):
            return {"work": tokens.work(participant)}


def _record_conflict(writer: Writer, station: Station, tokens: Tokens, row: ConflictRow) -> None:
    value = {"expert": tokens.expert(row.expert), "kind": row.kind.value, **_target(tokens, row.target)}
    subject = "X" + tokens.index.token("conflict", repr(sorted(value.items())))
    if row.until is not None:
        value["until"] = str(row.until)
    safe.keep(writer, station, tokens.index, RecordKind.CONFLICT, subject, value)
    if row.note:
        safe.keep(writer, station, tokens.index, RecordKind.CONFLICT_NOTE, subject, {"note": row.note})


def file_ref(station: Station, name: str) -> str:
    """How the ledger calls a scanned file without its name, which often holds a school's number."""
    return keys.keyed(station.secret(), "file-name", Path(name.replace("\\", "/")).name)[:24]


def _record_manifest(writer: Writer, station: Station, tokens: Tokens, row: ManifestRow) -> None:
    reference = file_ref(station, row.file)
    work = tokens.work(row.participant)
    for position in range(row.first - 1, row.last):
        page = position - row.first + 2
        writer.append(facts.ManifestPage(reference, position, work, page, row.template or ""))


@click.command(
    help=stages.help_of(
        "register",
        "FOLDER holds procedure.toml, the files it names, and the tables schools, class_sets, participants, experts, "
        "conflicts, manifest, school_aliases, school_pairs, last_year, distances and marked_at as CSV files or as "
        "sheets of one XLSX workbook. All errors are listed at once; from a folder with an error nothing is recorded. "
        "Experts who may be one person are named to be settled before works are given out.",
        "crosscheck register district/",
    )
)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@with_station
def register(station: Station, folder: Path) -> int:
    procedure = load_procedure(folder / "procedure.toml")
    rows = read_register(folder, procedure.date.year)
    if procedure.criteria_pdf:
        require_sound(_file(folder, procedure.criteria_pdf))
    index = safe.open_index(station, unlocked(station, Holder.COORDINATOR))
    with station.ledger.writing() as writer:
        changed = record_procedure(writer, station, folder, procedure)
        added = record_register(writer, station, index, procedure, rows)
    click.echo(
        _(
            "{title}: {schools} schools, {classes} class-sets, {works} participants, {experts} experts; {added} new "
            "facts."
        ).format(
            title=procedure.title,
            schools=len(rows.schools),
            classes=len(rows.class_sets),
            works=len(rows.participants),
            experts=len(rows.experts),
            added=added,
        )
    )
    if changed is not None:
        click.echo(
            _("The procedure changed, and stands in version {n} from now on: {parts}.").format(
                n=changed.version + 1, parts=", ".join(changed.parts) or _("nothing but words beside the rules")
            )
        )
        if changed.released:
            click.echo(_("Results were released by the earlier version: `crosscheck publish` waits for a new release."))
    with station.ledger.reading() as connection:
        waiting = doubts.waiting(connection)
    if waiting:
        click.echo(_("Pairs of experts who may be one person: {n} (`crosscheck identity list`).").format(n=waiting))
    return Exit.PERSON_NEEDED if waiting else Exit.DONE
