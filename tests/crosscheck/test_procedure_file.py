"""procedure.toml is read whole or refused whole, with every problem named."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from crosscheck.model import APPEAL_MARKING, THIRD_MARKING, WHOLE, Difficulty, Marking, MutualMarking, Status
from crosscheck.pageform import page_forms
from crosscheck.procedure import (
    Boundaries,
    CaptureStyle,
    Control,
    ForeignPaper,
    Keying,
    Minor,
    OwnPaper,
    Procedure,
    Rules,
    Scope,
    Third,
    Zone,
    paper_digest,
    sheet_digest,
)
from crosscheck.procedure_file import (
    ProcedureNotReadable,
    ProcedureNotToml,
    ProcedureProblems,
    load_procedure,
    read_procedure,
)
from crosscheck.sheetform import sheet_forms

GOOD = """
[procedure]
code = "math-5"
kind = "ВПР"
subject = "Математика"
grade = 5
date = 2026-04-14
title = "ВПР 2026. Математика. 5 класс"
language = "ru"
criteria_pdf = "criteria.pdf"

[paper]
pages = 2
own = true
templates = ["templates/vpr.toml"]

[marking]
markings = 2
different_schools = true
rows_per_sheet = 15
former_school_years = 5
third_statuses = ["senior", "lead"]

[[task]]
id = "1"
difficulty = "basic"
page = 1
height_mm = 60
[[task]]
id = "2"
difficulty = "advanced"
page = 2
height_mm = 110.5

[[criterion]]
id = "1"
task = "1"
max = 3
[[criterion]]
id = "2К1"
task = "2"
max = 2

[rules]
task_difference = 2
sum_difference = 3
minor = "higher"
third_scope = "all"

[boundaries]
three = 2
four = 3
five = 5
"""


def paths(text: str) -> list[str]:
    """The key paths of the problems that a text is refused for."""
    with pytest.raises(ProcedureProblems) as caught:
        read_procedure(text, "procedure.toml")
    return [problem.path for problem in caught.value.problems]


def test_a_full_file_becomes_the_procedure_it_states() -> None:
    """Every key of the file arrives in its field."""
    procedure = read_procedure(GOOD, "procedure.toml")
    assert isinstance(procedure, Procedure)
    assert (procedure.code, procedure.grade, procedure.date) == ("math-5", 5, datetime.date(2026, 4, 14))
    assert procedure.papers == (OwnPaper(), ForeignPaper("templates/vpr.toml"))
    assert [(t.id, t.difficulty, t.page, t.height_mm) for t in procedure.tasks] == [
        ("1", Difficulty.BASIC, 1, 60.0),
        ("2", Difficulty.ADVANCED, 2, 110.5),
    ]
    assert [(c.id, c.task, c.maximum) for c in procedure.criteria] == [("1", "1", 3), ("2К1", "2", 2)]
    assert (procedure.markings, procedure.rows_per_sheet, procedure.former_school_years) == (2, 15, 5)
    assert procedure.rules == Rules(sum_difference=3, minor=Minor.HIGHER, third_scope=Scope.ALL)
    assert procedure.boundaries == Boundaries(2, 3, 5)
    assert procedure.criteria_pdf == "criteria.pdf"


def test_rules_of_criteria_and_of_third_markings_are_read() -> None:
    """Criteria that don't exist are refused by name."""
    more = 'criterion_difference = 2\nzero_gates = ["2К1"]\nthird = "nearest"'
    rules = read_procedure(GOOD.replace("[rules]", f"[rules]\n{more}"), "procedure.toml").rules
    assert (rules.criterion_difference, rules.zero_gates, rules.third) == (2, ("2К1",), Third.NEAREST)
    assert paths(GOOD.replace("[rules]", '[rules]\nzero_gates = ["2К9"]')) == ["rules.zero_gates"]
    assert paths(GOOD.replace("[rules]", '[rules]\nzero_gates = "2К1"')) == ["rules.zero_gates"]
    assert paths(GOOD.replace("[rules]", '[rules]\nthird = "last"')) == ["rules.third"]


