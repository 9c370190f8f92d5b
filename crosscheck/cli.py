"""The command line: commands are entry points, loaded only when they run."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path

import click

from crosscheck import helptext, i18n, stages
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.session import Session

GROUP = "crosscheck.commands"
WHAT_IT_IS = i18n.N_("Cross-checking of exam works: from scans without names to scores that nobody has to doubt.")


class ProgramFault(CrosscheckError):
    number, exit = 7001, Exit.BUG
    sentence = "The program failed: {kind}."
    remedy = "Nothing half done was recorded. Report it with the lines above; they may name files."


class DiskRefused(CrosscheckError):
    number, exit = 4046, Exit.LEDGER
    sentence = "The disk refused to read or write a file: {cause}."
    remedy = "Free some space or repair the disk, then run the command again: what was recorded is whole."


# No fault of the program: no space, quota used up, I/O error, disk gone read-only.
_DISK_TROUBLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


class CommandTable(click.Group):
    """Lists the table of stages without loading a single command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        return [row.name for row in stages.COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        from importlib.metadata import entry_points

        for point in entry_points(group=GROUP, name=cmd_name):
            command: click.Command = point.load()
            return helptext.shown(command)
        return None

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(i18n.gettext(WHAT_IT_IS))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for title, rows in ((i18n.gettext("Stages, in order"), stages.STAGES), (i18n.gettext("Tools"), stages.TOOLS)):
            with formatter.section(title):
                formatter.write_dl([(row.name, i18n.gettext(row.sentence)) for row in rows])


class LateOption(click.Option):
    """An option whose help is translated when it is shown: another option chooses the language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return record and (record[0], i18n.gettext(record[1]))


def _choose_language(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    i18n.use(i18n.chosen(value, os.environ))
    return value


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--lang",
    type=helptext.Choice(i18n.LANGUAGES),
    callback=_choose_language,
    is_eager=True,
    cls=LateOption,
    help=i18n.N_("Language of messages."),
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    envvar="CROSSCHECK_HOME",
    cls=LateOption,
    help=i18n.N_("Folder of the station (default: here)."),
)
@click.option("--who", cls=LateOption, help=i18n.N_("Name of the person at work (default: the user's name)."))
@click.version_option(package_name="crosscheck")
@click.pass_context
def cli(ctx: click.Context, lang: str | None, home: Path, who: str | None) -> None:
    ctx.obj = Session(home, who, lang)


def main() -> None:
    """Run a command and end with its exit status."""
    _speak_utf8()
    arguments = sys.argv[1:]
    language = i18n.chosen(_language_in(arguments), os.environ)
    i18n.use(language)  # so that `crosscheck --help` too is in the language of the environment
    helptext.let_click_speak(language)
    sys.exit(run(arguments))


def _language_in(arguments: list[str]) -> str | None:
    """What follows --lang, before click reads it: click's own words are chosen once and first."""
    for at, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            named = value if equals else next(iter(arguments[at + 1 :]), None)
            return named if named in i18n.LANGUAGES else None  # refused later, in the language that is known
    return None


def _speak_utf8() -> None:
    # A console with a legacy code page must not turn a Russian message into a crash.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def run(arguments: list[str]) -> int:
    """Run one command line; its exit status."""
    try:
        result = cli.main(args=arguments, prog_name="crosscheck", standalone_mode=False)
    except CrosscheckError as error:
        click.echo(str(error), err=True)
        return error.exit
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        click.echo(i18n.gettext("Interrupted."), err=True)
        return Exit.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except KeyboardInterrupt:
        click.echo(i18n.gettext("Interrupted."), err=True)
        return Exit.INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK_TROUBLE:
            refused = DiskRefused(cause=error.strerror)
            click.echo(str(refused), err=True)
            return refused.exit
        traceback.print_exc()
        click.echo(str(ProgramFault(kind=type(error).__name__)), err=True)
        return Exit.BUG
    return result if isinstance(result, int) else Exit.DONE
