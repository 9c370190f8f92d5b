"""A made-up district: schools, class-sets, pupils, experts, conflicts. No person in it exists."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.model import CriterionId, Given, NotAttempted, Points
from crosscheck.procedure import Criterion, Procedure

_BOYS = ("Артём", "Глеб", "Данила", "Егор", "Захар", "Илья", "Кирилл", "Лев", "Матвей", "Никита", "Роман", "Тимур")
_GIRLS = ("Алиса", "Вера", "Дарья", "Ева", "Злата", "Кира", "Лидия", "Мария", "Нина", "Полина", "Софья", "Ульяна")
_FAMILIES = (
    "Абросимов", "Берёзкин", "Вересаев", "Горшков", "Дубинин", "Ежов", "Журавлёв", "Зимин", "Игнатов", "Калинкин",
    "Лесков", "Малышев", "Незванов", "Осинин", "Полевой", "Родников", "Синицын", "Травин", "Уваров", "Филатов",
    "Холмов", "Цветков", "Чижов", "Шишкин", "Щеглов", "Юрьев", "Ясенев", "Кузовлев", "Тропинин", "Ручьёв",
)  # fmt: skip
_EXPERT_NAMES = (
    "Анна Петровна",
    "Вера Ильинична",
    "Галина Львовна",
    "Елена Юрьевна",
    "Ирина Олеговна",
    "Пётр Иванович",
)


class Way(enum.Enum):
    """What the class-set wrote on."""

    OWN = "own"
    VPR = "vpr"
    RDR = "rdr"


@dataclass(frozen=True, slots=True)
class ClassSet:
    """A class-set: `works` pupils wrote, `absent` more were declared absent."""

    school: int
    name: str
    way: Way
    works: int
    absent: int = 0


@dataclass(frozen=True, slots=True)
class Pupil:
    """A made-up pupil. `code`: 5 digits; `form`: number of the answer form or None; `worth`: what the work is truly
    worth for each criterion (empty when absent)."""

    code: str
    name: str
    class_set: ClassSet
    form: int | None
    absent: bool
    worth: dict[CriterionId, Given]


@dataclass(frozen=True, slots=True)
class District:
    """Everything the district's tables say."""

    schools: tuple[tuple[int, str], ...]
    class_sets: tuple[ClassSet, ...]
    pupils: tuple[Pupil, ...]
    experts: tuple[tuple[str, ...], ...]
    conflicts: tuple[tuple[str, ...], ...]

    def writers(self, class_set: ClassSet) -> tuple[Pupil, ...]:
        """The pupils of a class-set who wrote, in the order of their codes."""
        return tuple(p for p in self.pupils if p.class_set == class_set and not p.absent)


_SCHOOL_NAMES = {
    3: "МБОУ СОШ № 3", 7: "МБОУ СОШ № 7", 12: "МБОУ лицей № 12", 19: "МБОУ СОШ № 19",
    24: "МБОУ гимназия № 24", 31: "МБОУ ООШ № 31", 40: "МБОУ СОШ № 40",
}  # fmt: skip
CLASS_SETS = (
    ClassSet(3, "5А", Way.OWN, 7),
    ClassSet(3, "5Б", Way.OWN, 7, absent=1),
    ClassSet(7, "5А", Way.OWN, 7),
    ClassSet(7, "5Б", Way.OWN, 7),
    ClassSet(12, "5А", Way.OWN, 7),
    ClassSet(12, "5Б", Way.OWN, 7),
    ClassSet(19, "5А", Way.OWN, 6),
    ClassSet(19, "5Б", Way.OWN, 6),
    ClassSet(24, "5А", Way.VPR, 8, absent=1),
    ClassSet(24, "5Б", Way.VPR, 8),
    ClassSet(31, "5А", Way.VPR, 8),
    ClassSet(40, "5А", Way.RDR, 8),
    ClassSet(40, "5Б", Way.RDR, 8),
)
SINGLE_CLASS_SETS = (ClassSet(3, "5А", Way.OWN, 3), ClassSet(7, "5А", Way.OWN, 3), ClassSet(12, "5Б", Way.OWN, 2))


def _pupil_name(index: int, rng: np.random.Generator) -> str:
    family = _FAMILIES[index % len(_FAMILIES)]
    if rng.random() < 0.5:
        return f"{family} {_BOYS[int(rng.integers(len(_BOYS)))]}"
    feminine = f"{family[:-2]}ая" if family.endswith("ой") else f"{family}а"
    return f"{feminine} {_GIRLS[int(rng.integers(len(_GIRLS)))]}"


def _worth(criterion: Criterion, ability: float, rng: np.random.Generator) -> Given:
    if rng.random() < 0.07 * (1.4 - ability):
        return NotAttempted()
    return Points(int(rng.binomial(criterion.maximum, ability)))


