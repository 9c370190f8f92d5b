"""Help in the language in use, whenever the commands were loaded."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click import core, decorators, exceptions, formatting, parser, termui, types

from crosscheck import helptext, i18n, stages
from crosscheck.cli import cli
from tests.imports import ROOT
from tests.stations import Desk


@pytest.fixture
def russian() -> Iterator[None]:
    """Messages in Russian for one test."""
    i18n.use("ru")
    yield
    i18n.use("en")


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and those under it, each with its path."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            under = command.get_command(context, name)
            assert under is not None
            yield from commands(under, f"{path} {name}")


def english(text: str) -> bool:
    """Whether a text holds no Russian letter."""
    return not any("а" <= letter <= "я" for letter in text.lower())


@pytest.mark.usefixtures("russian")
def test_every_help_text_is_translated() -> None:
    """Of every command: each paragraph up to its examples, and every option."""
    left = []
    for path, command in commands(cli, "crosscheck"):
        if command is cli:
            continue
        paragraphs = (command.help or "").split("\n\n")
        told = [text for text in paragraphs if not text.startswith(("\b", "Пример:"))]
        told += [option.help or "" for option in command.params if isinstance(option, click.Option)]
        left += [f"{path}: {text}" for text in told if english(text)]
    assert left == []


def test_the_same_command_speaks_either_language() -> None:
    """Translating gives a copy: the loaded command stays English."""
    for language, heading in (("ru", "Примеры:"), ("en", "Examples:"), ("ru", "Примеры:")):
        i18n.use(language)
        command = cli.get_command(click.Context(cli), "status")
        assert command is not None
        assert heading in (command.help or "")
        assert (command.help or "").startswith(i18n.gettext(stages.row("status").sentence))
    i18n.use("en")


def test_the_words_said_to_be_clicks_own_are() -> None:
    """Another version of the library that says it otherwise shows here."""
    modules = (core, decorators, exceptions, formatting, parser, termui, types)
    source = "".join(inspect.getsource(module) for module in modules)
    words = [word for word in helptext.CLICKS_OWN if repr(word)[1:-1].replace("\\'", "'") not in source]
    assert words == []


def typed(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as its user does."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "LC_", "CROSSCHECK"))}
    return subprocess.run(
        [sys.executable, "-m", "crosscheck", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_language_of_the_environment_holds_for_the_first_help_and_its_errors() -> None:
    """Also where click speaks by itself; --lang wins over the environment, wherever it stands."""
    assert "Показать эту справку." in typed("--help", CROSSCHECK_LANG="ru").stdout
    assert "Ошибка: Нет такой команды" in typed("--lang", "ru", "rigister").stderr
    assert "Show this message" in typed("--help", "--lang=en", CROSSCHECK_LANG="ru").stdout
    other = typed("--lang", "de", "status", CROSSCHECK_LANG="ru").stderr
    assert "Ошибка: Недопустимое значение" in other
    assert "'de' - такого нет; есть: en, ru." in other


@pytest.mark.parametrize(
    ("option", "said"), [((), "Ничто не ждёт решения человека."), (("--lang", "en"), "Nothing waits for a person.")]
)
def test_the_station_says_its_language_unless_the_command_does(
    fresh: Desk, option: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`language` in station.toml comes after --lang."""
    monkeypatch.delenv("CROSSCHECK_LANG", raising=False)
    settings = fresh.home / "station.toml"
    settings.write_text(settings.read_text("utf-8").replace('language = ""', 'language = "ru"'), "utf-8")
    assert said in fresh.run(*option, "findings", "list").out
