"""The command line as an operator meets it: exit statuses, messages, languages, refusals."""

from __future__ import annotations

import errno
import json
import sqlite3
from pathlib import Path

import pytest

from crosscheck import admin, facts, keys, release, session, station
from crosscheck import status as state
from crosscheck.cli import DiskRefused, ProgramFault
from crosscheck.criteria_file import CriteriaUnreadable
from crosscheck.db.errors import LedgerUnreachable, NoLedger
from crosscheck.errors import Exit
from crosscheck.model import WorkId
from crosscheck.procedure import Scheme, Wished
from crosscheck.register import (
    OtherProcedure,
    OwnFormsNotUsed,
    PaperFixed,
    PartsFixed,
    ProcedureFileMissing,
    SchoolPairsMissing,
    SchoolPairsUnused,
    SheetsFixed,
)
from crosscheck.register_settings import (
    MinutesHaveNoPrice,
    PlacesMissing,
    PlacesUnused,
    WishTableMissing,
    WishTableUnused,
)
from drill.assessment import toml
from tests import factories
from tests.stations import TABLES, Desk, Ended, district


def says(ended: Ended, error: type[Exception], *words: str) -> bool:
    """Whether the command ended with this error: its status, number and words, on the error stream only."""
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return (
        ended.status == status and ended.err.startswith(f"E{number:04d} ") and all(word in ended.err for word in words)
    )


# --- exit statuses ------------------------------------------------------------------------------


def test_a_wrong_command_line_is_usage(fresh: Desk) -> None:
    """An unknown command, an unknown option, a missing one; the message says which."""
    assert fresh.run("rigister").status == Exit.USAGE
    ended = fresh.run("status", "--jsn")
    assert (ended.status, "--jsn" in ended.err) == (Exit.USAGE, True)
    assert fresh.run("release").status == Exit.USAGE


def test_a_folder_without_a_ledger_is_named(tmp_path: Path, fresh: Desk) -> None:
    """With what to do; nothing is made there."""
    other = Desk(tmp_path / "пусто", fresh.read)
    other.home.mkdir()
    assert says(other.run("status"), NoLedger, "пусто", "crosscheck init")
    assert list(other.home.iterdir()) == []


def test_a_wrong_passphrase_is_trouble_with_a_key(fresh: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 45, and nothing is recorded."""
    monkeypatch.setenv("CROSSCHECK_COORDINATOR_PASSPHRASE", "not the one")
    assert says(fresh.run("register", str(district(tmp_path / "d"))), keys.WrongPassphrase)
    assert fresh.facts(facts.Work) == []


def test_without_a_terminal_a_passphrase_must_come_from_somewhere(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the variables; a file may hold it, with a line end and a byte-order mark."""
    monkeypatch.delenv("CROSSCHECK_COORDINATOR_PASSPHRASE")
    arguments = ("register", str(district(tmp_path / "d")))
    assert says(desk.run(*arguments), session.PassphraseNeeded, "CROSSCHECK_COORDINATOR_PASSPHRASE_FILE")
    monkeypatch.setenv("CROSSCHECK_COORDINATOR_PASSPHRASE_FILE", str(tmp_path / "none"))
    assert says(desk.run(*arguments), session.PassphraseNeeded)
    (tmp_path / "words").write_text("синий чайник 1979\r\n", "utf-8-sig")
    monkeypatch.setenv("CROSSCHECK_COORDINATOR_PASSPHRASE_FILE", str(tmp_path / "words"))
    assert desk.run(*arguments).status == Exit.DONE


def test_a_fault_of_the_program_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 70, the traceback for whoever repairs it, a sentence for whoever meets it."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a planted fault")

    monkeypatch.setattr(state, "all_laws", fail)
    ended = desk.run("status")
    assert ended.status == ProgramFault.exit
    assert "a planted fault" in ended.err
    assert "E7001 The program failed: ZeroDivisionError." in ended.err


