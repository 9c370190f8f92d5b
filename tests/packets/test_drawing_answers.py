"""Answer forms on paper: what is printed is where pageform says, and reads back."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from crosscheck import labels
from crosscheck.geometry import PAGE
from crosscheck.labels import Kind, Label
from crosscheck.pageform import page_forms
from crosscheck.procedure import Procedure, Zone, paper_digest
from crosscheck.typeset import TextDoesNotFit
from packets.drawing import answers
from packets.drawing.answers import FormIssue, caption_box, draw_answer_forms, field_caption_box, rules
from tests import factories
from tests.packets.printed import Recorder, mark_errors, pages, read_labels, texts


def _printed(*issues: FormIssue) -> bytes:
    out = io.BytesIO()
    assert draw_answer_forms(factories.procedure(), issues, out) == 2 * len(issues)
    return out.getvalue()


def test_every_label_of_a_form_reads_back() -> None:
    """Two QR codes and the bars of each page, scanned at 200 dpi, say which form and page it is."""
    paper = paper_digest(factories.procedure())
    for i, grey in enumerate(pages(_printed(FormIssue(1234, 0), FormIssue(99_999_999, 7)))):
        label = Label(Kind.ANSWER, (1234, 99_999_999)[i // 2], i % 2 + 1, (0, 7)[i // 2], paper)
        qr, bar = read_labels(grey)
        assert qr == [label, label]
        assert bar == [labels.shortened(label)]


def test_marks_stand_where_the_geometry_says() -> None:
    """The four marks are found within 0.2 mm of their places."""
    form = page_forms(factories.procedure())[0]
    errors = mark_errors(pages(_printed(FormIssue(1, 0)), dpi=300)[0], form.marks)
    assert max(errors) < 0.2


def test_the_readable_number_stands_under_the_bars() -> None:
    """A person can type what the code says, with its check digit."""
    shown = texts(_printed(FormIssue(1234, 0)))
    assert "00001234-01-3" in shown[0]
    assert "ВПР 2026. Математика." in shown[0]


def test_zones_hold_frame_and_rules_only() -> None:
    """Inside the zones nothing is printed except light grey rules: captions stay outside."""
    form = page_forms(factories.procedure())[0]
    grey = pages(_printed(FormIssue(1, 0)))[0]
    scale = grey.shape[1] / 210
    for zone in form.answers:
        inner = zone.box.grown(-0.5)
        cut = grey[int(inner.y * scale) : int(inner.bottom * scale), int(inner.x * scale) : int(inner.right * scale)]
        assert cut.min() > 150
        inked = np.flatnonzero((cut < 250).all(axis=1))
        assert len(inked) >= len(list(rules(zone)))
        assert not (cut[(cut >= 250).all(axis=1)] < 250).any()


def test_captions_lie_clear_of_zones_fields_and_codes() -> None:
    """No caption's place overlaps an answer zone, a field, or a code."""
    for form in page_forms(factories.procedure()):
        taken = [*(zone.box for zone in form.answers), *(field.box for field in form.fields), *form.qr, form.bar]
        places = [caption_box(zone) for zone in form.answers] + [field_caption_box(field) for field in form.fields]
        assert not [(a, b) for a in places for b in taken if a.overlaps(b)]
        assert all(place.inside(PAGE) for place in places)


@pytest.mark.parametrize(
    "title", ["ВПР", "Региональная диагностическая работа по обществознанию и географии. 10 класс"]
)
def test_texts_never_collide(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short or long, no text touches another, a mark or a quiet zone."""
    presses: list[Recorder] = []

    def recording(out: io.BytesIO) -> Recorder:
        presses.append(Recorder(out))
        return presses[-1]

    monkeypatch.setattr(answers, "canvas", recording)
    procedure = factories.procedure(title=title, pages=1, tasks=factories.procedure().tasks[:3])
    draw_answer_forms(procedure, [FormIssue(88_888_888, 9)], io.BytesIO())
    assert len(presses[0].inked) > 5
    assert presses[0].collisions() == []


def _recorded(procedure: Procedure, monkeypatch: pytest.MonkeyPatch) -> tuple[Recorder, bytes]:
    presses: list[Recorder] = []

    def recording(out: io.BytesIO) -> Recorder:
        presses.append(Recorder(out))
        return presses[-1]

    out = io.BytesIO()
    monkeypatch.setattr(answers, "canvas", recording)
    draw_answer_forms(procedure, [FormIssue(88_888_888, 9)], out)
    return presses[0], out.getvalue()


@pytest.mark.parametrize("count", [1, 9, 99])
def test_a_form_has_as_many_pages_as_the_procedure(count: int) -> None:
    """Up to 99, each with its own code and “page i of n”; a task on each."""
    tasks = tuple(factories.task(f"{n}", n, 190) for n in range(1, count + 1))
    out = io.BytesIO()
    assert draw_answer_forms(factories.procedure(tasks=tasks, pages=count), [FormIssue(1234, 0)], out) == count
    shown = texts(out.getvalue())
    assert [f"страница {n} из {count}" in page for n, page in enumerate(shown, start=1)] == [True] * count
    last = read_labels(pages(out.getvalue())[-1])[0]
    assert [label.page for label in last if isinstance(label, Label)] == [count, count]


def test_a_task_that_goes_on_is_named_at_each_of_its_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """An essay over three pages, and a page of as many small zones as it holds: no text touches another."""
    essay = replace(factories.task("5", 1, 190), more=(Zone(2, 200), Zone(3, 100)))
    small = tuple(factories.task(f"6.{n}", 4, 8) for n in range(1, 20))
    press, pdf = _recorded(factories.procedure(tasks=(essay, *small), pages=4), monkeypatch)
    assert [page.count("Задание 5") for page in texts(pdf)] == [1, 1, 1, 0]
    assert texts(pdf)[3].count("Задание 6.") == 19
    # Pages lie over each other here: what stands in the same place on each is looked at once.
    of_page = [box for box in press.inked if box[0].startswith("Задание 6.")]
    assert not [(a, b) for i, a in enumerate(of_page) for b in of_page[i + 1 :] if a[1].grown(-0.05).overlaps(b[1])]


def test_the_same_forms_are_the_same_bytes() -> None:
    """Printing twice gives identical files; another round gives another file."""
    assert _printed(FormIssue(5, 0)) == _printed(FormIssue(5, 0))
    assert _printed(FormIssue(5, 0)) != _printed(FormIssue(5, 1))


def test_a_title_that_cannot_fit_is_refused() -> None:
    """An endless title is an error, not a title cut off."""
    endless = replace(factories.procedure(), title="Диагностическая работа " * 40)
    with pytest.raises(TextDoesNotFit, match="E5001"):
        draw_answer_forms(endless, [FormIssue(1, 0)], io.BytesIO())
