"""Numbered errors of electronic forms (E3100-E3119): what came back, and whether it is what went out."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit
from crosscheck.table_values import TableProblem


class FormMissing(CrosscheckError):
    """A form can't be opened at all."""

    number, exit = 3100, Exit.INPUT
    sentence = "The form {file} can't be opened: {detail}."
    remedy = "Check the path and the access rights, close the file in other programs, and try again."


class FormUnreadable(CrosscheckError):
    """What came back is no workbook, or a damaged one."""

    number, exit = 3101, Exit.INPUT
    sentence = "{file} can't be read as a form: {detail}."
    remedy = "Ask the school to save the form as XLSX in the program it was filled in with and to send it again."


class FormLocked(CrosscheckError):
    """What came back is locked by a password."""

    number, exit = 3102, Exit.INPUT
    sentence = "{file} can't be read as a form: {detail}."
    remedy = "Ask the school to save it without a password."


class FormActive(CrosscheckError):
    """What came back has macros or objects in it."""

    number, exit = 3103, Exit.INPUT
    sentence = "{file} is refused: {detail}. A form needs none, and nothing of it was run."
    remedy = "Don't open the file. Ask the school for the scores in the form that it was sent."


class FormLinked(CrosscheckError):
    """What came back is linked to files, databases or programs."""

    number, exit = 3104, Exit.INPUT
    sentence = "{file} is refused: {detail}. A form has no links, and none was followed."
    remedy = "Ask the school for the scores in the form that it was sent, typed and not linked."


class FormTooLarge(CrosscheckError):
    """What came back is larger than any form."""

    number, exit = 3105, Exit.INPUT
    sentence = "{file} is too large for a form: {detail}."
    remedy = "Ask the school for the form alone, without pictures, other sheets or rows that are only formatted."


class FormStopped(CrosscheckError):
    """Opening what came back hung or ended the process that opens forms."""

    number, exit = 3106, Exit.INPUT
    sentence = "{file} can't be opened safely: {detail}."
    remedy = "Try once more when the computer is less busy; then ask the school to fill in a fresh form."


class NotAForm(CrosscheckError):
    """A workbook, but none of our forms."""

    number, exit = 3107, Exit.INPUT
    sentence = "{file} is no form of scores: in cell {cell} stands {found}, where a form has its number."
    remedy = "Ask the school for the file that it was sent; its first sheet has the form's number above the table."


class OtherProcedureForm(CrosscheckError):
    """A form of another procedure, or of this one when it had other criteria."""

    number, exit = 3108, Exit.INPUT
    sentence = "{file} is a form of {found}; this ledger holds {known}."
    remedy = "Import it in the folder of its own procedure; if criteria changed, export the forms again."


class UnknownForm(CrosscheckError):
    """A form with a number that was never exported here."""

    number, exit = 3109, Exit.INPUT
    sentence = "{file} has the number {form}, which this ledger never gave to a form."
    remedy = "Check that the number was not altered and that this is the ledger that exported the form."


class OldForm(CrosscheckError):
    """A form that was exported anew since."""

    number, exit = 3110, Exit.INPUT
    sentence = (
        "{file} is version {version} of the form of school {school}, class {class_set}; version {newest} was exported "
        "since."
    )
    remedy = "Send the school the newest version, and ask for the scores in it."


class ListChanged(CrosscheckError):
    """The class list or the header changed, and the form was not exported again."""

    number, exit = 3111, Exit.INPUT
    sentence = "Since {file} was exported, the list or the header of school {school}, class {class_set} changed."
    remedy = "Run `crosscheck forms export` again and send the school the new version."


class FormProblems(CrosscheckError):
    """A form with cells that can't be taken; `problems` lists all of them."""

    number, exit = 3112, Exit.INPUT
    sentence = "The form {file} can't be taken; problems: {count}.\n{listing}\n"
    remedy = "Ask the school to correct the cells named above; nothing of this form was recorded."

    @property
    def problems(self) -> tuple[TableProblem, ...]:
        found = self.fields["problems"]
        assert isinstance(found, tuple)
        return found


class FormTwice(CrosscheckError):
    """Two files of one run are the same form, with different contents."""

    number, exit = 3113, Exit.INPUT
    sentence = "{file} and {other} are the same form, of school {school}, class {class_set}, and say different things."
    remedy = "Ask the school which one holds and give that one alone; nothing of either was recorded."


class NoForms(CrosscheckError):
    """Nothing to export, or no files to read."""

    number, exit = 3114, Exit.USAGE
    sentence = "There is nothing to do: {detail}."
    remedy = "Check the names and numbers that were typed."


class NothingDiffers(CrosscheckError):
    """`forms settle` names a criterion on which form and ledger don't differ."""

    number, exit = 3115, Exit.USAGE
    sentence = "For criterion {criterion} of {number} the school's form doesn't differ from what stands."
    remedy = "`crosscheck report` lists what differs."


class DueTooEarly(CrosscheckError):
    """Forms are asked for before the work was written."""

    number, exit = 3116, Exit.USAGE
    sentence = "Forms can't be due on {when}: the work is written on {day}."
    remedy = "Type the day and, where needed, the time again; nothing was recorded."


class StepImpossible(CrosscheckError):
    """A form is sent back, passed on or taken back when there is nothing to do that with."""

    number, exit = 3166, Exit.USAGE
    sentence = "The form of school {school}, class {class_set}: this can't be done: {detail}."
    remedy = "`crosscheck forms list` says where each form is; what differs is answered or corrected first."