def test_a_task_may_go_on_in_further_zones() -> None:
    """On the same page or on others; a page without a task of its own may hold nothing else. The digest of the paper
    tells them apart, and is what it was where there are none."""
    plain = read_procedure(GOOD, "procedure.toml")
    text = GOOD.replace("pages = 2", "pages = 3").replace("110.5", "110.5\nmore = [[3, 200], [2, 20.5]]")
    essay = read_procedure(text, "procedure.toml")
    assert essay.tasks[1].zones == (Zone(2, 110.5), Zone(3, 200.0), Zone(2, 20.5))
    assert essay.tasks[0].more == ()
    assert paper_digest(plain) == "JRRKRNC3"
    assert paper_digest(replace(plain, pages=3)) != paper_digest(essay)
    assert "task[2].more" in paths(text.replace("own = true", "own = false"))


def test_tasks_may_be_marked_by_the_school() -> None:
    """Their criteria are no business of experts, sheets and parts, and count in the raw score; the paper is another."""
    text = GOOD.replace("height_mm = 60", 'height_mm = 60\nmarked_by = "school"')
    procedure = read_procedure(text, "procedure.toml")
    assert [c.id for c in procedure.criteria] == ["2К1"]
    assert [c.id for c in procedure.school_criteria] == ["1"]
    assert [c.id for c in procedure.all_criteria] == ["1", "2К1"]
    assert (procedure.maximum, procedure.highest) == (2, 5)
    assert procedure.part(WHOLE).tasks == ("2",)
    assert [column.criterion.id for sheet in sheet_forms(procedure) for column in sheet.columns] == ["2К1"]
    plain = read_procedure(GOOD, "procedure.toml")
    assert plain.all_criteria == plain.criteria
    assert paper_digest(procedure) != paper_digest(plain)
    assert [zone.task for page in page_forms(procedure) for zone in page.answers] == ["1", "2"]


def test_experts_have_something_to_mark_and_know_what_their_rules_look_at() -> None:
    """Not every task is the school's; a rule on marks needs all points; parts are of what experts mark."""
    own = 'height_mm = {}\nmarked_by = "school"'
    one = GOOD.replace("height_mm = 60", own.format(60))
    assert paths(one.replace("height_mm = 110.5", own.format(110.5))) == ["task[1].marked_by"]
    assert paths(one.replace("[rules]", "[rules]\nmark_differs = true")) == ["rules.mark_differs"]
    assert paths(GOOD.replace("height_mm = 60", 'height_mm = 60\nmarked_by = "pupils"')) == ["task[1].marked_by"]
    by_task = one.replace("rows_per_sheet = 15", 'rows_per_sheet = 15\nscheme = "by_task"')
    assert paths(by_task) == ["marking.scheme"]


def test_schools_that_mark_each_other_are_allowed_unless_the_file_says_never() -> None:
    """Left out means allowed."""
    assert read_procedure(GOOD, "procedure.toml").mutual_schools is MutualMarking.ALLOWED
    never = GOOD.replace("rows_per_sheet = 15", 'mutual_schools = "never"')
    assert read_procedure(never, "procedure.toml").mutual_schools is MutualMarking.NEVER


def test_whole_class_sets_and_parts_are_not_given_out_by_direction() -> None:
    """Either may be asked for, not both; other schemes go with the rule."""
    rule = 'rows_per_sheet = 15\nscheme = "{}"\nmutual_schools = "{}"'
    texts = {
        (scheme, mutual): GOOD.replace("rows_per_sheet = 15", rule.format(scheme, mutual))
        for scheme in ("class_sets", "by_task", "by_page", "pairs", "tournament", "mixed")
        for mutual in ("allowed", "never")
    }
    for blind in ("class_sets", "by_task", "by_page"):
        with pytest.raises(ProcedureProblems) as refused:
            read_procedure(texts.pop((blind, "never")), "procedure.toml")
        assert "marking.scheme" in str(refused.value)
        assert f"another scheme than {blind}" in str(refused.value)
    for (scheme, mutual), text in texts.items():
        found = read_procedure(text, "procedure.toml")
        assert (found.scheme.value, found.mutual_schools.value) == (scheme, mutual)


def test_scores_are_crossed_in_boxes_without_sums_unless_the_file_says_otherwise() -> None:
    """Left out means what sheets always were; each can be chosen by itself."""
    usual = read_procedure(GOOD, "procedure.toml")
    assert (usual.style, usual.control) == (CaptureStyle.BOXES, Control.NONE)
    for style in CaptureStyle:
        for control in Control:
            text = GOOD.replace("[rules]", f'[sheet]\nstyle = "{style.value}"\ncontrol = "{control.value}"\n[rules]')
            found = read_procedure(text, "procedure.toml")
            assert (found.style, found.control) == (style, control)


