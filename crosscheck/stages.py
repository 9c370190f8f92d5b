"""The pipeline as an ordered table: the file to read first.

The order here is the order of the day. `crosscheck --help`, `crosscheck status`, `crosscheck run` and the
README follow this table, and a test keeps it honest: each row has one command, in the named package,
whose help begins with the row's sentence.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crosscheck.i18n import N_


class Actor(enum.Enum):
    """Who moves the stage on: the machine by itself, or a person who decides or brings paper."""

    MACHINE = "machine"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Row:
    """One command of the table: its name, the sentence its help begins with, its package, its actor."""

    name: str
    sentence: str
    package: str
    actor: Actor


STAGES: tuple[Row, ...] = (
    Row(
        "register",
        N_("Record the procedure, schools, class-sets, participants, experts and conflicts."),
        "crosscheck",
        Actor.PERSON,
    ),
    Row("ingest", N_("Take scanned files in: every page is sealed and counted."), "scanning", Actor.PERSON),
    Row("redact", N_("Read each page's code and keep nothing but its answer zones."), "scanning", Actor.MACHINE),
    Row("number", N_("Put pages together into works and give the works anonymous numbers."), "scanning", Actor.MACHINE),
    Row(
        "allocate",
        N_("Decide who marks which work, without a conflict of interest, and prove it."),
        "packets",
        Actor.MACHINE,
    ),
    Row("print", N_("Make the packets and score sheets to print."), "packets", Actor.MACHINE),
    Row("read", N_("Read scanned score sheets; what is doubtful waits for a person."), "scoring", Actor.MACHINE),
    Row("review", N_("Settle the cells that the machine could not read beyond doubt."), "scoring", Actor.PERSON),
    Row("reconcile", N_("Compare the markings and find every discrepancy."), "scoring", Actor.MACHINE),
    Row("adjudicate", N_("Give essential discrepancies to a third expert."), "packets", Actor.MACHINE),
    Row("report", N_("Write the discrepancy report, by anonymous number only."), "scoring", Actor.MACHINE),
    Row(
        "release",
        N_("Allow results to be joined with schools and codes, once per purpose."),
        "crosscheck",
        Actor.PERSON,
    ),
    Row("publish", N_("Write the results of class-sets, schools and the district."), "scoring", Actor.PERSON),
    Row("appeal", N_("Record appeals and what was decided on them."), "scoring", Actor.PERSON),
)

TOOLS: tuple[Row, ...] = (
    Row("init", N_("Make a new ledger, its keys and the recovery sheet."), "crosscheck", Actor.PERSON),
    Row(
        "status",
        N_("Show what is done, what waits, and whether every page and work is accounted for."),
        "crosscheck",
        Actor.PERSON,
    ),
    Row("run", N_("Do every waiting stage up to the next act of people."), "crosscheck", Actor.PERSON),
    Row(
        "forms",
        N_("Print answer forms; send out electronic forms of scores and take them back."),
        "crosscheck",
        Actor.PERSON,
    ),
    Row("batch", N_("Count what was scanned against the paper, and close a batch."), "scanning", Actor.PERSON),
    Row("template", N_("Make and check templates of foreign forms."), "scanning", Actor.PERSON),
    Row("pages", N_("List pages and settle those that a person must look at."), "scanning", Actor.PERSON),
    Row("enter", N_("Key a score sheet in by hand."), "scoring", Actor.PERSON),
    Row(
        "identity",
        N_("Settle which experts are one person; show what an expert may not mark, and why."),
        "crosscheck",
        Actor.PERSON,
    ),
    Row(
        "custody",
        N_("Note which packets were given out and came back; count them and close check points."),
        "packets",
        Actor.PERSON,
    ),
    Row(
        "paper",
        N_("Make the papers of schools, organisers, observers and the district."),
        "packets",
        Actor.PERSON,
    ),
    Row(
        "marks",
        N_("Take in marks of the same participants from elsewhere, and hold results against them."),
        "scoring",
        Actor.PERSON,
    ),
    Row("rules", N_("Check and explain the rules of markings that differ."), "scoring", Actor.PERSON),
    Row(
        "thresholds",
        N_("Compare what thresholds for essential differences would cost and give."),
        "scoring",
        Actor.PERSON,
    ),
    Row("findings", N_("List what a person must look at, and close what was dealt with."), "crosscheck", Actor.PERSON),
    Row("vault", N_("Show who opened the vault; erase a record for good."), "crosscheck", Actor.PERSON),
    Row("ledger", N_("Prove that no recorded fact was altered."), "crosscheck", Actor.PERSON),
)

COMMANDS: tuple[Row, ...] = STAGES + TOOLS


def row(name: str) -> Row:
    """The row of a command; KeyError when there is none."""
    return {row.name: row for row in COMMANDS}[name]


def help_of(name: str, more: str, *examples: str) -> str:
    """The help text of a command: the row's sentence, more about it, examples to copy. Translated when shown."""
    listed = "\n".join(f"  {example}" for example in examples)
    return f"{row(name).sentence}\n\n{more}\n\n\b\nExamples:\n{listed}"
