"""The who-is-who drill: how often two people are taken for one, or asked about, in a list of made-up teachers.

Names are drawn as they are spread in Russia: few common ones, a long tail, nine women in ten, initials or full names.
Some people are entered twice, as people are; those must be found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.names import person_name
from crosscheck.whoiswho import Doubtful, Entry, Same, pairs
from drill.gate import Gate


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COMMON = _words(
    "Смирнов Иванов Кузнецов Соколов Попов Лебедев Козлов Новиков Морозов Петров Волков Соловьёв Васильев "
    "Зайцев Павлов Семёнов Голубев Виноградов Богданов Воробьёв Фёдоров Михайлов Беляев Тарасов Белов Комаров "
    "Орлов Киселёв Макаров Андреев Ковалёв Ильин Гусев Титов Кузьмин Кудрявцев Баранов Куликов Алексеев "
    "Степанов Яковлев Сорокин Сергеев Романов Захаров Борисов Королёв Герасимов Пономарёв Григорьев Лазарев "
    "Медведев Ершов Никитин Соболев Рябов Поляков Цветков Данилов Жуков Фролов Журавлёв Николаев Крылов "
    "Максимов Сидоров Осипов Белоусов Федотов Дорофеев Егоров Матвеев Бобров Дмитриев Калинин Анисимов Петухов "
    "Антонов Тимофеев Никифоров Веселов Филиппов Марков Большаков"
)
_ROOTS = _words(
    "Бел Гор Дуб Ерм Жар Зим Кал Лан Мал Нос Окун Пол Руд Сев Тол Ум Фар Хар Цыб Чер Шум Щерб Юр Яс Бур Вет "
    "Глад Дрем Звер Клюк Лоб Мур Пест Сух Трав Ход Чист Шир Кост Берез Волч Грач Деми Жест Кукл Лукин Мох "
    "Нечай Пух Редьк Стриж Тяп Хлоп Ворон Соб Рыж"
)
_MIDDLES = ("", "аш", "ин", "ик", "ун", "ыш", "еев", "ов", "он", "уш", "ар", "ач", "ей", "ян", "ель", "овск")
_ENDINGS = ("ов", "ев", "ин", "ихин", "кин", "цов", "енков", "чук", "енко", "ский")
_WOMEN = _words(
    "Елена Ольга Наталья Татьяна Ирина Светлана Марина Анна Людмила Екатерина Галина Юлия Надежда Оксана Мария "
    "Любовь Валентина Анастасия Лариса Евгения Вера Виктория Алла Нина Дарья Ксения Алёна Инна Тамара Полина "
    "Софья Жанна"
)
_MEN = _words(
    "Александр Сергей Андрей Алексей Дмитрий Владимир Евгений Михаил Николай Игорь Юрий Иван Павел Олег Денис"
)
_FATHERS = _words(
    "Александров Владимиров Николаев Анатольев Викторов Сергеев Иванов Михайлов Юрьев Петров Васильев Алексеев "
    "Геннадьев Валентинов Андреев Борисов Дмитриев Григорьев Павлов Евгеньев Фёдоров Леонидов Валерьев "
    "Степанов Константинов Вячеславов Игорев Олегов Семёнов Яковлев Аркадьев Максимов Тимофеев"
)
_SCHOOLS_FOR_EACH = 0.3  # a city has 700 schools and 2,400 experts of a subject


@dataclass(frozen=True, slots=True)
class Teacher:
    """A made-up teacher: three words of a name, one school, seldom two."""

    family: str
    given: str
    patronymic: str
    schools: tuple[str, ...]


def _drawn(words: Sequence[str], flat: int, rng: np.random.Generator) -> str:
    """A word; the n-th of a list is drawn in proportion to 1 / (n + flat)."""
    weights = 1.0 / (np.arange(len(words)) + flat)
    return words[int(rng.choice(len(words), p=weights / weights.sum()))]


def _family(woman: bool, rng: np.random.Generator) -> str:
    if rng.random() < 0.35:
        family = _drawn(_COMMON, 20, rng)
    else:
        family = "".join(str(rng.choice(part)) for part in (_ROOTS, _MIDDLES, _ENDINGS))
    if not woman or family.endswith(("чук", "енко")):
        return family
    return f"{family[:-2]}ая" if family.endswith("ий") else f"{family}а"


def _patronymic(woman: bool, rng: np.random.Generator) -> str:
    return _drawn(_FATHERS, 6, rng) + ("на" if woman else "ич")


def teachers(count: int, rng: np.random.Generator) -> list[Teacher]:
    """So many different people."""
    schools = [str(n + 1) for n in range(max(1, round(count * _SCHOOLS_FOR_EACH)))]
    made = []
    for _ in range(count):
        woman = bool(rng.random() < 0.9)
        places = rng.choice(schools, size=2 if rng.random() < 0.05 else 1)
        given = _drawn(_WOMEN if woman else _MEN, 4, rng)
        made.append(Teacher(_family(woman, rng), given, _patronymic(woman, rng), tuple(map(str, places))))
    return made


Writing = Callable[[Teacher, np.random.Generator], str]


def full(teacher: Teacher, _rng: np.random.Generator) -> str:
    return f"{teacher.family} {teacher.given} {teacher.patronymic}"


def initials(teacher: Teacher, _rng: np.random.Generator) -> str:
    return f"{teacher.family} {teacher.given[0]}. {teacher.patronymic[0]}."


def mixed(teacher: Teacher, rng: np.random.Generator) -> str:
    return full(teacher, rng) if rng.random() < 0.5 else initials(teacher, rng)


def careless(teacher: Teacher, rng: np.random.Generator) -> str:
    """The full name as it is typed elsewhere: capitals, ё or е, Latin letters, blanks."""
    text = full(teacher, rng).replace("ё", "е").replace(" ", "  ")
    look_alike = str.maketrans("аеосАЕОС", "aeocAEOC") if rng.random() < 0.5 else {}
    text = text.translate(look_alike)
    return text.upper() if rng.random() < 0.3 else text


def _entry(code: str, teacher: Teacher, name: str) -> Entry:
    return Entry(code, person_name(name), frozenset(teacher.schools), frozenset({"математика"}))


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of one list: pairs of two people taken for one, pairs of two people asked about, people entered twice
    and not found."""

    joined: int
    asked: int
    missed: int
    planted: int