THREE = GOOD.replace(
    '[[criterion]]\nid = "1"',
    '[[task]]\nid = "3"\ndifficulty = "basic"\npage = 1\nheight_mm = 30\n'
    + ('[[criterion]]\nid = "3"\ntask = "3"\nmax = 4\n[[criterion]]\nid = "1"'),
    1,
)


def three(words: str) -> Procedure:
    """Tasks 1 and 3 on the first page, 2 on the second."""
    return read_procedure(THREE.replace("rows_per_sheet = 15", words), "procedure.toml")


def test_works_are_whole_unless_the_scheme_goes_by_task_or_page() -> None:
    """By task each task is a part, by page the tasks of a page, stated groups as stated; else the work is the part."""
    tasks = {
        words: [(int(part.number), part.tasks) for part in three(words).parts]
        for words in (
            "",
            'scheme = "by_task"',
            'scheme = "by_page"',
            'scheme = "by_task"\nparts = [["2"], ["3", "1"]]',
        )
    }
    assert list(tasks.values()) == [
        [(0, ("1", "2", "3"))],
        [(1, ("1",)), (2, ("2",)), (3, ("3",))],
        [(1, ("1", "3")), (2, ("2",))],
        [(1, ("2",)), (2, ("1", "3"))],
    ]


def test_every_criterion_belongs_to_one_part_of_an_independent_marking() -> None:
    """Third markings and appeals are of the whole work, and so is everything where works aren't split."""
    split, whole = three('scheme = "by_page"'), three("")
    assert [split.owners.part(Marking(2), c.id) for c in split.criteria] == [1, 1, 2]
    assert {split.owners.part(m, c.id) for m in (THIRD_MARKING, APPEAL_MARKING) for c in split.criteria} == {WHOLE}
    assert {whole.owners.part(Marking(1), c.id) for c in whole.criteria} == {WHOLE}
    assert [[c.id for c in split.criteria_in(part)] for part in split.parts] == [["3", "1"], ["2К1"]]
    assert split.part(WHOLE).tasks == ("1", "2", "3")


def test_the_effort_of_a_part_is_its_minutes_or_else_its_points() -> None:
    """A page costs whoever looks at it; a whole work costs one where nobody marks less."""
    points = three('scheme = "by_page"')
    assert [points.effort(part) for part in (*points.parts, points.part(WHOLE))] == [7, 2, 9]
    minutes = three('scheme = "by_task"\nminutes_per_page = 2\nminutes_per_task = 3')
    assert [minutes.effort(part) for part in (*minutes.parts, minutes.part(WHOLE))] == [5, 5, 5, 13]
    grouped = three('scheme = "by_task"\nparts = [["1", "3"], ["2"]]\nminutes_per_page = 2\nminutes_per_task = 3')
    assert [grouped.effort(part) for part in grouped.parts] == [8, 5]
    assert three("minutes_per_page = 2").effort(three("").parts[0]) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('scheme = "by_task"\nparts = [["1"], ["2"]]', "task 3: 0 times"),
        ('scheme = "by_task"\nparts = [["1", "2"], ["2", "3"]]', "task 2: 2 times"),
        ('scheme = "by_task"\nparts = [["1", "1"], ["2", "3"]]', "task 1: 2 times"),
        ('scheme = "by_task"\nparts = [["1", "2", "3", "9"]]', '"9"'),
        ('scheme = "by_task"\nparts = [["1", "2", "3"]]', "at least two parts"),
        ('scheme = "by_task"\nparts = [["1", "2", "3"], []]', 'as [["1", "2"], ["3"]]'),
        ('scheme = "by_task"\nparts = ["1", "2", "3"]', 'as [["1", "2"], ["3"]]'),
        ('scheme = "by_task"\nparts = [[1], [2], [3]]', 'as [["1", "2"], ["3"]]'),
        ('scheme = "by_page"\nparts = [["1"], ["2", "3"]]', 'no parts, or scheme = "by_task"'),
        ('parts = [["1"], ["2", "3"]]', 'no parts, or scheme = "by_task"'),
    ],
)
def test_parts_that_are_none_are_refused(words: str, told: str) -> None:
    """A task in no part or in two, an unknown task, a single part, or parts where the scheme has none."""
    with pytest.raises(ProcedureProblems) as refused:
        three(words)
    assert {problem.path for problem in refused.value.problems} == {"marking.parts"}
    assert told in str(refused.value)


