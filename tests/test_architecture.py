"""The shape of the product, as a test: imports point one way, and what must stay apart does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.imports import ROOT, Import, imports_in, modules, product_imports, reached, target

PURE = (
    "crosscheck.model",
    "crosscheck.geometry",
    "crosscheck.labels",
    "crosscheck.packetcode",
    "crosscheck.damm",
    "crosscheck.procedure",
    "crosscheck.pageform",
    "crosscheck.sheetform",
    "crosscheck.sheetlayout",
    "crosscheck.conflicts",
    "crosscheck.declared",
    "crosscheck.names",
    "crosscheck.schoolbook",
    "crosscheck.whoiswho",
    "crosscheck.table_values",
    "crosscheck.register_rows",
    "crosscheck.register_checks",
    "packets.problem",
    "packets.costs",
    "packets.network",
    "packets.verify",
    "packets.proof",
    "packets.bounds",
    "packets.directions",
    "packets.rules",
    "packets.explain",
    "packets.waivers",
    "packets.what_if",
    "packets.calling",
    "packets.composition",
    "packets.custody",
    "packets.handlists",
    "packets.papers.known",
    "packets.papers.blocks",
    "packets.papers.points",
    "packets.papers.schools",
    "packets.papers.guide",
    "packets.papers.district",
    "packets.papers.kinds",
    "packets.linking",
    "packets.pieces",
    "packets.exchanging",
    "packets.joining",
    "packets.evening",
    "packets.overview",
    "packets.exporting",
    "packets.situation",
    "packets.repair_check",
    "packets.handing",
    "packets.allocation_report",
    "packets.charts",
    "packets.prices",
    "packets.parting",
    "packets.parts_check",
    "packets.controls",
    "packets.controls_check",
    "packets.wishing",
    "packets.violations",
    "packets.why",
    "scoring.decide",
    "scoring.judging",
    "scoring.thresholds",
    "scoring.places",
    "scoring.blind",
    "scoring.keying",
    "scoring.queue",
    "scoring.auditing",
    "scoring.bounds",
    "scoring.missing",
    "scoring.severities",
    "scoring.rule_words",
    "scoring.inferring",
    "scoring.measures.figures",
    "scoring.measures.readings",
    "scoring.measures.beyond_chance",
    "scoring.measures.components",
    "scoring.measures.icc",
    "scoring.measures.severity",
    "scoring.measures.inverse",
    "scoring.measures.limits",
    "scoring.measures.rasch",
    "scoring.measures.rasch_likelihood",
    "scoring.measures.rasch_errors",
    "scoring.measures.excess",
    "scoring.markers.judged",
    "scoring.markers.power",
    "scoring.markers.usual",
    "scoring.markers.frame",
    "scoring.markers.results",
    "scoring.markers.own",
    "scoring.markers.step",
    "scoring.markers.identical",
    "scoring.markers.journal",
    "scoring.markers.judging",
    "scoring.markers.words",
    "scoring.markers.report",
    "scoring.readers.given",
    "scoring.readers.drift",
    "scoring.readers.spread",
    "scoring.readers.families",
    "scoring.readers.repeats",
    "scoring.readers.scale",
    "scoring.readers.district",
    "scoring.readers.judging",
    "scoring.readers.report",
    "scoring.rows",
    "scoring.digits.numbers",
    "scoring.verdicts",
    "scoring.agreement",
    "scoring.discrepancies",
    "scoring.differences.kinds",
    "scoring.differences.seen",
    "scoring.differences.against",
    "scoring.differences.slips",
    "scoring.differences.causes",
    "scoring.differences.states",
    "scoring.differences.words",
    "scoring.undone",
    "scoring.marks.own",
    "scoring.remarks.lots",
    "scoring.remarks.comparing",
    "scoring.remarks.note",
    "scoring.appeals.panel",
    "scoring.appeals.effects",
    "crosscheck.appeal_rules",
    "scoring.controls",
    "scoring.marks.kinds",
    "scoring.marks.reading",
    "scoring.marks.form1",
    "scoring.marks.known",
    "scoring.marks.relating",
    "scoring.marks.report",
    "scoring.organiser.layout",
    "scoring.origins",
    "scoring.organiser.values",
    "scoring.organiser.checking",
    "scoring.organiser.reading",
    "scoring.organiser.report",
    "scoring.forms.book",
    "scoring.forms.layout",
    "scoring.forms.progress",
    "scoring.forms.reading",
    "scoring.forms.stated",
    "scoring.forms.values",
    "scanning.collating.collation",
    "scanning.collating.evidence",
    "scanning.collating.covers",
    "scanning.collating.suggesting",
    "scanning.collating.doubts",
    "scanning.collating.keyed",
    "crosscheck.coverform",
    "crosscheck.numbering",
    "crosscheck.times",
    "crosscheck.report",
    "crosscheck.report_text",
    "crosscheck.report_settings",
    "crosscheck.reporting.scene",
    "crosscheck.reporting.drawing",
    "crosscheck.reporting.svg",
    "crosscheck.reporting.html",
    "crosscheck.reporting.plain",
    "scoring.reports",
    "scoring.reporting.arrays",
    "scoring.reporting.withholding",
    "scoring.reporting.figures",
    "scoring.reporting.advice",
    "scoring.reporting.formulas",
    "scoring.reporting.groups",
    "scoring.reporting.tables",
    "scoring.reporting.district",
    "scoring.reporting.school",
    "scoring.reporting.class_form",
)
EFFECTS = frozenset(
    {
        "cv2",
        "PIL",
        "sqlalchemy",
        "alembic",
        "reportlab",
        "click",
        "rich",
        "openpyxl",
        "xlsxwriter",
        "pypdf",
        "pypdfium2",
        "simplejpeg",
    }
    | {"zxingcpp", "pyzbar", "subprocess", "socket", "crosscheck.db", "crosscheck.vault"}
)
SPINE = ("crosscheck.cli", "crosscheck.stages", "crosscheck.procedure_file", "crosscheck.tables")
HEAVY = frozenset(
    {"cv2", "ortools", "reportlab", "openpyxl", "xlsxwriter", "pypdf", "pypdfium2", "zxingcpp", "numpy", "PIL"}
)
OF_SCANNING_FOR_SCORING = frozenset(
    {
        "files.sources",
        "placing.registration",
        "placing.shrinking",
        "codes.barcodes",
        "codes.codeplaces",
        "errors",
    }
)
# Anonymity as a build error: whoever is not named here can't open what links works to pupils.
VAULT_USERS = frozenset(
    {
        "crosscheck.safe",
        "crosscheck.register",
        "crosscheck.register_settings",
        "crosscheck.release",
        "crosscheck.doubts",
        "crosscheck.identity",
        "crosscheck.barred",
        "crosscheck.station",
        "scanning.commands",
        "scanning.incoming.intake",
        "scanning.redact",
        "scanning.pages",
        "scanning.deciding.showing",
        "packets.commands",
        "packets.allocations",
        "packets.assigning",
        "packets.recording",
        "packets.origins",
        "packets.repairing",
        "packets.checking",
        "packets.repair_commands",
        "packets.printing",
        "packets.formlist",
        "packets.paper_gathering",
        "packets.coverlist",
        "scoring.commands",
        "scoring.forms.commands",
        "scoring.forms.returning",
        "scoring.marks.held",
        "scoring.appeals.sitting",
        "scoring.organiser.noting",
    }
)


def listed(imports: list[Import]) -> list[str]:
    """Offending imports as they are shown when a test fails."""
    return [f"{found.importer} imports {found.imported}" for found in imports]


def package(module: str) -> str:
    return module.partition(".")[0]


def test_the_contracts_of_import_linter_hold() -> None:
    """Packages import each other in one direction only, through any number of steps."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_scoring_uses_few_modules_of_scanning_and_no_more() -> None:
    """A score sheet is scanned paper too, but an answer page is none of scoring's business."""
    wrong = [
        found
        for found in product_imports()
        if package(found.importer) == "scoring"
        and package(found.imported) == "scanning"
        and (target(found.imported) or "").removeprefix("scanning.") not in OF_SCANNING_FOR_SCORING
    ]
    assert listed(wrong) == []