def test_a_full_disk_is_no_fault_of_the_program(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 40 and what to do, without a traceback."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(state, "all_laws", fail)
    ended = desk.run("status")
    assert ended.status == DiskRefused.exit
    assert "E4046 The disk refused" in ended.err
    assert "Traceback" not in ended.err


def test_ctrl_c_is_an_ending_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """130, as shells expect."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(state, "all_laws", interrupt)
    ended = desk.run("status")
    assert (ended.status, "Interrupted." in ended.err, "Traceback" in ended.err) == (Exit.INTERRUPTED, True, False)


def test_a_file_that_is_no_database_is_trouble_with_the_ledger(desk: Desk) -> None:
    """It is said what the database says, without a traceback."""
    for beside in desk.home.glob("ledger.db-*"):
        beside.unlink()
    (desk.home / "ledger.db").write_bytes(b"not a database at all" * 100)
    ended = desk.run("status")
    assert says(ended, LedgerUnreachable, "not a database")
    assert "Traceback" not in ended.err


def test_messages_come_in_the_language_asked_for(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--lang before the command; errors and help alike."""
    monkeypatch.setenv("CROSSCHECK_COORDINATOR_PASSPHRASE", "not the one")
    ended = desk.run("--lang", "ru", "register", str(district(tmp_path / "d")))
    assert says(ended, keys.WrongPassphrase, "Парольная")
    assert "Этапы" in desk.run("--lang", "ru", "--help").out
    assert "Stages" in desk.run("--lang", "en", "--help").out


# --- init ---------------------------------------------------------------------------------------


def test_a_folder_is_initialised_once(fresh: Desk, tmp_path: Path) -> None:
    """The second time is refused, and the keys are the same as before."""
    before = (fresh.home / "station.toml").read_bytes()
    ended = fresh.run("init", "--recovery-sheet", str(tmp_path / "again.txt"))
    assert says(ended, admin.AlreadyInitialised, "станция 1")
    assert (fresh.home / "station.toml").read_bytes() == before
    assert not (tmp_path / "again.txt").exists()


def test_a_recovery_sheet_that_can_not_be_written_costs_nothing(tmp_path: Path, fresh: Desk) -> None:
    """The codes are shown once: with a wrong path no key is made, and init can be run again."""
    new = Desk(tmp_path / "new", fresh.read)
    assert new.run("init", "--recovery-sheet", str(tmp_path / "no" / "folder" / "r.txt")).status == Exit.USAGE
    assert new.run("init", "--recovery-sheet", str(tmp_path / "r.txt"), "--station", 'пункт "1"').status == Exit.DONE
    assert len((tmp_path / "r.txt").read_text("utf-8")) > 100
    assert new.station().settings.station == 'пункт "1"'


# --- register -----------------------------------------------------------------------------------


def test_nothing_is_registered_yet(fresh: Desk) -> None:
    """Stages say what to do first."""
    assert says(fresh.run("status"), station.NotRegistered, "crosscheck register")


def test_a_changed_procedure_is_said_with_what_changed(desk: Desk, tmp_path: Path) -> None:
    """The tables that differ; and that results stand under the earlier version, where they were released."""
    folder = district(tmp_path / "d")
    assert "procedure changed" not in desk.run("register", str(folder)).out
    path = folder / "procedure.toml"
    path.write_text(path.read_text("utf-8").replace("mean_up", "higher"), "utf-8")
    said = desk.run("register", str(folder)).out
    assert "version 2 from now on: [rules]." in said
    assert "released" not in said
    desk.add(facts.Release("results", "protocol 4", 1))
    path.write_text(path.read_text("utf-8").replace("three = 4", "three = 3"), "utf-8")
    said = desk.run("register", str(folder)).out
    assert "version 3 from now on: [boundaries]." in said
    assert "waits for a new release" in said


def test_registering_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    """The same files give no new fact but the opening of the vault."""
    before = {kind: desk.facts(kind) for kind in (facts.Work, facts.Expert, facts.SealedRecord, facts.IssuedForm)}
    assert desk.run("register", str(district(tmp_path / "d"))).out.rstrip().endswith("0 new facts.")
    assert {kind: desk.facts(kind) for kind in before} == before
    assert (len(before[facts.Work]), len(before[facts.Expert])) == (5, 3)


def test_no_name_or_code_is_in_the_open(desk: Desk) -> None:
    """The file of the ledger holds neither names nor codes nor school names in plain text."""
    with sqlite3.connect(desk.home / "ledger.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    stored = (desk.home / "ledger.db").read_bytes()
    assert b"math-5" in stored
    for secret in ("Иванова", "00017", "00019", "Гимназия"):
        assert secret.encode() not in stored


def test_a_changed_expert_is_a_new_revision(desk: Desk, tmp_path: Path) -> None:
    """And going back to what was once recorded is a revision too, not a conflict with the old one."""
    table = (district(tmp_path / "d") / "experts.csv").read_text("utf-8")
    for capacity in (";12;", ";50;", ";12;"):
        folder = district(tmp_path / "d", experts=table.replace(";50;", capacity))
        assert desk.run("register", str(folder)).status == Exit.DONE
    assert sorted((e.revision, e.capacity) for e in desk.facts(facts.Expert) if e.status == "ordinary") == [
        (0, 50),
        (1, 12),
        (2, 50),
        (3, 12),
    ]


def procedure_folder(tmp_path: Path, old: str, new: str) -> str:
    folder = district(tmp_path / "changed")
    text = (folder / "procedure.toml").read_text("utf-8")
    assert old in text
    (folder / "procedure.toml").write_text(text.replace(old, new, 1), "utf-8")
    return str(folder)


def test_what_is_printed_on_paper_is_fixed(desk: Desk, tmp_path: Path) -> None:
    """Forms were issued: other maxima would not fit the sheets. Boundaries stand on no paper and may change."""
    assert says(desk.run("register", procedure_folder(tmp_path, "max = 3", "max = 4")), PaperFixed)
    assert desk.run("register", procedure_folder(tmp_path, "three = 4", "three = 3")).status == Exit.DONE
    assert [version.version for version in desk.facts(facts.ProcedureVersion)] == [0, 1]


def test_how_scores_are_written_down_is_fixed_when_sheets_are_printed(desk: Desk, tmp_path: Path) -> None:
    """Answer forms may be out: they don't depend on it. Once a score sheet is printed, another kind is refused."""
    sums = procedure_folder(tmp_path, "[[task]]", '[sheet]\nstyle = "digits"\ncontrol = "rows"\n[[task]]')
    assert desk.run("register", sums).status == Exit.DONE
    desk.add(facts.Sheet(1, 1, 0, "blank"))
    assert desk.run("register", sums).status == Exit.DONE
    assert says(desk.run("register", str(district(tmp_path / "usual"))), SheetsFixed)


def split(folder: str, scheme: str) -> str:
    path = Path(folder) / "procedure.toml"
    path.write_text(path.read_text("utf-8").replace("[marking]", f"[marking]\n{scheme}"), "utf-8")
    return folder


def test_works_are_split_as_they_were_when_they_were_numbered(desk: Desk, tmp_path: Path) -> None:
    """Before that the scheme may change, forms issued or not; afterwards only schemes that leave works as they are."""
    folder = procedure_folder(tmp_path, "three = 4", "three = 4")
    assert desk.run("register", split(folder, 'scheme = "by_page"')).status == Exit.DONE
    desk.add(facts.Number(desk.work(11), 1, "1111111", 1))
    plain = procedure_folder(tmp_path, "three = 4", "three = 4")
    assert says(desk.run("register", plain), PartsFixed, "[1, 2, 3, 4, 5] instead of [1, 2, 3] [4, 5]")
    assert says(desk.run("register", split(plain, 'scheme = "by_task"')), PartsFixed, "[1] [2] [3] [4] [5]")
    same = split(procedure_folder(tmp_path, "three = 4", "three = 3"), 'scheme = "by_task"')
    assert desk.run("register", split(same, 'parts = [["2", "1", "3"], ["4", "5"]]')).status == Exit.DONE


def test_numbered_works_that_are_whole_stay_whole(desk: Desk, tmp_path: Path) -> None:
    """Mixed works may become whole class-sets, but not parts."""
    desk.add(facts.Number(desk.work(11), 1, "1111111"))
    folder = procedure_folder(tmp_path, "three = 4", "three = 4")
    assert desk.run("register", split(folder, 'scheme = "class_sets"')).status == Exit.DONE
    folder = procedure_folder(tmp_path, "three = 4", "three = 4")
    assert says(desk.run("register", split(folder, 'scheme = "by_task"')), PartsFixed)


def test_a_ledger_holds_one_procedure(desk: Desk, tmp_path: Path) -> None:
    """Another code is refused, both being named."""
    ended = desk.run("register", procedure_folder(tmp_path, '"math-5"', '"math-6"'))
    assert says(ended, OtherProcedure, "math-5", "math-6")


def test_a_file_the_procedure_names_must_be_there(desk: Desk, tmp_path: Path) -> None:
    """The marking criteria, for example; it is named with the folder."""
    folder = district(tmp_path / "d")
    (folder / "procedure.toml").write_text(toml(factories.procedure(criteria_pdf="критерии.pdf")), "utf-8")
    assert says(desk.run("register", str(folder)), ProcedureFileMissing, "критерии.pdf")


def test_criteria_that_nobody_could_print_are_refused_when_they_are_registered(desk: Desk, tmp_path: Path) -> None:
    """And not on the evening before the check, when packets are drawn."""
    folder = district(tmp_path / "d")
    (folder / "procedure.toml").write_text(toml(factories.procedure(criteria_pdf="критерии.pdf")), "utf-8")
    (folder / "критерии.pdf").write_bytes(b"%PDF-1.7 broken")
    before = desk.facts(facts.ProcedureVersion)
    assert says(desk.run("register", str(folder)), CriteriaUnreadable, "it is no sound PDF")
    assert desk.facts(facts.ProcedureVersion) == before


def test_words_within_errors_are_in_the_language_in_use(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds a key, and what the system says of a file."""
    monkeypatch.setenv("CROSSCHECK_COORDINATOR_PASSPHRASE", "another phrase altogether")
    wrong = desk.run("--lang", "ru", "paper", "make", "hand-list").err
    assert "не открывает ключ: координатор." in wrong
    (desk.home / "file").write_text("x", "utf-8")
    ended = desk.run("--lang", "ru", "paper", "make", "remark-protocol", "--out", str(desk.home / "file" / "x"))
    assert "это не папка" in ended.err


def test_form_numbers_need_our_forms(fresh: Desk, tmp_path: Path) -> None:
    """Participants with form numbers, in a procedure that uses only the forms of others."""
    from crosscheck.procedure import ForeignPaper

    folder = district(tmp_path / "d")
    text = toml(factories.procedure(papers=(ForeignPaper("templates/t.toml"),)))
    (folder / "procedure.toml").write_text(text, "utf-8")
    (folder / "templates").mkdir()
    (folder / "templates" / "t.toml").write_text("", "utf-8")
    assert says(fresh.run("register", str(folder)), OwnFormsNotUsed)
    assert fresh.facts(facts.ProcedureVersion) == []


def test_minutes_and_places_go_with_their_settings(fresh: Desk, tmp_path: Path) -> None:
    """Minutes that cost nothing, a table and a column that nobody would look at, and a setting without its table."""
    head, *rows = TABLES["experts"].splitlines()
    experts = "\n".join([f"{head};minutes;comes_to", *(f"{row};;" for row in rows), ""])
    folder = district(tmp_path / "d", experts=experts.replace(";50;П1;;;", ";;П1;;120;"))
    assert says(fresh.run("register", str(folder)), MinutesHaveNoPrice, "e1")
    (folder / "experts.csv").write_text(experts.replace(";50;П1;;;", ";50;П1;;;П1"), "utf-8")
    assert says(fresh.run("register", str(folder)), PlacesUnused, "comes_to")
    (folder / "experts.csv").write_text(experts, "utf-8")
    (folder / "procedure.toml").write_text(toml(factories.procedure(by_check_point=True)), "utf-8")
    assert says(fresh.run("register", str(folder)), PlacesMissing)
    (folder / "procedure.toml").write_text(toml(factories.procedure()), "utf-8")
    (folder / "marked_at.csv").write_text("school;check_point\n7;П1\n12;П2\n19;П2\n", "utf-8")
    assert says(fresh.run("register", str(folder)), PlacesUnused, "marked_at")
    assert fresh.facts(facts.ProcedureVersion) == []


def test_each_wish_has_its_table(fresh: Desk, tmp_path: Path) -> None:
    """A wish without one, and a table that no wish looks at, record nothing."""
    folder = district(tmp_path / "d")
    for wished, table in ((Wished.LAST_YEAR, "last_year"), (Wished.TRAVEL, "distances")):
        (folder / "procedure.toml").write_text(toml(factories.procedure(wishes=(wished,))), "utf-8")
        assert says(fresh.run("register", str(folder)), WishTableMissing, wished.value, table)
    (folder / "last_year.csv").write_text("school;marked_by\n7;12\n", "utf-8")
    (folder / "procedure.toml").write_text(toml(factories.procedure()), "utf-8")
    assert says(fresh.run("register", str(folder)), WishTableUnused, "last_year")
    assert fresh.facts(facts.ProcedureVersion) == []


def test_the_scheme_and_the_table_of_pairs_go_together(fresh: Desk, tmp_path: Path) -> None:
    """A scheme without its table, and a table that nobody would look at, record nothing."""
    folder, table = district(tmp_path / "d"), "school;marked_by\n7;12\n12;19\n19;7\n"
    (folder / "procedure.toml").write_text(toml(factories.procedure(scheme=Scheme.PAIRS)), "utf-8")
    assert says(fresh.run("register", str(folder)), SchoolPairsMissing)
    (folder / "school_pairs.csv").write_text(table, "utf-8")
    (folder / "procedure.toml").write_text(toml(factories.procedure(scheme=Scheme.TOURNAMENT)), "utf-8")
    assert says(fresh.run("register", str(folder)), SchoolPairsUnused, "tournament")
    assert fresh.facts(facts.ProcedureVersion) == []


# --- status, findings, vault, ledger ----------------------------------------------------------------


def broken(desk: Desk) -> Desk:
    """A file of three pages of which two were recorded: one page is lost."""
    desk.add(facts.Batch("b", "works"), facts.ScanFile("f", "b", "ref", 3, ""))
    desk.add(*(facts.ScanPage(f"p{n}", "f", n, "jpeg", "x", "") for n in range(2)))
    return desk


def test_status_shows_what_does_not_balance(desk: Desk) -> None:
    """For people and for programs; exit status 10, because a person is needed."""
    assert desk.run("status").status == Exit.DONE
    ended = broken(desk).run("status")
    assert ended.status == Exit.PERSON_NEEDED
    assert "✗ pages: scanned 3 ≠ waiting 2" in ended.out
    told = json.loads(desk.run("status", "--json").out)
    assert [law["name"] for law in told["laws"] if not law["balanced"]] == ["pages"]
    assert told["waiting"]["redact"] == 2


@pytest.mark.parametrize(
    ("law", "added"),
    [
        ("works", lambda work: [facts.Number(work, 1, "1"), facts.Absence(work, "")]),
        ("expected", lambda work: [facts.PageFate("p", 0, "known", work, 1, ""), facts.MissingPage(work, 1, 0, 0, "")]),
        ("markings", lambda work: [facts.Assignment(work, 1, "E", "A", "")]),
    ],
)
def test_each_law_stops_printing(desk: Desk, law: str, added: object) -> None:
    """Whatever is counted twice or from nowhere, nothing prints until a named person lets it pass."""
    desk.add(*added(desk.work(11)))  # type: ignore[operator]
    assert says(desk.run("print"), state.Unbalanced, f"--override {law}")
    assert desk.run("status", "--override", law, "--why", "act 3").status == Exit.PERSON_NEEDED
    (override,) = desk.facts(facts.Override)
    assert (override.law, override.why) == (law, "act 3")
    with desk.station().ledger.reading() as connection:
        state.require_balance(connection, desk.station().procedure())


def test_an_override_needs_a_broken_law_and_a_reason(desk: Desk) -> None:
    """Overriding in advance is refused, and so is overriding without saying why."""
    assert says(desk.run("status", "--override", "pages", "--why", "x"), admin.NoSuchLaw, "'pages'")
    assert broken(desk).run("status", "--override", "pages").status == Exit.USAGE
    assert desk.facts(facts.Override) == []


def test_a_finding_is_closed_once(desk: Desk) -> None:
    """With a reason; one that is not open is refused."""
    desk.add(facts.Finding("F1", "page", "p", "torn"))
    assert "torn" in desk.run("findings", "list").out
    assert desk.run("status").status == Exit.PERSON_NEEDED
    assert desk.run("findings", "close", "F1", "--why", "rescanned").status == Exit.DONE
    assert says(desk.run("findings", "close", "F1", "--why", "again"), admin.NoSuchFinding, "F1")
    assert json.loads(desk.run("findings", "list", "--json").out) == []


def test_every_opening_of_the_vault_is_listed(desk: Desk) -> None:
    """With who, for what and how many records."""
    (opened,) = json.loads(desk.run("vault", "openings", "--json").out)
    assert (opened["who"], opened["purpose"], opened["records"]) == ("Петрова А. И.", "register", 1)


def test_erasing_needs_a_whole_name(desk: Desk) -> None:
    """A kind alone, half a name or nothing would destroy what nobody named. What a code is compared by goes too."""
    record = next(r.record for r in desk.facts(facts.SealedRecord) if r.kind == "participant")
    subject = record.rpartition(":")[0]
    for wrong in ("", "p", "participant", "participant:", record[:-3], subject[:-1], f"{subject}:"):
        assert says(desk.run("vault", "erase", wrong, "--why", "x"), admin.NoSuchRecord)
    assert desk.run("vault", "erase", subject, "--why", "act 7").out.startswith("2 keys destroyed")
    assert desk.station().ledger.verify() > 0


def test_an_altered_ledger_is_found_by_the_command(desk: Desk) -> None:
    """Exit status 40 and the place; before, the number of facts."""
    assert "none was altered" in desk.run("ledger", "verify").out
    with sqlite3.connect(desk.home / "ledger.db") as connection:
        connection.execute("DROP TRIGGER class_set_no_update")
        connection.execute("UPDATE class_set SET declared = declared + 1 WHERE seq = 1")
    ended = desk.run("ledger", "verify")
    assert (ended.status, "class_set" in ended.err) == (Exit.LEDGER, True)


# --- release ------------------------------------------------------------------------------------


def test_nothing_is_released_while_markings_are_out(desk: Desk) -> None:
    """The message says how many works and markings; nothing is recorded."""
    desk.add(facts.Number(desk.work(11), 1, "1234567"))
    assert says(desk.run("release", "--why", "protocol 4"), release.NotReady, "3 works", "2 markings")
    assert desk.facts(facts.Release) == []


def test_links_are_joined_only_after_release(desk: Desk) -> None:
    """Before, the vault stays closed and no opening is recorded."""
    at = desk.station()
    key = keys.unlock(at.keys, keys.Holder.COORDINATOR, "синий чайник 1979")
    with pytest.raises(release.NotReleased, match="E4540"):
        release.join(at, key, "publish")
    assert len(desk.facts(facts.Opening)) == 1
    desk.add(*(facts.Absence(desk.work(form), "ill") for form in (11, 12, 13, 14)))
    assert desk.run("release", "--why", "protocol 4").status == Exit.DONE
    assert desk.run("release", "--why", "another").status == Exit.DONE
    assert [done.why for done in desk.facts(facts.Release)] == ["protocol 4"]
    links = release.join(at, key, "publish")
    person = links.people[WorkId(desk.work(11))]
    assert (person.code, links.schools[person.school]) == ("00017", ("7", "Школа №7"))
    assert links.classes[person.class_set] == (person.school, "5А")


@pytest.mark.parametrize(("marking", "waits"), [(1, True), (10, True), (20, False), (41, False)])
def test_a_release_waits_for_what_results_rest_on_alone(desk: Desk, marking: int, waits: bool) -> None:
    """An unread cell of a re-marking, or of a hidden work, holds up nothing."""
    desk.add(*(facts.Absence(desk.work(form), "ill") for form in (11, 12, 13, 14)))
    desk.add(facts.CellReading("p", desk.work(11), marking, "1", "ambiguous", None, "[]", "several", "{}", ""))
    assert (desk.run("release", "--why", "protocol 4").status == Exit.DONE) is not waits


def test_a_changed_procedure_needs_a_new_release(desk: Desk, tmp_path: Path) -> None:
    """Other boundaries give other marks: nobody may publish them under the earlier decision."""
    at = desk.station()
    key = keys.unlock(at.keys, keys.Holder.COORDINATOR, "синий чайник 1979")
    desk.add(*(facts.Absence(desk.work(form), "ill") for form in (11, 12, 13, 14)))
    assert desk.run("release", "--why", "protocol 4").status == Exit.DONE
    folder = district(tmp_path / "d")
    path = folder / "procedure.toml"
    path.write_text(path.read_text("utf-8").replace("three = 4", "three = 3"), "utf-8")
    assert desk.run("register", str(folder)).status == Exit.DONE
    with pytest.raises(release.ReleaseOutdated, match="version 2"):
        release.join(at, key, "publish")
    assert desk.run("release", "--why", "protocol 5").status == Exit.DONE
    release.join(at, key, "publish")
    assert [(one.version, one.why) for one in desk.facts(facts.ReleaseBasis)] == [(0, "protocol 4"), (1, "protocol 5")]