def test_packets_come_back_when_the_file_says_so() -> None:
    """Nothing by default; it is no part of what is printed on answer pages, so it may change at any time."""
    assert (three("").return_by, three('return_by = "17:30"').return_by) == ("", "17:30")
    assert paper_digest(three("")) == paper_digest(three('return_by = "17:30"'))


def test_works_are_hidden_only_where_the_file_asks_for_it() -> None:
    """Nothing by default; two exemplar works for each expert, or as many as stated, never more than there are."""
    found = {
        words: (p.seed_works, p.seeds, p.repeats)
        for words in ("", "seed_works = 5", "seed_works = 1", "seed_works = 5\nseeds = 4\nrepeats = 1")
        for p in [three(words)]
    }
    assert list(found.values()) == [(0, 0, 0), (5, 2, 0), (1, 1, 0), (5, 4, 1)]
    for words in ("seeds = 1", "seed_works = 2\nseeds = 3", "repeats = 11", "seed_works = -1"):
        with pytest.raises(ProcedureProblems) as refused:
            three(words)
        assert {problem.path.split(".")[0] for problem in refused.value.problems} == {"marking"}
    control, appeal = Marking(40), APPEAL_MARKING
    split = three('scheme = "by_page"')
    assert [(split.owners.part(control, c.id), split.owners.part(appeal, c.id)) for c in split.criteria] == [
        (1, 0),
        (1, 0),
        (2, 0),
    ]


def test_a_split_that_leaves_one_part_is_refused() -> None:
    """Pages without a second page, tasks without a second task."""
    one_page = GOOD.replace("page = 2\nheight_mm = 110.5", "page = 1\nheight_mm = 10").replace(
        "own = true", "own = false"
    )
    assert "marking.scheme" in paths(one_page.replace("rows_per_sheet = 15", 'scheme = "by_page"'))
    one_task = (
        GOOD[: GOOD.index('[[task]]\nid = "2"')]
        + GOOD[GOOD.index("[[criterion]]") : GOOD.index('[[criterion]]\nid = "2К1"')]
    )
    assert paths(one_task.replace("rows_per_sheet = 15", 'scheme = "by_task"').replace("pages = 2", "pages = 1")) == [
        "marking.scheme"
    ]


