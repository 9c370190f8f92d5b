"""Facts of the ledger: one frozen value per kind, exactly as it is stored. Standard library only.

Facts are only ever added. Where a fact can be corrected it carries a `revision`; the highest one holds,
and the earlier ones stay to be seen. Identifiers are opaque; JSON text is canonical (sorted keys).
Who, when and at which station is added by the ledger to every row.
"""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.day_facts import AgreedPoints as AgreedPoints
from crosscheck.day_facts import MarksFile as MarksFile
from crosscheck.day_facts import MarksWithdrawn as MarksWithdrawn
from crosscheck.day_facts import MeetingDecision as MeetingDecision
from crosscheck.day_facts import OwnScore as OwnScore
from crosscheck.day_facts import PointNote as PointNote
from crosscheck.decision_facts import AppealChange as AppealChange
from crosscheck.decision_facts import AppealFiling as AppealFiling
from crosscheck.decision_facts import AppealMark as AppealMark
from crosscheck.decision_facts import AppealPanel as AppealPanel
from crosscheck.decision_facts import AppealProtocol as AppealProtocol
from crosscheck.decision_facts import AppealWithdrawn as AppealWithdrawn
from crosscheck.decision_facts import DiscrepancyNote as DiscrepancyNote
from crosscheck.decision_facts import RemarkDraw as RemarkDraw
from crosscheck.decision_facts import RemarkWork as RemarkWork
from crosscheck.form_facts import FormsDue as FormsDue
from crosscheck.form_facts import FormStep as FormStep
from crosscheck.form_facts import SchoolAnswer as SchoolAnswer
from crosscheck.form_facts import SchoolForm as SchoolForm
from crosscheck.form_facts import SchoolReturn as SchoolReturn
from crosscheck.form_facts import SchoolScore as SchoolScore
from crosscheck.paper_facts import Allocation as Allocation
from crosscheck.paper_facts import Assignment as Assignment
from crosscheck.paper_facts import Attendance as Attendance
from crosscheck.paper_facts import CustodyMove as CustodyMove
from crosscheck.paper_facts import Number as Number
from crosscheck.paper_facts import Packet as Packet
from crosscheck.paper_facts import PacketFile as PacketFile
from crosscheck.paper_facts import PacketPrint as PacketPrint
from crosscheck.paper_facts import PacketRow as PacketRow
from crosscheck.paper_facts import PointClosed as PointClosed
from crosscheck.paper_facts import Reassignment as Reassignment
from crosscheck.paper_facts import Reprint as Reprint
from crosscheck.paper_facts import RowSum as RowSum
from crosscheck.paper_facts import Sheet as Sheet
from crosscheck.paper_facts import SumReading as SumReading
from crosscheck.score_facts import AuditCount as AuditCount
from crosscheck.score_facts import AuditDraw as AuditDraw
from crosscheck.score_facts import AuditRow as AuditRow
from crosscheck.score_facts import Look as Look
from crosscheck.score_facts import ScoreWithdrawn as ScoreWithdrawn

# --- what was announced and registered ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """The text of procedure.toml as it was read. `paper` is its digest: fixed once anything is printed."""

    version: int
    toml: str
    paper: str


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """A file that the procedure names (template, reference picture, criteria), by content."""

    version: int
    name: str
    blob: str


@dataclass(frozen=True, slots=True)
class School:
    token: str


@dataclass(frozen=True, slots=True)
class ClassSet:
    """A class-set and how many works its school declared, absent ones included."""

    token: str
    declared: int


@dataclass(frozen=True, slots=True)
class Expert:
    """`capacity`: whole works. `minutes`: as stated, where parts of works are given out; 0 where works were stated."""

    expert: str
    revision: int
    status: str
    capacity: int
    check_point: str
    subjects: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class ExpertIdentity:
    """Whether two codes of experts (`one` before `other`) stand for one person. `decision`: doubtful (a person must
    say), same or different. `source`: tables or person. `doubt`: the sealed record of what speaks for it, or empty."""

    one: str
    other: str
    revision: int
    decision: str
    source: str
    doubt: str
    why: str


