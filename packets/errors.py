"""Numbered errors of allocation and composition (E6000-E6029)."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class DuplicateWork(CrosscheckError):
    number = 6000
    exit = Exit.INPUT
    sentence = "Work {work} is listed twice in one allocation."
    remedy = "List every work once; nothing was allocated."


class DuplicateExpert(CrosscheckError):
    number = 6001
    exit = Exit.INPUT
    sentence = "Expert {expert} is listed twice in one allocation."
    remedy = "Join the two entries of the expert (schools, capacity) into one; nothing was allocated."


class BadMarkings(CrosscheckError):
    number = 6002
    exit = Exit.PROCEDURE
    sentence = "The markings to assign must be at least one and all different, not {markings}."
    remedy = "Correct the number of markings in procedure.toml."


class NegativeCapacity(CrosscheckError):
    number = 6003
    exit = Exit.INPUT
    sentence = "Expert {expert} has capacity {capacity} and load {load}; neither may be negative."
    remedy = "Correct the capacity in the list of experts; 0 means the expert gets nothing."


class BadSpread(CrosscheckError):
    number = 6004
    exit = Exit.PROCEDURE
    sentence = "The works of a school must be spread over at least 1 expert, not {spread}."
    remedy = "Give a spread of 1 or more."


class AllocationUndecided(CrosscheckError):
    number = 6005
    exit = Exit.PERSON_NEEDED
    sentence = (
        "It could not be decided in the time allowed whether {works} works can be allocated so that markers "
        "who share one of their several schools never meet on a work."
    )
    remedy = "Allocate in smaller parts, add experts, or list only the main school of experts who work in several."


class AllocationTooLarge(CrosscheckError):
    number = 6006
    exit = Exit.INPUT
    sentence = "The allocation of {works} works to {experts} experts exceeds the exact arithmetic of the solver."
    remedy = "Allocate in smaller parts, for example by check point."


class SolverFailed(CrosscheckError):
    number = 6007
    exit = Exit.BUG
    sentence = "The flow solver stopped with the status {status} on an allocation that is known to be possible."
    remedy = "Nothing was allocated. Please report this with the numbers of works and experts."


class MixedExperts(CrosscheckError):
    number = 6008
    exit = Exit.BUG
    sentence = "Packets are composed for one expert at a time, but assignments of {experts} experts were given."
    remedy = "Please report this: nothing was printed."


class BadPacketSize(CrosscheckError):
    number = 6009
    exit = Exit.PROCEDURE
    sentence = "A packet must be able to hold at least 1 work, not {size}."
    remedy = "Correct the number of works a packet may hold."


class WorkTwiceInPackets(CrosscheckError):
    number = 6010
    exit = Exit.BUG
    sentence = "Work {work} would be given twice to one expert."
    remedy = "Nobody marks a work twice. Verify the allocation; nothing was printed."


class BadWish(CrosscheckError):
    number = 6011
    exit = Exit.INPUT
    sentence = "The costs of the wish {name} must be whole numbers from 0 to {most}."
    remedy = "Give costs in larger units, or correct the negative ones; nothing was allocated."


class DirectionsUndecided(CrosscheckError):
    number = 6012
    exit = Exit.PERSON_NEEDED
    sentence = (
        "It could not be decided with the effort allowed whether {works} works of {schools} schools can be allocated "
        "so that no two schools mark each other."
    )
    remedy = 'Add experts of other schools, or set mutual_schools = "allowed" in procedure.toml; nothing was allocated.'


class ConflictsUnchecked(CrosscheckError):
    number = 6022
    exit = Exit.PERSON_NEEDED
    sentence = "Conflicts or schools of experts changed after works were given out; they were not checked since."
    remedy = "Run `crosscheck allocate`: it checks every assignment again and names those that are not allowed."


class WorksChanged(CrosscheckError):
    number = 5024
    exit = Exit.PRINTING
    sentence = "{count} works to print lack a page, or their pages changed after they were numbered."
    remedy = "Settle the pages that `crosscheck findings` names and run `crosscheck number`, or close them, then print."


class CannotAllocate(CrosscheckError):
    number = 6020
    exit = Exit.PROCEDURE
    sentence = "The works can't be allocated: {reason}"
    remedy = "Add experts or capacity, or let markers of one school mark the same work; nothing was recorded."


class NotVerified(CrosscheckError):
    number = 6021
    exit = Exit.BUG
    sentence = (
        "The allocation did not pass its independent check ({count} violations, first: {first}); nothing was recorded."
    )
    remedy = "Report this with the ledger's copy: the solver and the verifier disagree."


class NoSuchWorkHere(CrosscheckError):
    number = 6023
    exit = Exit.USAGE
    sentence = "There is no work {work} in this allocation."
    remedy = "Give the number on a work's packet row, or the work's name as `crosscheck pages list` shows it."


class NoSuchExpertHere(CrosscheckError):
    number = 6024
    exit = Exit.USAGE
    sentence = "There is no expert {expert} in this allocation."
    remedy = "Give the expert's opaque code, or enough of its beginning."


class NoExport(CrosscheckError):
    number = 6025
    exit = Exit.INPUT
    sentence = "The file holds no exported allocation ({detail})."
    remedy = "Make one with `crosscheck allocate export FILE`; a file that was altered is refused."


class NoSuchAllocation(CrosscheckError):
    number = 6026
    exit = Exit.USAGE
    sentence = "No allocation {name} can be opened here; there are: {known}."
    remedy = "Run `crosscheck allocate` first; one that was made before this version has no sealed copy."


class FileNotWritten(CrosscheckError):
    number = 6027
    exit = Exit.USAGE
    sentence = "{file} can't be written: {reason}."
    remedy = "Name a file in a folder that exists and that you may write to."