def test_sql_stands_in_one_place() -> None:
    """Only crosscheck.db speaks to a database."""
    wrong = [
        found
        for found in product_imports()
        if package(found.imported) in ("sqlalchemy", "alembic", "sqlite3", "psycopg")
        and not found.importer.startswith("crosscheck.db")
    ]
    assert listed(wrong) == []


def test_the_vault_is_opened_only_where_the_table_allows() -> None:
    """Every other module of the product knows works by number alone."""
    wrong = [
        found
        for found in product_imports()
        if target(found.imported) == "crosscheck.vault" and found.importer not in VAULT_USERS | {"crosscheck.vault"}
    ]
    assert listed(wrong) == []


@pytest.mark.parametrize("module", PURE)
def test_pure_modules_reach_no_effects(module: str) -> None:
    """Neither they nor what they import touch a database, an image, a drawing or the command line."""
    assert module in modules(), "the list names a module that there is not"
    assert sorted(name for name in reached(module) if name in EFFECTS or name.startswith("crosscheck.db.")) == []


@pytest.mark.parametrize(
    "module", ["crosscheck.cli", "crosscheck.stages", "crosscheck.procedure_file", "crosscheck.tables"]
)
def test_the_spine_starts_without_heavy_libraries(module: str) -> None:
    """`--help` and `status` come at once: image, solver, drawing and table libraries are loaded when used."""
    assert sorted(reached(module, top_only=True) & HEAVY) == []


def test_tests_of_the_product_are_not_part_of_it() -> None:
    """Nothing that is installed imports the tests, the drills or the benchmarks."""
    wrong = [
        found for found in product_imports() if package(found.imported) in ("tests", "drill", "benchmarks", "training")
    ]
    assert listed(wrong) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import cv2", [("cv2", True)]),
        ("from a import b, c", [("a.b", True), ("a.c", True)]),
        ("def f():\n    import cv2", [("cv2", False)]),
        ("from . import x", [("p.x", True)]),
        ("from .y import x", [("p.y.x", True)]),
        ("if TYPE_CHECKING:\n    import cv2", [("cv2", False)]),
    ],
)
def test_the_reader_of_imports_sees_every_spelling(source: str, expected: list[tuple[str, bool]]) -> None:
    """The yardstick itself: absolute, relative, inside a function, for types only."""
    assert [(found.imported, found.top) for found in imports_in(source, "p.m", is_package=False)] == expected


def test_modules_stay_readable() -> None:
    """No module of the product is longer than 400 lines (the ledger's list of facts has its own limit)."""
    longer = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules().items()}
    assert {name: lines for name, lines in longer.items() if lines > (500 if name == "crosscheck.facts" else 400)} == {}
