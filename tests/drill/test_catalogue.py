"""The catalogue: every message is found, translated, and the compiled file is what programs load."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest

from drill import catalogue

SOURCE = """
class A(CrosscheckError):
    sentence: ClassVar[str] = "Wrong: {name}."
    remedy = "Do " "this."
    other = "not a message"

Stage(sentence="Print it.", name="no")
print(_("a"), gettext("b\\nc"), t.gettext("d"), other("e"), _(variable))
help_of("no", "More about it.", "no such example")
columns, rows = ("number", "5"), ("not", "these")
"""
RU = "Wrong: {name}.\tНеверно: {name}.\nDo this.\tСделайте.\nPrint it.\tПечать.\na\tа\nb\\nc\tб\\nв\nd\tд\n"
RU += "More about it.\tПодробнее.\nnumber\tномер\n"


def project(folder: Path, translated: str = RU) -> Path:
    """A project of one module and one file of translations."""
    for package in catalogue.PACKAGES:
        (folder / package).mkdir()
    (folder / "scanning" / "a.py").write_text(SOURCE, "utf-8")
    (folder / "scanning" / "messages_ru.txt").write_text(translated, "utf-8")
    return folder


def test_messages_are_found_in_calls_and_error_classes() -> None:
    """Texts of help and headings of listings too, and nothing else is taken for a message."""
    assert set(catalogue.messages_in(SOURCE)) == {
        "Wrong: {name}.",
        "Do this.",
        "Print it.",
        "a",
        "b\nc",
        "d",
        "More about it.",
        "number",
    }


def test_a_whole_catalogue_passes_and_translates(tmp_path: Path) -> None:
    """After update and compile there are no faults, and the compiled file gives the translations."""
    root = project(tmp_path)
    assert catalogue.update(root) == []
    assert catalogue.compile_(root) == []
    assert catalogue.check(root) == []
    compiled = (root / catalogue.FOLDER / "crosscheck.mo").read_bytes()
    loaded = gettext.GNUTranslations(io.BytesIO(compiled))
    assert loaded.gettext("Wrong: {name}.") == "Неверно: {name}."
    assert loaded.gettext("b\nc") == "б\nв"


def test_the_same_messages_give_the_same_file(tmp_path: Path) -> None:
    """No date and no version makes a difference between two runs."""
    root = project(tmp_path)
    catalogue.update(root)
    first = (root / catalogue.FOLDER / "crosscheck.po").read_bytes()
    catalogue.update(root)
    assert (root / catalogue.FOLDER / "crosscheck.po").read_bytes() == first


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        (RU.replace("a\tа\n", ""), "no translation of 'a'"),
        (RU.replace("Неверно: {name}", "Неверно: {nome}"), "placeholders differ"),
        (RU + "a\tб\n", "translated otherwise"),
        (RU + "lonely\n", "no translation after a tab"),
    ],
)
def test_a_catalogue_that_is_not_whole_fails(tmp_path: Path, translated: str, fault: str) -> None:
    """Missing, mismatching and contradicting translations are named."""
    root = project(tmp_path, translated)
    catalogue.update(root)
    catalogue.compile_(root)
    assert any(fault in str(found) for found in catalogue.check(root))


def test_stale_files_fail(tmp_path: Path) -> None:
    """A message added after the last update shows in both files."""
    root = project(tmp_path)
    catalogue.update(root)
    catalogue.compile_(root)
    (root / "scanning" / "b.py").write_text('_("d2")', "utf-8")
    (root / "scanning" / "messages_ru.txt").write_text(RU + "d2\tд2\n", "utf-8")
    stale = [str(found) for found in catalogue.check(root)]
    assert ["crosscheck.po" in stale[0], "crosscheck.mo" in stale[1]] == [True, True]