def _work(procedure: Procedure, rng: np.random.Generator) -> dict[CriterionId, Given]:
    """What one pupil's work is worth. A task is attempted as a whole: X in one criterion is X in all of the task."""
    ability = float(np.clip(rng.beta(3.0, 2.0), 0.05, 0.97))
    given: dict[CriterionId, Given] = {}
    for task in procedure.tasks:
        worth = {c.id: _worth(c, ability, rng) for c in procedure.criteria_of(task.id)}
        skipped = any(isinstance(value, NotAttempted) for value in worth.values())
        given |= {c: NotAttempted() for c in worth} if skipped else worth
    return given


def _pupils(
    class_sets: Sequence[ClassSet], procedure: Procedure, first_form: int, rng: np.random.Generator
) -> Iterable[Pupil]:
    codes = sorted(
        int(c) for c in rng.choice(np.arange(50001, 59999), sum(s.works + s.absent for s in class_sets), replace=False)
    )
    index = 0
    for class_set in class_sets:
        for place in range(class_set.works + class_set.absent):
            absent = place >= class_set.works
            form = first_form + index if class_set.way is Way.OWN and not absent else None
            worth = {} if absent else _work(procedure, rng)
            yield Pupil(str(codes[index]), _pupil_name(index * 7, rng), class_set, form, absent, worth)
            index += 1


def _experts(class_sets: Sequence[ClassSet], count: int, rng: np.random.Generator) -> Iterable[tuple[str, ...]]:
    """Rows of experts.csv: expert, name, schools, subjects, status, capacity, check point, classes taught."""
    schools = sorted({s.school for s in class_sets})
    for i in range(count):
        school = schools[i % len(schools)]
        second = schools[(i + 1) % len(schools)]
        taught = ",".join(f"{school}:{s.name}" for s in class_sets if s.school == school)
        both = f"{school},{second}" if i % 11 == 5 else str(school)
        status = "lead" if i % 12 == 3 else "senior" if i % 4 == 1 else "ordinary"
        capacity = "0" if i == count - 1 else str(int(rng.integers(16, 25)))
        subjects = "Физика,Математика" if i % 9 == 4 else "Математика"
        name = f"{_FAMILIES[(i * 11 + 5) % len(_FAMILIES)][0]}. {_EXPERT_NAMES[i % len(_EXPERT_NAMES)]}"
        classes = taught if i % 3 == 0 else ""
        yield (f"Э{i + 1:02d}", name, both, subjects, status, capacity, f"Пункт {i % 3 + 1}", classes)


def _conflicts(pupils: Sequence[Pupil], class_sets: Sequence[ClassSet]) -> Iterable[tuple[str, ...]]:
    """Rows of conflicts.csv: expert, kind, school, class, participant, note."""
    mid, last = pupils[len(pupils) // 2], pupils[-1]
    other, final = class_sets[len(class_sets) // 2], class_sets[-1]
    for expert, kind, pupil, note in (
        ("Э01", "relative", mid, "племянник эксперта"),
        ("Э03", "tutor", last, "занятия в этом учебном году"),
    ):
        yield expert, kind, str(pupil.class_set.school), pupil.class_set.name, pupil.code, note
    yield "Э04", "former_school", str(final.school), "", "", "работала до 2024 года"
    yield "Э06", "declared", str(other.school), other.name, "", "просит не поручать"


def made(procedure: Procedure, class_sets: Sequence[ClassSet], experts: int, first_form: int, seed: int) -> District:
    """The district of `seed`: the same arguments give the same district."""
    rng = np.random.default_rng([seed, first_form])
    schools = tuple(sorted({s.school for s in class_sets}))
    pupils = tuple(_pupils(class_sets, procedure, first_form, rng))
    return District(
        schools=tuple((school, _SCHOOL_NAMES[school]) for school in schools),
        class_sets=tuple(class_sets),
        pupils=pupils,
        experts=tuple(_experts(class_sets, experts, rng)),
        conflicts=tuple(_conflicts(pupils, class_sets)),
    )


def _csv(header: str, rows: Iterable[Sequence[object]]) -> str:
    return "\n".join([header, *(";".join(str(cell) for cell in row) for row in rows), ""])


def tables(district: District) -> dict[str, str]:
    """The district's tables by file name, without the manifest."""
    sets = [(s.school, s.name, s.works + s.absent) for s in district.class_sets]
    pupils = [
        (p.class_set.school, p.class_set.name, p.code, p.form or "", "absent" if p.absent else "")
        for p in district.pupils
    ]
    return {
        "schools.csv": _csv("school;name", district.schools),
        "class_sets.csv": _csv("school;class;declared", sets),
        "participants.csv": _csv("school;class;participant;form;status", pupils),
        "experts.csv": _csv("expert;name;schools;subjects;status;capacity;check_point;classes", district.experts),
        "conflicts.csv": _csv("expert;kind;school;class;participant;note", district.conflicts),
    }


def manifest(rows: Iterable[tuple[str, str, Pupil, str]]) -> str:
    """manifest.csv of (file, pages, pupil, template)."""
    cells = [(f, pages, p.class_set.school, p.class_set.name, p.code, template) for f, pages, p, template in rows]
    return _csv("file;pages;school;class;participant;template", cells)