@dataclass(frozen=True, slots=True)
class Work:
    """One participant's answer paper, expected from the day the participant was registered."""

    work: str


@dataclass(frozen=True, slots=True)
class Absence:
    """The school declared that this participant did not write."""

    work: str
    reason: str


@dataclass(frozen=True, slots=True)
class IssuedForm:
    """An answer form of ours given to a participant: pages 1 to `pages` carry `form` in their codes. `signed`:
    1 when this ledger printed it and its codes carry our MAC, 0 for forms registered by number."""

    form: int
    round: int
    work: str
    pages: int
    signed: int = 0


@dataclass(frozen=True, slots=True)
class ManifestPage:
    """A manifest says that page `position` (from 0) of the file named `file_ref` is page `page` of the work."""

    file_ref: str
    position: int
    work: str
    page: int
    template: str


@dataclass(frozen=True, slots=True)
class ParticipantKey:
    """A keyed hash of the participant's code, so that a code keyed from paper finds its work. Half of what it takes
    to test a guess is kept with the keys of the participant's sealed record and goes when that is erased."""

    work: str
    code: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A printed cover or sticker: behind it lie `works` works of `pages` pages each. `subject` is a keyed hash of the
    class-set or of the work; `work` is empty for a class-set."""

    cover: int
    subject: str
    work: str
    works: int
    pages: int


# --- sealed records -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A sealed row of the vault. Its keys live in `record_key`, the only place they can be erased from."""

    record: str
    kind: str
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """Part of the vault was opened: for what, how many records, why."""

    opening: str
    part: str
    purpose: str
    records: int
    why: str


# --- scans --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """One ingest. `purpose`: works or sheets."""

    batch: str
    purpose: str


@dataclass(frozen=True, slots=True)
class BatchClosed:
    """A person counted the paper of a batch: nothing is added to it any more. `declared` and `counted` are sides of
    paper; `manifest` is the SHA-256 of the manifest written; `why` a difference was accepted, else empty."""

    batch: str
    declared: int
    counted: int
    manifest: str
    why: str


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One scanned file. `file` is a keyed hash of its bytes, `file_ref` of its name; `fault` says why it
    could not be opened, else it is empty."""

    file: str
    batch: str
    file_ref: str
    pages: int
    fault: str


@dataclass(frozen=True, slots=True)
class ScanPage:
    """One scanned page. `original` is where its picture is kept: sealed for works, plain for score sheets."""

    page: str
    file: str
    position: int
    media: str
    original: str
    fault: str


@dataclass(frozen=True, slots=True)
class PageReading:
    """What the machine saw on a page of a work. `outcome`: labelled, templated, uncoded, blank, alien,
    sheet or unread. `number` is the form of its label, `page_no` what its label or template says."""

    page: str
    outcome: str
    number: int | None
    page_no: int | None
    round: int | None
    template: str
    masked: str
    media: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about paper that a person must look at. `subject` is a page, work, packet or file."""

    finding: str
    kind: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class FindingClosed:
    """A finding that needs nobody any more, and why."""

    finding: str
    why: str


@dataclass(frozen=True, slots=True)
class PageDecision:
    """What a named person decided about a page: assign, discard, keep, foreign or undo."""

    page: str
    revision: int
    decision: str
    work: str
    page_no: int
    why: str


@dataclass(frozen=True, slots=True)
class KeptOver:
    """With decision `revision` about it, `page` was kept over `other`: a copy that the person saw."""

    page: str
    revision: int
    other: str


@dataclass(frozen=True, slots=True)
class KeyedCode:
    """A person read the participant code on a first page and keyed it, without seeing what others keyed: the work it
    is the code of. Empty: the entries before this one were taken back."""

    page: str
    entry: int
    work: str


