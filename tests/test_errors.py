"""Numbered errors: each number once, in its range, with a remedy, on the page, and provoked by a test."""

from __future__ import annotations

import pickle
import re
from collections import Counter

from crosscheck.errors import CrosscheckError, Exit
from drill.error_list import PAGE, ROOT, page, product_errors
from tests.imports import modules

RANGES = {
    range(1000, 2000): {Exit.USAGE, Exit.PERSON_NEEDED},
    range(2000, 3000): {Exit.PROCEDURE, Exit.USAGE},
    range(3000, 4000): {Exit.INPUT, Exit.USAGE},
    range(4000, 4500): {Exit.LEDGER, Exit.BUG},
    range(4500, 5000): {Exit.KEY},
    range(5000, 6000): {Exit.PRINTING},
    range(6000, 7000): set(Exit) - {Exit.DONE},
    range(7000, 8000): {Exit.BUG, Exit.INTERRUPTED},
}
_FIELD = re.compile(r"{(\w+)(?:![rsa])?(:[^}]*)?}")


def test_there_are_errors_to_look_at() -> None:
    """The search finds the classes; otherwise the other tests would say nothing."""
    assert {2000, 3004} <= {kind.number for kind in product_errors()}
    assert len(modules()) > 10


def test_every_number_belongs_to_one_error() -> None:
    """A number that a user looks up leads to one place."""
    counted = Counter(kind.number for kind in product_errors())
    assert {number for number, times in counted.items() if times > 1} == set()


def test_numbers_say_the_exit_status() -> None:
    """The range of a number tells what the trouble is about."""
    wrong = [
        f"E{kind.number} {kind.__name__}"
        for kind in product_errors()
        if kind.exit not in next((exits for numbers, exits in RANGES.items() if kind.number in numbers), set())
    ]
    assert wrong == []


def test_every_error_says_what_to_do() -> None:
    """Sentence and remedy are sentences, and the remedy is there."""
    wrong = [
        kind.__name__
        for kind in product_errors()
        if not kind.sentence.rstrip().endswith((".", "}")) or not kind.remedy.endswith((".", "}"))
    ]
    assert wrong == []


def test_every_error_survives_the_way_between_processes() -> None:
    """A worker's error reaches the parent with its fields and its text."""
    for kind in product_errors():
        # A field with a format (`{distance:.1f}`) is a number, any other may be anything.
        fields = {name: 1 if form else "x" for name, form in _FIELD.findall(kind.sentence + kind.remedy)}
        error = kind(**fields)
        again = pickle.loads(pickle.dumps(error))
        assert isinstance(again, CrosscheckError)
        assert (type(again), str(again)) == (kind, str(error))
        assert str(error).startswith(f"E{kind.number:04d} ")


def test_the_page_of_errors_is_the_one_made_from_the_classes() -> None:
    """docs/errors.md never lies: `python -m drill.error_list update` writes it."""
    assert (ROOT / PAGE).read_text("utf-8") == page(product_errors())


def test_every_error_is_provoked_by_a_test() -> None:
    """Each class is named in some test: an error nobody ever saw may not say what it should."""
    texts = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    named = set(re.findall(r"\w+", texts))
    assert sorted(f"E{kind.number} {kind.__name__}" for kind in product_errors() if kind.__name__ not in named) == []
