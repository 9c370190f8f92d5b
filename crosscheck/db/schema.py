"""Tables of the ledger: one per kind of fact, with its key and its checks.

Every fact table also has `seq` (order of arrival in this database), `station`, `who` and `at`. UPDATE
and DELETE are refused by triggers (`crosscheck.db.engine`). `record_key` and `lease` are the only tables
that change: erasing a key erases what it sealed, losing a lease costs duplicate effort.
"""

from __future__ import annotations

import sqlalchemy as sa

from crosscheck import facts
from crosscheck.db import day_tables
from crosscheck.db.columns import TEXT as _TEXT
from crosscheck.db.columns import binary as _bytes
from crosscheck.db.columns import fact as _fact
from crosscheck.db.columns import later_whole as _later_int
from crosscheck.db.columns import maybe_whole as _maybe_int
from crosscheck.db.columns import one_of as _in
from crosscheck.db.columns import text as _text
from crosscheck.db.columns import whole as _int
from crosscheck.db.keeping import CHAIN, CHECKPOINT
from crosscheck.model import FIRST_CONTROL_MARKING, Fate

# Markings that count: who has a work a second time, has it as a control marking.
_COUNTED = sa.text(f"marking < {FIRST_CONTROL_MARKING}")

TABLES: dict[type[object], sa.Table] = {
    facts.ProcedureVersion: _fact("procedure_version", ("version",), _int("version"), _text("toml"), _text("paper")),
    facts.ProcedureFile: _fact("procedure_file", ("version", "name"), _int("version"), _text("name"), _text("blob")),
    facts.School: _fact("school", ("token",), _text("token")),
    facts.ClassSet: _fact(
        "class_set",
        ("token",),
        _text("token"),
        _int("declared"),
        sa.CheckConstraint("declared >= 0", name="declared_some"),
    ),
    facts.Expert: _fact(
        "expert",
        ("expert", "revision"),
        _text("expert"),
        _int("revision"),
        _text("status"),
        _int("capacity"),
        _text("check_point"),
        _text("subjects"),
        _later_int("minutes"),
        _in("status", ("ordinary", "senior", "lead")),
        sa.CheckConstraint("capacity >= 0", name="capacity_some"),
    ),
    facts.ExpertIdentity: _fact(
        "expert_identity",
        ("one", "other", "revision"),
        _text("one"),
        _text("other"),
        _int("revision"),
        _text("decision"),
        _text("source"),
        _text("doubt"),
        _text("why"),
        _in("decision", ("doubtful", "same", "different")),
        _in("source", ("tables", "person")),
        sa.CheckConstraint("one <> other", name="identity_of_two"),
    ),
    facts.Work: _fact("work", ("work",), _text("work")),
    facts.Absence: _fact("absence", ("work",), _text("work"), _text("reason")),
    facts.IssuedForm: _fact(
        "issued_form", ("form",), _int("form"), _int("round"), _text("work"), _int("pages"), _int("signed")
    ),
    facts.ManifestPage: _fact(
        "manifest_page",
        ("file_ref", "position"),
        _text("file_ref"),
        _int("position"),
        _text("work"),
        _int("page"),
        _text("template"),
    ),
    facts.ParticipantKey: _fact("participant_key", ("work",), _text("work"), _text("code")),
    facts.Cover: _fact(
        "cover",
        ("cover",),
        _int("cover"),
        _text("subject"),
        _text("work"),
        _int("works"),
        _int("pages"),
        sa.CheckConstraint("works >= 0 AND pages >= 0", name="cover_some"),
    ),
    facts.SealedRecord: _fact(
        "sealed_record", ("record",), _text("record"), _text("kind"), _bytes("nonce"), _bytes("ciphertext")
    ),
    facts.Opening: _fact(
        "opening", ("opening",), _text("opening"), _text("part"), _text("purpose"), _int("records"), _text("why")
    ),
    facts.Batch: _fact("batch", ("batch",), _text("batch"), _text("purpose"), _in("purpose", ("works", "sheets"))),
    facts.BatchClosed: _fact(
        "batch_closed",
        ("batch",),
        _text("batch"),
        _int("declared"),
        _int("counted"),
        _text("manifest"),
        _text("why"),
        sa.CheckConstraint("declared >= 0 AND counted >= 0", name="closed_some"),
    ),
    facts.ScanFile: _fact(
        "scan_file", ("file",), _text("file"), _text("batch"), _text("file_ref"), _int("pages"), _text("fault")
    ),
    facts.ScanPage: _fact(
        "scan_page",
        ("page",),
        _text("page"),
        _text("file"),
        _int("position"),
        _text("media"),
        _text("original"),
        _text("fault"),
    ),
    facts.PageReading: _fact(
        "page_reading",
        ("page",),
        _text("page"),
        _text("outcome"),
        _maybe_int("number"),
        _maybe_int("page_no"),
        _maybe_int("round"),
        _text("template"),
        _text("masked"),
        _text("media"),
        _text("evidence"),
        _in("outcome", ("labelled", "templated", "uncoded", "blank", "alien", "sheet", "unread")),
    ),
    facts.Finding: _fact("finding", ("finding",), _text("finding"), _text("kind"), _text("subject"), _text("detail")),
    facts.FindingClosed: _fact("finding_closed", ("finding",), _text("finding"), _text("why")),
    facts.PageDecision: _fact(
        "page_decision",
        ("page", "revision"),
        _text("page"),
        _int("revision"),
        _text("decision"),
        _text("work"),
        _int("page_no"),
        _text("why"),
        _in("decision", ("assign", "discard", "keep", "foreign", "undo")),
    ),
    facts.KeptOver: _fact("kept_over", ("page", "revision", "other"), _text("page"), _int("revision"), _text("other")),
    facts.KeyedCode: _fact("keyed_code", ("page", "entry"), _text("page"), _int("entry"), _text("work")),
    facts.PageFate: _fact(
        "page_fate",
        ("page", "revision"),
        _text("page"),
        _int("revision"),
        _text("fate"),
        _text("work"),
        _int("page_no"),
        _text("why"),
        _in("fate", tuple(fate.value for fate in Fate)),
    ),
    facts.MissingPage: _fact(
        "missing_page",
        ("work", "page_no", "revision"),
        _text("work"),
        _int("page_no"),
        _int("revision"),
        _int("withdrawn"),
        _text("why"),
    ),
    facts.WorkingKeyDestroyed: _fact("working_key_destroyed", ("batch",), _text("batch")),
    facts.Number: _fact(
        "number",
        ("work", "marking", "part"),
        _text("work"),
        _int("marking"),
        sa.Column("number", _TEXT, nullable=False, unique=True),
        _later_int("part"),
    ),
    facts.NumberedPages: _fact("numbered_pages", ("work",), _text("work"), _text("pages")),
    facts.Allocation: _fact(
        "allocation", ("allocation",), _text("allocation"), _int("seed"), _int("objective"), _text("certificate")
    ),
    facts.Assignment: _fact(
        "assignment",
        ("work", "marking", "part"),
        _text("work"),
        _int("marking"),
        _text("expert"),
        _text("allocation"),
        _text("criteria"),
        _later_int("part"),
        sa.Index(
            "one_marking_per_expert", "work", "expert", unique=True, sqlite_where=_COUNTED, postgresql_where=_COUNTED
        ),
    ),
    facts.Reassignment: _fact(
        "reassignment",
        ("work", "marking", "revision", "part"),
        _text("work"),
        _int("marking"),
        _int("revision"),
        _text("withdrawn"),
        _int("packet"),
        _text("expert"),
        _text("allocation"),
        _text("criteria"),
        _text("reason"),
        _text("why"),
        _later_int("part"),
        _in("reason", ("absent", "conflict", "together", "room", "handed_over", "lost")),
    ),
    facts.Attendance: _fact(
        "attendance", ("expert", "revision"), _text("expert"), _int("revision"), _int("present"), _text("why")
    ),
    facts.Packet: _fact("packet", ("packet",), _int("packet"), _text("expert"), _int("marking"), _int("works")),
    facts.PacketRow: _fact(
        "packet_row",
        ("packet", "row"),
        _int("packet"),
        _int("row"),
        _text("work"),
        _int("marking"),
        _text("number"),
        _text("criteria"),
        _later_int("part"),
    ),
    facts.PacketPrint: _fact(
        "packet_print", ("packet", "round"), _int("packet"), _int("round"), _text("sha256"), _int("pages")
    ),
    facts.PacketFile: _fact(
        "packet_file",
        ("packet", "round", "revision"),
        *map(_int, ("packet", "round", "revision")),
        *map(_text, ("settings", "sha256")),
        *map(_int, ("pages", "blank", "papers")),
    ),
    facts.Reprint: _fact(
        "reprint",
        ("packet", "round"),
        *map(_int, ("packet", "round")),
        *map(_text, ("part", "rows", "why", "sha256")),
        _int("pages"),
    ),
    facts.CustodyMove: _fact(
        "custody_move",
        ("move",),
        _text("move"),
        _int("packet"),
        _text("direction"),
        _text("point"),
        _text("happened"),
        _text("by"),
        _text("why"),
        _in("direction", ("out", "back", "lost")),
    ),
    facts.PointClosed: _fact(
        "point_closed", ("point", "revision"), _text("point"), _int("revision"), _int("closed"), _text("why")
    ),
    facts.Sheet: _fact(
        "sheet", ("packet", "sheet", "round"), _int("packet"), _int("sheet"), _int("round"), _text("blank")
    ),
    facts.SheetReading: _fact(
        "sheet_reading",
        ("page",),
        _text("page"),
        _text("outcome"),
        _maybe_int("packet"),
        _maybe_int("sheet"),
        _maybe_int("round"),
        _text("detail"),
        _in("outcome", ("read", "copy", "refused")),
    ),
    facts.CellReading: _fact(
        "cell_reading",
        ("page", "work", "marking", "criterion"),
        _text("page"),
        _text("work"),
        _int("marking"),
        _text("criterion"),
        _text("kind"),
        _maybe_int("points"),
        _text("candidates"),
        _text("rule"),
        _text("measures"),
        _text("crop"),
        _in("kind", ("points", "not_attempted", "blank", "ambiguous", "damaged")),
    ),
    facts.SumReading: _fact(
        "sum_reading",
        ("page", "work", "marking", "part", "sheet"),
        _text("page"),
        _text("work"),
        _int("marking"),
        _int("part"),
        _int("sheet"),
        _text("kind"),
        _maybe_int("points"),
        _text("measures"),
        _text("crop"),
        _in("kind", ("agrees", "differs", "open", "unclear", "empty")),
    ),
    facts.RowSum: _fact(
        "row_sum",
        ("work", "marking", "part", "sheet", "revision"),
        _text("work"),
        _int("marking"),
        _int("part"),
        _int("sheet"),
        _int("revision"),
        _maybe_int("points"),
        _text("why"),
        sa.CheckConstraint("points IS NULL OR points >= 0", name="sum_some"),
    ),
    facts.Score: _fact(
        "score",
        ("work", "marking", "criterion", "revision"),
        _text("work"),
        _int("marking"),
        _text("criterion"),
        _int("revision"),
        _maybe_int("points"),
        _text("source"),
        _text("page"),
        _text("why"),
        _in("source", ("reading", "review", "entry", "appeal")),
        sa.CheckConstraint("points IS NULL OR points >= 0", name="points_some"),
    ),
    facts.ThirdCall: _fact("third_call", ("work", "criterion"), _text("work"), _text("criterion"), _text("reason")),
    facts.Report: _fact("report", ("kind", "sha256"), _text("kind"), _text("sha256"), _int("position")),
    facts.Release: _fact("release", ("purpose",), _text("purpose"), _text("why"), _int("position")),
    facts.ReleaseBasis: _fact("release_basis", ("purpose", "version"), _text("purpose"), _int("version"), _text("why")),
    facts.Appeal: _fact("appeal", ("appeal",), _text("appeal"), _text("work"), _text("ground")),
    facts.AppealDecision: _fact(
        "appeal_decision",
        ("appeal",),
        _text("appeal"),
        _text("outcome"),
        _text("reason"),
        _in("outcome", ("rejected", "technical", "marking")),
    ),
    facts.Override: _fact("override", ("law", "position"), _text("law"), _int("position"), _text("why")),
    facts.SchoolForm: _fact(
        "school_form", ("subject", "revision"), _text("subject"), _int("revision"), _text("content")
    ),
    facts.SchoolReturn: _fact(
        "school_return",
        ("subject", "revision"),
        *(_text("subject"), _int("revision"), _int("version"), _text("content"), _int("stated"), _int("missing")),
    ),
    facts.SchoolScore: _fact(
        "school_score",
        ("work", "criterion", "revision"),
        *(_text("work"), _text("criterion"), _int("revision"), _text("kind"), _maybe_int("points")),
        _in("kind", ("points", "not_attempted", "not_taught", "missing")),
        # None for all but points, never for points: an empty cell can't be stored as 0.
        sa.CheckConstraint("(kind = 'points') = (points IS NOT NULL)", name="points_when_points"),
        sa.CheckConstraint("points IS NULL OR points >= 0", name="school_points_some"),
    ),
    facts.SchoolAnswer: _fact(
        "school_answer",
        ("work", "criterion", "revision"),
        *(_text("work"), _text("criterion"), _int("revision"), _text("stated"), _text("stands"), _text("why")),
    ),
    facts.Look: _fact(
        "look",
        ("work", "marking", "criterion", "entry"),
        *(_text("work"), _int("marking"), _text("criterion"), _int("entry"), _text("source"), _text("kind")),
        *(_maybe_int("points"), _text("proposed"), _int("revision"), _text("act")),
        _in("source", ("review", "entry", "audit", "known")),
        _in("kind", ("points", "not_attempted", "struck", "taken_back")),
        sa.CheckConstraint("(kind = 'points') = (points IS NOT NULL)", name="look_when_points"),
        sa.CheckConstraint("points IS NULL OR points >= 0", name="look_some"),
    ),
    facts.ScoreWithdrawn: _fact(
        "score_withdrawn",
        ("work", "marking", "criterion", "revision"),
        *(_text("work"), _int("marking"), _text("criterion"), _int("revision"), _text("why")),
    ),
    facts.AuditDraw: _fact(
        "audit_draw", ("audit",), _text("audit"), _text("seed"), *map(_int, ("population", "lot", "near", "third"))
    ),
    facts.AuditRow: _fact(
        "audit_row",
        ("audit", "number"),
        *(_text("audit"), _text("number"), _text("how"), _int("place")),
        _in("how", ("lot", "near")),
    ),
    facts.AuditCount: _fact(
        "audit_count",
        ("procedure", "audit", "revision"),
        *(_text("procedure"), _text("audit"), _int("revision")),
        *map(_int, ("population", "rows", "wrong_rows", "cells", "wrong_cells")),
    ),
    **day_tables.TABLES,
}

APPEND_ONLY = (*TABLES.values(), CHAIN, CHECKPOINT)
