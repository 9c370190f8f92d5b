"""Messages in the language of whoever reads them: English in the source, catalogues beside it."""

from __future__ import annotations

import contextvars
import gettext as _gettext
import locale
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ru")
LOCALES = Path(__file__).parent / "locales"
_language: contextvars.ContextVar[str] = contextvars.ContextVar("language", default="en")


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation("crosscheck", LOCALES, languages=[language], fallback=True)


def translator(language: str) -> Callable[[str], str]:
    """The translation into one language, whatever is in use: for papers, whose language is the procedure's."""
    return _catalogue(language).gettext


def in_use() -> str:
    """The language in use, as `ru`."""
    return _language.get()


def gettext(message: str) -> str:
    """The message in the language in use."""
    return _catalogue(_language.get()).gettext(message)


def N_(message: str) -> str:  # noqa: N802 - the usual name
    """Marks a message for the catalogue that is translated later, when it is shown."""
    return message


def use(language: str) -> None:
    """Choose the language for the rest of this context (a command, a test)."""
    _language.set(language)


def chosen(option: str | None, environment: Mapping[str, str]) -> str:
    """The language to use: `--lang`, then CROSSCHECK_LANG, then the locale, else English."""
    for wanted in (option, environment.get("CROSSCHECK_LANG"), environment.get("LC_ALL"), environment.get("LANG")):
        if wanted:
            return wanted[:2].lower() if wanted[:2].lower() in LANGUAGES else "en"
    system = locale.getlocale()[0] or ""
    return "ru" if system.lower().startswith(("ru", "russian")) else "en"
