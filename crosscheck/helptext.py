"""Help and the command line's own words in the language in use.

Commands are built with English texts, whenever their modules happen to be loaded; they are translated when a
command is about to run or to explain itself.
"""

from __future__ import annotations

import copy
import datetime
import gettext as _gettext
import os

import click

from crosscheck import i18n
from crosscheck.i18n import N_, gettext

DOMAIN = "crosscheck"
EXAMPLES = N_("Examples:")

# What click says by itself; it looks these up in gettext's default domain.
CLICKS_OWN = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Positional arguments"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("required"),
    N_("default: {default}"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Choose from:\n\t{choices}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("file"),
    N_("directory"),
    N_("path"),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("Could not open file {filename!r}: {message}"),
    N_("Repeat for confirmation"),
    N_("Error: The two entered values do not match."),
)


def shown(command: click.Command) -> click.Command:
    """The command with its help, that of its options and of the commands under it in the language in use."""
    told = copy.copy(command)
    told.help = _told(command.help)
    told.params = [_option(param) for param in command.params]
    if isinstance(told, click.Group):
        told.commands = {name: shown(under) for name, under in told.commands.items()}
    return told


def _option(param: click.Parameter) -> click.Parameter:
    told = copy.copy(param)
    if isinstance(param.type, click.Choice):
        told.type = Choice(param.type.choices, param.type.case_sensitive)
    if not isinstance(param, click.Option) or not isinstance(told, click.Option) or not param.help:
        return told
    told.help = gettext(param.help)
    return told


class Choice(click.Choice[str]):
    """One of several words; what is none of them is refused in the language in use: click's own words for it have a
    plural, which our catalogue knows nothing of."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        choices = ", ".join(self._normalized_mapping(ctx=ctx).values())
        return gettext("{value!r} is none of: {choices}.").format(value=value, choices=choices)


class Moment(click.DateTime):
    """A day, or a day with a time; what is none is refused in the language in use, with an example of each."""

    name = "day"

    def __init__(self, *formats: str) -> None:
        super().__init__(formats)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        """What its place is called in help: as of other types, not by codes of formats."""
        return "DAY"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime.datetime:
        try:
            found: datetime.datetime = super().convert(value, param, ctx)
        except click.BadParameter:
            examples = ", ".join(_EXAMPLE.strftime(form) for form in self.formats)
            said = gettext("{value!r} is no day that there is; write it as {examples}")
            self.fail(said.format(value=value, examples=examples), param, ctx)
        return found


_EXAMPLE = datetime.datetime(2026, 4, 20, 18, 30)


def _told(text: str | None) -> str | None:
    """A help text: a message as a whole, or one in each paragraph with a list of examples at the end."""
    if not text:
        return text
    if (whole := gettext(text)) != text:
        return whole
    return "\n\n".join(gettext(part) if part else part for part in text.split("\n\n")).replace(
        f"\b\n{EXAMPLES}", f"\b\n{gettext(EXAMPLES)}"
    )


def let_click_speak(language: str) -> None:
    """Let click find its own words in our catalogue. Changes the process: only for the program's entry."""
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain(DOMAIN, str(i18n.LOCALES))
    _gettext.textdomain(DOMAIN)