@dataclass(frozen=True, slots=True)
class PageFate:
    """The fate of a page as collation found it from readings, manifests and decisions."""

    page: str
    revision: int
    fate: str
    work: str
    page_no: int
    why: str


@dataclass(frozen=True, slots=True)
class MissingPage:
    """A person declared that a page of a work does not exist."""

    work: str
    page_no: int
    revision: int
    withdrawn: int
    why: str


@dataclass(frozen=True, slots=True)
class WorkingKeyDestroyed:
    """All pages of the batch are settled: only the district key opens its originals from now on."""

    batch: str


@dataclass(frozen=True, slots=True)
class NumberedPages:
    """What a work consisted of when it was numbered: a JSON object, page number to scanned page."""

    work: str
    pages: str


# --- what came back -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetReading:
    """What a scanned page of a score sheet batch turned out to be. `outcome`: read, copy (same contents
    as a read one), or refused with the reason in `detail`."""

    page: str
    outcome: str
    packet: int | None
    sheet: int | None
    round: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class CellReading:
    """What the machine saw in one cell: `kind` points, not_attempted, blank, ambiguous or damaged;
    `points` when it is points; `candidates` as JSON; measurements as JSON; the crop: a blob, or a place in one."""

    page: str
    work: str
    marking: int
    criterion: str
    kind: str
    points: int | None
    candidates: str
    rule: str
    measures: str
    crop: str


@dataclass(frozen=True, slots=True)
class Score:
    """Points that stand for (work, marking, criterion), or X when `points` is None. `source`: reading,
    review, entry or appeal; `page` the score sheet's page where there is one."""

    work: str
    marking: int
    criterion: str
    revision: int
    points: int | None
    source: str
    page: str
    why: str


@dataclass(frozen=True, slots=True)
class ThirdCall:
    """The markings of a work differ essentially; a third one is called for this criterion."""

    work: str
    criterion: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """An issued report: its bytes' hash and the ledger position it was computed at."""

    kind: str
    sha256: str
    position: int


@dataclass(frozen=True, slots=True)
class Release:
    """Results were joined with schools and codes for a purpose: once per purpose."""

    purpose: str
    why: str
    position: int


@dataclass(frozen=True, slots=True)
class ReleaseBasis:
    """The version of the procedure by which results are released: other rules or boundaries give other marks."""

    purpose: str
    version: int
    why: str


@dataclass(frozen=True, slots=True)
class Appeal:
    appeal: str
    work: str
    ground: str


@dataclass(frozen=True, slots=True)
class AppealDecision:
    """`outcome`: rejected, technical or marking; the scores it changes are facts of their own."""

    appeal: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Override:
    """A named person lets work go on although a law does not balance."""

    law: str
    position: int
    why: str


Fact = (
    ProcedureVersion | ProcedureFile | School | ClassSet | Expert | ExpertIdentity | Work | Absence | IssuedForm
    | ManifestPage | ParticipantKey | Cover | SealedRecord | Opening | Batch | BatchClosed | ScanFile | ScanPage
    | PageReading | Finding | FindingClosed | PageDecision | KeptOver | KeyedCode | PageFate | MissingPage
    | WorkingKeyDestroyed | Number | NumberedPages | Allocation | Assignment | Reassignment | Attendance
    | Packet | PacketRow | PacketPrint | PacketFile | Reprint | CustodyMove | PointClosed | Sheet | SheetReading
    | CellReading | SumReading | RowSum | Score | ThirdCall | Report | Release | Appeal | AppealDecision | Override
    | SchoolForm | SchoolReturn | SchoolScore | SchoolAnswer | Look | ScoreWithdrawn
    | AuditDraw | AuditRow | AuditCount | ReleaseBasis | MarksFile | MarksWithdrawn
    | FormsDue | FormStep | MeetingDecision | AgreedPoints | DiscrepancyNote
    | AppealFiling | AppealWithdrawn | AppealPanel | AppealMark | AppealProtocol | AppealChange
    | RemarkDraw | RemarkWork | PointNote | OwnScore
)  # fmt: skip