def counted(people: Sequence[Teacher], writing: Writing, rng: np.random.Generator) -> Counted:
    """Enter everybody once and some twice; count what the comparison says."""
    entries = [_entry(f"a{n}", teacher, writing(teacher, rng)) for n, teacher in enumerate(people)]
    twice = range(0, len(people), 50)
    for n in twice:
        again = people[n]
        if writing is full and n % 100 == 0:  # in another school, too, a full name is enough to ask
            again = replace(again, schools=("another",))
        name = careless(again, rng) if writing is not initials else initials(again, rng)
        entries.append(_entry(f"b{n}", again, name))
    found = {(pair.one, pair.other): pair.identity for pair in pairs(entries)}
    planted = {(f"a{n}", f"b{n}") for n in twice}
    # Whoever is like somebody entered twice is like both entries: that is one question more, and counts.
    wrong = {key: known for key, known in found.items() if key not in planted}
    return Counted(
        joined=sum(known == Same() for known in wrong.values()),
        asked=sum(isinstance(known, Doubtful) for known in wrong.values()),
        missed=len(planted - found.keys()),
        planted=len(planted),
    )


def run(seed: int, people: int) -> tuple[Gate, ...]:
    """Lists of full names, of initials and of both."""
    gates = []
    for name, writing in (("full names", full), ("initials", initials), ("mixed", mixed)):
        rng = np.random.default_rng([seed, people])
        found = counted(teachers(people, rng), writing, rng)
        gates += [
            Gate(f"{name}: two people taken for one", found.joined, 0, people),
            Gate(f"{name}: questions about two people", found.asked, max(3, people // 100), people),
            Gate(f"{name}: people entered twice and not found", found.missed, 0, found.planted),
        ]
    return tuple(gates)
