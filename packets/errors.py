"""Numbered errors of allocation and composition (E6000-E6029) and of custody (E6050-E6059)."""

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


class WayUnknown(CrosscheckError):
    number = 6015
    exit = Exit.INPUT
    sentence = "How far it is from school {school} to {to} is not known."
    remedy = (
        "Add the way to the table distances and register again; an expert who doesn't come gets capacity 0. "
        "Nothing was given out."
    )


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
    remedy = "Nothing was recorded. `crosscheck allocate explain --names` says it with numbers of schools and codes."


class NotVerified(CrosscheckError):
    number = 6021
    exit = Exit.BUG
    sentence = (
        "The allocation did not pass its independent check, and nothing was recorded (violations: {count}). The first: "
        "{first}"
    )
    remedy = "Report this with the ledger's copy: the solver and the verifier disagree."


class NoSuchWorkHere(CrosscheckError):
    number = 6023
    exit = Exit.USAGE
    sentence = "There is no work {work} in this allocation."
    remedy = "Give a number of the work as it is printed, or the work's name as `crosscheck pages list` shows it."


class NoSuchExpertHere(CrosscheckError):
    number = 6024
    exit = Exit.USAGE
    sentence = "No expert of this allocation, or more than one, is called {expert}."
    remedy = "Give the code of the table experts, the number of a packet of the expert, or enough of the opaque code."


class NoSuchSchoolHere(CrosscheckError):
    number = 6029
    exit = Exit.USAGE
    sentence = "There is no school {school} in this allocation, or several are meant."
    remedy = "Give the school's number, or enough of the beginning of its opaque code; `new` is a school of its own."


class NoExport(CrosscheckError):
    number = 6025
    exit = Exit.INPUT
    sentence = "The file is not an exported allocation: {detail}."
    remedy = "Make one with `crosscheck allocate export FILE` and pass it on unchanged: an altered export is refused."


class NoSuchAllocation(CrosscheckError):
    number = 6026
    exit = Exit.USAGE
    sentence = "No allocation {name} can be opened here; there are: {known}."
    remedy = "Run `crosscheck allocate` first; one that was made before this version has no sealed copy."


class CannotRepair(CrosscheckError):
    number = 6060
    exit = Exit.PERSON_NEEDED
    sentence = "What is to be given anew finds no place, even if works that didn't come back are moved: {reason}"
    remedy = "Register more experts or capacity, or wait until work has come back; nothing was recorded."


class NoSuchPacketToPrint(CrosscheckError):
    number = 6061
    exit = Exit.USAGE
    sentence = "Packet {code} was not printed, or nothing of it is still out."
    remedy = "Type the code as printed on the packet's cover; the last digit is a check digit."


class RepairMarksBack(CrosscheckError):
    number = 6063
    exit = Exit.PERSON_NEEDED
    sentence = (
        "By this repair schools would come to mark each other, which mutual_schools forbids: {schools}. Another repair "
        "is not looked for."
    )
    remedy = (
        'Nothing was recorded. Register experts of other schools, or set mutual_schools = "allowed" in '
        "procedure.toml and register again."
    )


class PartNeeded(CrosscheckError):
    number = 6028
    exit = Exit.USAGE
    sentence = "Works are given out in parts, each an allocation of its own; which one is meant isn't clear."
    remedy = "Name a task of the part with --task, or the allocation with --allocation. Tasks by parts: {parts}."


class FileNotWritten(CrosscheckError):
    number = 6027
    exit = Exit.USAGE
    sentence = "{file} can't be written: {reason}."
    remedy = "Name a file in a folder that exists and that you may write to."


class JournalUnreadable(CrosscheckError):
    number, exit = 6050, Exit.INPUT
    sentence = "The journal {file} can't be read: {cause}."
    remedy = "Give the path of a file that `crosscheck custody --journal` wrote."


class JournalAltered(CrosscheckError):
    number, exit = 6051, Exit.INPUT
    sentence = "The journal {file} was altered: line {line} does not follow from the lines before it."
    remedy = "Nothing was taken from it. Get the file from the check point once more, or note its packets here by hand."


class PointUnknown(CrosscheckError):
    number, exit = 6052, Exit.USAGE
    sentence = "There is no check point '{point}'; there are: {points}."
    remedy = "Write the check point as in the table of experts, column check_point."


class PointNeeded(CrosscheckError):
    number, exit = 6053, Exit.USAGE
    sentence = "Which check point is meant isn't clear."
    remedy = "Name it with --point."


class PacketsOutstanding(CrosscheckError):
    number, exit = 6054, Exit.PERSON_NEEDED
    sentence = "Check point '{point}' can't be closed: {out} of its packets are out, {left} were never given out."
    remedy = (
        "Take them back (`crosscheck custody back`), or declare each that will not come: "
        "`crosscheck custody lost CODE --why ...`. `crosscheck custody status` lists them."
    )


class NothingPrinted(CrosscheckError):
    number, exit = 6056, Exit.USAGE
    sentence = "No packet is printed yet."
    remedy = "Run `crosscheck print` first."


class PointNotClosed(CrosscheckError):
    number, exit = 6055, Exit.USAGE
    sentence = "Check point '{point}' is not closed."
    remedy = "There is nothing to open again."


class NoRoomForPackets(CrosscheckError):
    number, exit = 6072, Exit.PRINTING
    sentence = "The packets need about {needed} in {folder}, and there are {free}."
    remedy = "Free some space, or print with --ink black, which takes a fraction; nothing was printed."


class NoSuchPart(CrosscheckError):
    number, exit = 6070, Exit.USAGE
    sentence = "Packet {code} holds no {part}; it holds: {there}."
    remedy = "A score sheet is named by its number (--sheet 1), a page by work and page as printed (--page 4832915:2)."


class SheetRead(CrosscheckError):
    number, exit = 6071, Exit.USAGE
    sentence = "Score sheet {sheet} of packet {code} came back and was read: printed again, it would count twice."
    remedy = (
        "Name the sheet or page that is needed (--sheet, --page). A score is corrected with `crosscheck review set "
        "--correct`."
    )


class TooManyPrints(CrosscheckError):
    number, exit = 6073, Exit.USAGE
    sentence = "Packet {code} was printed {prints} times: its label has no room for one more."
    remedy = "Give its works out anew: `crosscheck allocate repair --lost {code} --why ...`."


class PointFileFailed(CrosscheckError):
    number, exit = 6074, Exit.BUG
    sentence = "The file {file} of check point '{point}' could not be made: its worker process failed."
    remedy = "The packets themselves are there. Set `jobs = 1` in station.toml, run it again, and report this."


class SheetDrawnOtherwise(CrosscheckError):
    number, exit = 6075, Exit.PRINTING
    sentence = "Score sheet {sheet} of packet {code} would not look as it did when it was drawn first."
    remedy = (
        "Another version of the program drew it. The file that is there stays good; a packet in the new look is a new "
        "print: `crosscheck print --again {code} --why ...`."
    )
