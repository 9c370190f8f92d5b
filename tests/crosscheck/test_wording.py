"""Words of the ledger as people read them: translated in listings, the same facts for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from crosscheck import i18n, laws, remedies, session, wording
from crosscheck.vault import Purpose
from scanning.leaks.leakcheck import CheckName
from scanning.quality import Defect
from scanning.reading import FindingKind
from scoring.decide import Rule
from scoring.sheets import SheetFaultKind
from tests.imports import ROOT


@pytest.fixture
def russian() -> Iterator[None]:
    """Messages in Russian for one test."""
    i18n.use("ru")
    yield
    i18n.use("en")


def test_in_english_nothing_changes() -> None:
    """The ledger speaks English."""
    for text in ("unknown", "missing_marks 1, 2", "pages not found: 2", "written by a person, as it was"):
        assert wording.told(text) == text


@pytest.mark.usefixtures("russian")
@pytest.mark.parametrize(
    ("recorded", "read"),
    [
        ("unknown", "не опознано"),
        ("no_code , missing_marks 1, 2", "нет кода , не найдены метки 1, 2"),
        ("the manifest lists 4 pages, the file has 3", "в описи страниц: 4, в файле: 3"),
        ("no readable code; perhaps W0c1 page 2", "нет читаемого кода; возможно, W0c1, страница 2"),
        ("manifest; counts and every page agree", "по описи; число и все страницы совпадают"),
        ("leak in_place, outside_white", "возможны личные данные напечатанное не на месте, вне полей не всё белое"),
        ("2 bottom 0.4 mm", "поле 2, нижний край, 0.4 мм"),
        (
            "no_code, uneven residual 0.41 mm; frames are off by 1.2 mm",
            "нет кода, лист неровный отклонение 0.41 мм; рамки сдвинуты на 1.2 мм",
        ),
        ("undecodable it took longer than 20 s", "изображение не открывается заняло больше 20 с"),
        ("wrong_kind answer, sheet", "не тот вид бланка бланк ответов, протокол"),
        ("сдано без обложки, leaking", "сдано без обложки, leaking"),
        ("", ""),
    ],
)
def test_what_is_known_is_translated_and_the_rest_stays(recorded: str, read: str) -> None:
    """Words, sentences with fields, a reason inside a sentence; what a person wrote is left alone."""
    assert wording.told(recorded) == read


def test_every_word_of_the_checks_can_be_shown() -> None:
    """A page that fails its leak check says by which checks."""
    assert {check.value for check in CheckName} <= set(wording.KINDS)


def test_every_kind_of_finding_says_what_to_do() -> None:
    """Also those that only stand in the reason why a page was not masked."""
    assert {kind.value for kind in FindingKind} <= set(remedies.REMEDIES)


@pytest.mark.usefixtures("russian")
def test_every_reason_to_refuse_a_score_sheet_can_be_shown_and_says_what_to_do() -> None:
    """Faults of the page by their kind; whatever else is refused by its sentence."""
    faults = {kind.value for kind in SheetFaultKind}
    assert faults <= set(wording.KINDS)
    assert faults <= set(remedies.REMEDIES)
    detail = "score sheet 1 of packet 000003-7, print 1: replaced by print 2"
    (advice,) = remedies.advised_of_sheets([detail, "not_a_sheet packet", detail])
    assert "crosscheck enter КОМПЛЕКТ" in advice
    assert wording.told(detail) == "протокол 1 комплекта 000003-7, печать 1: заменён печатью 2"
    assert wording.told("not_a_sheet packet") == "не протокол: комплект"


def test_every_sentence_that_has_an_advice_is_one_that_is_recorded() -> None:
    """A reason that is worded otherwise than what it is advised on would be shown without advice."""
    assert set(remedies._REFUSED) <= {*wording.SENTENCES, *wording.KINDS}


def test_every_kind_that_is_recorded_has_its_word() -> None:
    """Kinds of findings, of defects and rules of cells can be shown."""
    recorded = {kind.value for kinds in (FindingKind, Defect, Rule) for kind in kinds}
    assert recorded - set(wording.KINDS) == set()


@pytest.mark.usefixtures("russian")
def test_what_the_vault_is_opened_for_can_be_shown() -> None:
    """Purposes, and every reason that the product itself records: both stand in the register of access."""
    assert [purpose.value for purpose in Purpose if i18n.gettext(purpose.value) == purpose.value] == []
    opens = re.compile(r"""safe\.open_\w+\((?:[^()]|\([^()]*\))*?"([a-z ]+)"\s*\)""", re.DOTALL)
    packages = ("crosscheck", "packets", "scanning", "scoring")
    paths = (path for package in packages for path in (ROOT / package).rglob("*.py"))
    reasons = {why for path in paths for why in opens.findall(path.read_text("utf-8"))}
    assert len(reasons) > 6
    assert [why for why in sorted(reasons) if i18n.gettext(why) == why] == []


def test_every_sentence_stands_in_the_source_that_records_it() -> None:
    """A sentence changed where it is recorded must be changed here too."""
    paths = (path for package in ("crosscheck", "scanning", "scoring") for path in (ROOT / package).rglob("*.py"))
    source = "\n".join(path.read_text("utf-8") for path in paths if path.name not in ("wording.py", "remedies.py"))
    pieces = [piece.strip() for text in wording.SENTENCES + wording.DETAILS for piece in re.split(r"{\w+}", text)]
    assert [piece for piece in pieces if len(piece) > 3 and piece not in source] == []


@pytest.mark.usefixtures("russian")
def test_a_balance_is_read_in_the_language_in_use() -> None:
    """With the same figures."""
    law = laws.Law("pages", "scanned", 5, {"known": 3, "blank": 2})
    assert str(law) == "отсканировано страниц 5 = опознано 3 + пусто 2"


@pytest.mark.usefixtures("russian")
def test_a_listing_is_translated_for_people_and_never_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """Headings and the named columns in the table; JSON as recorded."""
    rows = [{"kind": "no_code", "why": "no_code"}]
    session.show(rows, ("kind", "why"), as_json=False, words=("kind",))
    assert [line.split("  ")[-1].strip() for line in capsys.readouterr().out.splitlines()] == ["основание", "no_code"]
    session.show(rows, ("kind", "why"), as_json=True, words=("kind",))
    assert json.loads(capsys.readouterr().out) == rows
