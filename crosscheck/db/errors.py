"""What can be wrong with the ledger."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class DiffersFromRecorded(CrosscheckError):
    number, exit = 4001, Exit.LEDGER
    sentence = "The ledger already holds another answer for {fact} {key}."
    remedy = "Facts are never overwritten: record a correction, or check which of the two inputs is right."


class NoLedger(CrosscheckError):
    number, exit = 4002, Exit.LEDGER
    sentence = "There is no ledger in {folder}."
    remedy = "Run `crosscheck init` there, or name the right folder with --home or CROSSCHECK_HOME."


class LedgerAltered(CrosscheckError):
    number, exit = 4003, Exit.LEDGER
    sentence = "The ledger was altered: {where}."
    remedy = "Stop working with it, keep a copy, and restore the last backup whose `crosscheck ledger verify` passes."


class SharedFolder(CrosscheckError):
    number, exit = 4004, Exit.LEDGER
    sentence = "An SQLite ledger can't be shared by several computers: {where}."
    remedy = "Keep it on a disk of this computer, or use PostgreSQL for several stations."


class NewerLedger(CrosscheckError):
    number, exit = 4005, Exit.LEDGER
    sentence = "The ledger was written by a later version of crosscheck ({revision})."
    remedy = "Update crosscheck on this computer."


class LedgerUnreachable(CrosscheckError):
    number, exit = 4007, Exit.LEDGER
    sentence = "The ledger can't be read or written: {reason}."
    remedy = "Check that the database runs, that its address in station.toml is right, and that the disk isn't full."
