"""Facts as long as they come: names of schools, 30 criteria, many experts and packets."""

from __future__ import annotations

import datetime

from crosscheck.labels import Kind, Label
from crosscheck.numbering import packet_code
from crosscheck.procedure import paper_digest
from packets.papers.known import (
    AccessKnown,
    AppealsKnown,
    AppealThere,
    ClassKnown,
    ExpertThere,
    GroupThere,
    Handed,
    Occasion,
    Opened,
    PacketThere,
    ParticipantThere,
    PointKnown,
    RemarksKnown,
    Scored,
)
from tests import factories
from tests.packets.printed import LONG_NAME

SCHOOL = (
    "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа с углублённым изучением "
    "отдельных предметов № 1234 имени дважды Героя Советского Союза, лётчика-космонавта Г. Т. Берегового» "
    "Верхнесалдинско-Нижнетагильского муниципального округа"
)
POINT = (
    "МБОУ «Средняя общеобразовательная школа № 1234 имени дважды Героя Советского Союза Г. Т. Берегового», корпус 2, "
    "Новокузнецкая-Преображенская улица, дом 117, строение 4, аудитории 201-215, 2-й день"
)
TITLE = (
    "Всероссийские проверочные работы 2026 года. Обществознание и основы безопасности жизнедеятельности. "
    "10-11 классы, вар. 1"
)
_AT = datetime.datetime(2026, 4, 14, 15, 30)


def occasion(criteria: tuple[Scored, ...]) -> Occasion:
    return Occasion(TITLE, datetime.date(2026, 4, 14), criteria, 8, own=True, marks=True)


LONGEST = occasion(tuple(Scored(f"{n}К{n % 4 + 1}", str(n), 20) for n in range(1, 31)))
WORDY = occasion(tuple(Scored(f"12.34-{n:02d}К1", f"12.34-{n:02d}", 20) for n in range(1, 31)))


def point(about: Occasion = LONGEST) -> PointKnown:
    """60 packets, no two of them next to each other, of 20 experts."""
    numbers = range(999_999 - 120, 999_999, 2)
    packets = tuple(PacketThere(n, packet_code(n), f"{LONG_NAME}-{n % 20}", 20, 148, 3) for n in numbers)
    names = sorted({p.expert for p in packets})
    experts = tuple(ExpertThere(name, tuple(p.code for p in packets if p.expert == name)) for name in names)
    return PointKnown(about, POINT, experts, packets)


def class_set(about: Occasion = LONGEST, code: str = "{:05d}") -> ClassKnown:
    """34 participants, 14 of them absent."""
    people = tuple(ParticipantThere(code.format(n), str(99_000_000 + n), n % 5 in (0, 3)) for n in range(34))
    label = Label(Kind.COVER, 99_999_999, 1, 0, paper_digest(factories.procedure()), "QWERTYUI")
    return ClassKnown(about, "Гимназия-№1234-СП-12", SCHOOL, "11АБ", 34, people, label)


def access(about: Occasion = LONGEST) -> AccessKnown:
    """120 openings, 40 handings."""
    why = "перепроверка работ по обращению родителей, протокол заседания районной комиссии № 14 от 15.04.2026"
    opened = Opened(_AT, LONG_NAME, "люди и коды", "распределение", 55_000, why)
    handed = Handed(_AT, _AT, LONG_NAME, POINT, "объявлен утраченным", 1_234)
    return AccessKnown(about, (opened,) * 120, (handed,) * 40)


def appeals(about: Occasion = LONGEST) -> AppealsKnown:
    """One waiting, one of each outcome, with long grounds."""
    ground = "Критерий 12К3 применён не так, как согласовано на установочном совещании экспертной группы. " * 8
    numbers = tuple(f"{n:03d} 456-7" for n in range(9))
    some = (
        AppealThere(f"AP{n:03d}", _AT.date(), numbers, ground.strip(), outcome, ground.strip() if outcome else "")
        for n, outcome in enumerate(("", "rejected", "technical", "marking"), start=1)
    )
    return AppealsKnown(about, tuple(some))


def remarks(about: Occasion = LONGEST) -> RemarksKnown:
    """A group of each sort, with long documents and many works."""
    paper = "Письмо департамента образования и науки № 12-34/5678-исх от 14.04.2026, приложение 3. " * 3
    numbers = tuple(f"{n:03d} 456-7" for n in range(60))
    some = (
        GroupThere(f"RM{n:02d}", how, paper.strip(), paper.strip(), "лото 5/36: 3 11 17 24 36", 3100, numbers)
        for n, how in enumerate(("authority", "markers", "random"), start=1)
    )
    return RemarksKnown(about, tuple(some))
