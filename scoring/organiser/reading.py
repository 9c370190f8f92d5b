"""A workbook that came back against the form of its check point: every entry, or every fault. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crosscheck.i18n import gettext as _
from crosscheck.i18n import translator
from crosscheck.table_values import Place, TableProblem, cleaned
from scoring.forms.book import Book, Content, Sheet, Text
from scoring.forms.layout import NUMBER_PLACE, FormNumber, form_number
from scoring.forms.reading import Faults, commented
from scoring.forms.values import Wrong, found_in, text_of
from scoring.organiser.checking import in_progress, in_row
from scoring.organiser.layout import HEADER, MOST_ROWS, PointForm, Section, Topic, sections
from scoring.organiser.values import in_cell

Said = Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class At:
    """What an entry is about and which one it is: a field of progress, a row of the form (`f3`), a note (`n3`)."""

    topic: Topic
    place: str


@dataclass(frozen=True, slots=True)
class FormRead:
    """A form without a fault: what it states, by place; rows of tables that are empty state nothing."""

    entries: Mapping[At, Said]


def number_in(book: Book) -> FormNumber | None:
    """Which form a workbook says it is."""
    found = (form_number(text_of(sheet.cells.get(NUMBER_PLACE)) or "") for sheet in book.sheets)
    return next((number for number in found if number is not None), None)


def read(form: PointForm, book: Book, file: str) -> FormRead | Faults:
    """What a workbook states that says it is this form. `file` names it in messages."""
    problems: list[tuple[int, Place, TableProblem]] = []
    entries: dict[At, Said] = {}
    _told = translator(form.language)
    by_title = {cleaned(sheet.title).casefold(): sheet for sheet in book.sheets}
    known = set()
    for at, section in enumerate(sections(form.procedure)):
        title = _told(section.title)
        known.add(title.casefold())
        sheet = by_title.get(title.casefold())
        if sheet is None:
            fault = TableProblem(file, title, "", _("no such sheet"), _("the sheets of the form"))
            problems.append((at, Place(1, 1), fault))
            continue
        reading = _Reading(form, section, sheet, file)
        entries |= reading.entries()
        problems += [(at, place, problem) for place, problem in reading.problems]
    for title, sheet in by_title.items():
        if title not in known and sheet.cells:
            fault = TableProblem(file, cleaned(sheet.title), "", _("another sheet"), _("the sheets of the form"))
            problems.append((99, Place(1, 1), fault))
    if not problems and not entries:
        title = _told(sections(form.procedure)[0].title)
        problems.append((0, Place(1, 1), TableProblem(file, title, "", _("nothing at all"), _("answers"))))
    if problems:
        return Faults(tuple(problem for _at, _place, problem in sorted(problems, key=lambda one: one[:2])))
    return FormRead(entries)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One sheet of the form; faults gather in `problems`."""

    form: PointForm
    section: Section
    sheet: Sheet
    file: str
    problems: list[tuple[Place, TableProblem]] = field(default_factory=list)

    def refuse(self, place: Place, found: str, allowed: str) -> None:
        problem = TableProblem(self.file, cleaned(self.sheet.title), str(place), found, allowed)
        self.problems.append((place, problem))

    def content(self, place: Place) -> Content | None:
        found = self.sheet.cells.get(place)
        return None if isinstance(found, Text) and not cleaned(found.text) else found

    def entries(self) -> dict[At, Said]:
        """What the sheet states, by place."""
        self._look_at_shape()
        open_cells = dict(self.form.open_cells(self.section))
        fixed = {place: cleaned(text) for place, text in self.form.fixed(self.section)}
        for place, text in fixed.items():
            if text_of(self.content(place)) != text:
                self.refuse(place, found_in(self.content(place)), f"“{text}”")
        for place in self.sheet.cells:
            if place not in fixed and place not in open_cells and (content := self.content(place)) is not None:
                self.refuse(place, found_in(content), _("nothing in this cell"))
        return self._progress() if self.section.topic is Topic.PROGRESS else self._rows()

    def _look_at_shape(self) -> None:
        if self.sheet.hidden:
            self.refuse(Place(1, 1), _("a hidden sheet"), _("a sheet that is shown"))
        for area in self.sheet.merged:
            self.refuse(area.first, _("merged cells {area}").format(area=area), _("single cells"))
        for row in self.sheet.hidden_rows:
            self.refuse(Place(row, 1), _("a hidden row"), _("a row that is shown"))
        for place in self.sheet.commented:
            self.refuse(place, *commented())
        for column in self.sheet.hidden_columns:
            self.refuse(Place(1, column), _("a hidden column"), _("a column that is shown"))

    def _progress(self) -> dict[At, Said]:
        found: dict[At, Said] = {}
        for place, asked in self.form.open_cells(self.section):
            match in_cell(self.content(place), asked):
                case Wrong() as wrong:
                    self.refuse(place, wrong.found, wrong.allowed)
                case "":
                    pass
                case said:
                    found[At(self.section.topic, asked.name)] = {"value": said}
        places = {asked.name: place for place, asked in self.form.open_cells(self.section)}
        for one in in_progress({at.place: said["value"] for at, said in found.items()}):
            self.refuse(places[one.field.name], one.found, one.allowed(_))
        return found

    def _rows(self) -> dict[At, Said]:
        rows = (self._row(row) for row in range(HEADER + 1, HEADER + MOST_ROWS + 1))
        return {At(self.section.topic, f"f{n}"): said for n, said in enumerate(rows, start=1) if said}

    def _row(self, row: int) -> Said:
        said: dict[str, str] = {}
        places = {asked.name: Place(row, n) for n, asked in enumerate(self.section.fields, start=1)}
        if all(self.content(place) is None for place in places.values()):
            return said
        for asked in self.section.fields:
            content = self.content(places[asked.name])
            value = in_cell(content, asked)
            if isinstance(value, Wrong):
                self.refuse(places[asked.name], value.found, value.allowed)
            elif value:
                said[asked.name] = value
            elif asked.needed:
                self.refuse(places[asked.name], _("nothing"), _("what the row needs (columns with *)"))
        for one in in_row(self.section, said):
            self.refuse(places[one.field.name], one.found, one.allowed(_))
        return said