def test_rules_and_boundaries_may_be_left_out() -> None:
    """They arrive later: the defaults stand and there are no boundaries."""
    procedure = read_procedure(GOOD[: GOOD.index("[rules]")], "procedure.toml")
    assert procedure.rules == Rules()
    assert procedure.boundaries is None
    assert procedure.third_statuses == {Status.SENIOR, Status.LEAD}


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('code = "math-5"', 'code = "мат 5"', "procedure.code"),
        ("grade = 5", "grade = 12", "procedure.grade"),
        ("grade = 5", "grade = true", "procedure.grade"),
        ("date = 2026-04-14", 'date = "2026-04-14"', "procedure.date"),
        ("date = 2026-04-14", "date = 2026-04-14T10:00:00", "procedure.date"),
        ('language = "ru"', 'language = "de"', "procedure.language"),
        ('subject = "Математика"', 'subject = " "', "procedure.subject"),
        ('subject = "Математика"', 'subject = "a\\u0007"', "procedure.subject"),
        ('"criteria.pdf"', '"../criteria.pdf"', "procedure.criteria_pdf"),
        ('"criteria.pdf"', '"C:\\\\criteria.pdf"', "procedure.criteria_pdf"),
        ('"templates/vpr.toml"', '"/etc/vpr.toml"', "paper.templates"),
        ('["templates/vpr.toml"]', '["a.toml", "a.toml"]', "paper.templates"),
        ("markings = 2", "markings = 10", "marking.markings"),
        ("markings = 2", "markings = 0", "marking.markings"),
        ("different_schools = true", "different_schools = 1", "marking.different_schools"),
        ("rows_per_sheet = 15", 'mutual_schools = "sometimes"', "marking.mutual_schools"),
        ("rows_per_sheet = 15", "rows_per_sheet = 21", "marking.rows_per_sheet"),
        ("former_school_years = 5", 'scheme = "league"', "marking.scheme"),
        ("former_school_years = 5", "minutes_per_page = 241", "marking.minutes_per_page"),
        ("former_school_years = 5", "minutes_per_task = 1.5", "marking.minutes_per_task"),
        ("former_school_years = 5", 'by_check_point = "yes"', "marking.by_check_point"),
        ("former_school_years = 5", 'return_by = "17:60"', "marking.return_by"),
        ("former_school_years = 5", "return_by = 17", "marking.return_by"),
        ("former_school_years = 5", 'wishes = ["travel", "near"]', "marking.wishes"),
        ("former_school_years = 5", 'wishes = ["travel", "travel"]', "marking.wishes"),
        ("former_school_years = 5", "former_school_years = -1", "marking.former_school_years"),
        ("former_school_years = 5", "third_reserve = 101", "marking.third_reserve"),
        ('"senior", "lead"', '"senior", "boss"', "marking.third_statuses"),
        ('"senior", "lead"', "", "marking.third_statuses"),
        ('difficulty = "basic"', 'difficulty = "Б"', "task[1].difficulty"),
        ("page = 2", "page = 3", "task[2].page"),
        ("height_mm = 60", "height_mm = nan", "task[1].height_mm"),
        ("height_mm = 60", "height_mm = 230", "task[1].height_mm"),
        ("[rules]", '[sheet]\nstyle = "bubbles"\n[rules]', "sheet.style"),
        ("[rules]", '[sheet]\ncontrol = "columns"\n[rules]', "sheet.control"),
        ("height_mm = 60", "height_mm = 60\nmore = 2", "task[1].more"),
        ("height_mm = 60", "height_mm = 60\nmore = [[3, 40]]", "task[1].more"),
        ("height_mm = 60", "height_mm = 60\nmore = [[2, 7.9]]", "task[1].more"),
        ("height_mm = 60", "height_mm = 60\nmore = [[2, nan]]", "task[1].more"),
        ("height_mm = 60", "height_mm = 60\nmore = [[2, 40, 1]]", "task[1].more"),
        ("height_mm = 60", "height_mm = 60\nmore = [[true, 40]]", "task[1].more"),
        ("height_mm = 60", "height_mm = 60\nmore = [[2, 200]]", "task[1].height_mm"),
        ("max = 3", "max = 21", "criterion[1].max"),
        ("max = 3", "max = 0", "criterion[1].max"),
        ('task = "2"', 'task = "7"', "criterion[2].task"),
        ("task_difference = 2", "task_difference = 0", "rules.task_difference"),
        ('minor = "higher"', 'minor = "highest"', "rules.minor"),
        ("five = 5", "five = 6", "boundaries.five"),
        ("four = 3", "four = 2", "boundaries"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_by_its_key(old: str, new: str, path: str) -> None:
    """One wrong value gives a problem at exactly that key."""
    assert old in GOOD
    assert path in paths(GOOD.replace(old, new, 1))


def test_an_unknown_key_is_refused_with_the_nearest_known_one() -> None:
    """A misspelt key is never silently ignored."""
    with pytest.raises(ProcedureProblems) as caught:
        read_procedure(GOOD.replace("rows_per_sheet", "row_per_sheet"), "procedure.toml")
    assert "marking.row_per_sheet" in str(caught.value)
    assert "rows_per_sheet" in str(caught.value)


def test_all_problems_are_listed_at_once() -> None:
    """Three mistakes in three sections are reported together, in the order of the file, under E2000."""
    text = GOOD.replace("grade = 5", "grade = 0").replace("markings = 2", "markings = 0").replace("max = 2", "max = -1")
    with pytest.raises(ProcedureProblems) as caught:
        read_procedure(text, "my.toml")
    message = str(caught.value)
    assert message.startswith("E2000")
    assert [p.path for p in caught.value.problems] == ["procedure.grade", "marking.markings", "criterion[2].max"]
    assert "my.toml" in message


def test_a_repeated_task_is_refused() -> None:
    """Both places that bear the id are named."""
    assert {"task[1].id", "task[2].id"} <= set(paths(GOOD.replace('id = "2"', 'id = "1"')))


def test_ids_that_only_look_different_to_a_computer_are_refused() -> None:
    """Latin K and Cyrillic К on paper are one letter."""
    added = GOOD + '\n[[criterion]]\nid = "2K1"\ntask = "1"\nmax = 1\n'
    assert paths(added) == ["criterion[2].id", "criterion[3].id"]


def test_a_task_without_criteria_is_refused() -> None:
    """Nobody could give points for it."""
    assert paths(GOOD.replace('task = "2"', 'task = "1"')) == ["task[2].id"]


def test_a_page_of_ours_without_a_task_is_refused() -> None:
    """Such a page would be scanned for nothing."""
    assert paths(GOOD.replace("pages = 2", "pages = 3")) == ["paper.pages"]


def test_zones_that_do_not_fit_say_how_much_room_there_is() -> None:
    """The message gives the millimetres needed and those there are."""
    with pytest.raises(ProcedureProblems, match=r"220 mm.*197 mm"):
        read_procedure(GOOD.replace("height_mm = 60", "height_mm = 220"), "procedure.toml")


def test_a_procedure_on_foreign_forms_alone_needs_no_places_of_tasks() -> None:
    """The template knows where the answers are."""
    text = GOOD.replace("own = true", "own = false").replace("height_mm = 60", "").replace("page = 1", "")
    assert read_procedure(text, "procedure.toml").papers == (ForeignPaper("templates/vpr.toml"),)
    assert paths(text.replace('"templates/vpr.toml"', "")) == ["paper.templates"]


def test_too_many_score_sheets_are_refused() -> None:
    """A sheet's number has two digits in its barcode."""
    many = "".join(f'[[criterion]]\nid = "1.{n}"\ntask = "1"\nmax = 20\n' for n in range(100))
    assert paths(GOOD + many) == ["criterion"]


@pytest.mark.parametrize(
    "text", ["", "task = 3", "[[task]]", "procedure = []", "[rules]\n[marking]\nthird_statuses = 3"]
)
def test_odd_files_are_refused_without_falling_over(text: str) -> None:
    """An empty or ill-shaped file gives problems, not a traceback."""
    assert len(paths(text)) > 5


def test_a_file_that_is_no_toml_gives_the_line() -> None:
    """The parser's line and column reach the reader."""
    with pytest.raises(ProcedureNotToml, match="line 2"):
        read_procedure("a = 1\nb = \n", "procedure.toml")


def test_a_missing_file_and_a_file_that_is_no_text_are_told_apart(tmp_path: Path) -> None:
    """Both have the number of an unreadable file and say why."""
    with pytest.raises(ProcedureNotReadable, match="No such file"):
        load_procedure(tmp_path / "procedure.toml")
    (tmp_path / "procedure.toml").write_bytes("title = «Ё»".encode("cp1251"))
    with pytest.raises(ProcedureNotReadable, match="UTF-8"):
        load_procedure(tmp_path / "procedure.toml")
    (tmp_path / "procedure.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ProcedureNotReadable, match="1 MB"):
        load_procedure(tmp_path / "procedure.toml")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Windows editors put one at the front."""
    (tmp_path / "p.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_procedure(tmp_path / "p.toml") == read_procedure(GOOD, "p.toml")


def test_how_scores_are_taken_in_is_a_setting() -> None:
    """One person and two known cells of a hundred where nothing is said; it changes no paper."""
    assert read_procedure(GOOD, "x").keying == Keying(1, 1, 2)
    said = "[keying]\nentry_people = 2\nreview_people = 2\nknown_percent = 0\n[rules]"
    two = read_procedure(GOOD.replace("[rules]", said), "x")
    assert two.keying == Keying(2, 2, 0)
    assert sheet_digest(two) == sheet_digest(read_procedure(GOOD, "x"))


@pytest.mark.parametrize("line", ["entry_people = 3", "review_people = 0", "known_percent = 21", "people = 2"])
def test_impossible_ways_of_keying_are_refused(line: str) -> None:
    """Nobody, three people, more known cells than others, unknown words."""
    with pytest.raises(ProcedureProblems, match="keying"):
        read_procedure(GOOD.replace("[rules]", f"[keying]\n{line}\n[rules]"), "x")
