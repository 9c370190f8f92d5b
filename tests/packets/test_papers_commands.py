"""`crosscheck paper`: what there is, made into files; who is named where; bad input refused first."""

from __future__ import annotations

import pytest

from crosscheck import facts, i18n
from crosscheck.errors import Exit
from crosscheck.model import RE_MARKING
from crosscheck.numbering import packet_code
from crosscheck.typeset import SignsMissing
from packets.errors import FileNotWritten, NothingPrinted, PointUnknown
from packets.paper_making import _names
from packets.papers.errors import NoSuchPaper
from packets.papers.kinds import KINDS, Audience
from tests.packets.printed import texts
from tests.packets.test_papers_schools import made, refused
from tests.stations import PHRASES, Desk

POINT_PAPERS = [kind.name for kind in KINDS if kind.audience in (Audience.ORGANISER, Audience.OBSERVER)]
# Whatever says a school, a class or a participant of the small district.
ORIGINS = ("Школа №7", "Гимназия", "Школа №19", "5А", "5Б", "00017", "00018", "00019", "00020", "00021")
NAMES = {"П1": ("Иванова А. А.",), "П2": ("Петров Б. Б.", "Сидорова В. В.")}


@pytest.fixture
def printed(desk: Desk) -> Desk:
    """A packet for the expert of П1, two for those of П2, all printed; some handed out; an appeal."""
    experts = sorted(desk.facts(facts.Expert), key=lambda e: e.check_point)
    for number, expert in enumerate(experts, start=1):
        desk.add(
            facts.Packet(number, expert.expert, 1, 2),
            facts.PacketPrint(number, 0, "x", 9),
            facts.Sheet(number, 1, 0, "b"),
        )
    desk.add(facts.Number(desk.work(11), 1, "1234564"), facts.Appeal("AP001", desk.work(11), "задание 6"))
    desk.run("custody", "out", packet_code(1))
    return desk


def test_the_papers_are_listed(desk: Desk) -> None:
    """With whom each is for, in the language asked for; programs get words that don't change."""
    ended = desk.run("--lang", "ru", "paper", "list")
    assert ended.status == Exit.DONE
    assert all(kind.name in ended.out for kind in KINDS)
    assert "организаторам" in ended.out
    assert '"for whom": "observer"' in desk.run("--lang", "ru", "paper", "list", "--json").out


def test_a_paper_is_made_for_each_check_point(desk: Desk) -> None:
    """In the language of the procedure unless another is asked for."""
    found = made(desk, "check-protocol")
    assert sorted(found) == ["point-П1/check-protocol.pdf", "point-П2/check-protocol.pdf"]
    assert "Протокол хода проверки" in found["point-П1/check-protocol.pdf"]
    out = desk.home / "en"
    desk.run("paper", "make", "check-protocol", "--point", "П1", "--lang", "en", "--out", str(out))
    (only,) = out.rglob("*.pdf")
    assert "Protocol of the check" in texts(only.read_bytes())[0]


@pytest.mark.parametrize("audience", Audience, ids=lambda audience: audience.value)
def test_all_papers_of_an_audience(printed: Desk, audience: Audience) -> None:
    """Each of them, and no other."""
    found = {path.rpartition("/")[2] for path in made(printed, "--all-for", audience.value)}
    names = {kind.name for kind in KINDS if any(file.startswith(kind.name) for file in found)}
    assert names == {kind.name for kind in KINDS if kind.audience is audience}


# --- who is named -------------------------------------------------------------------------------


def test_papers_of_check_points_and_of_the_district_tell_no_school(printed: Desk) -> None:
    """Neither their texts nor their names hold a school, a class or a participant."""
    for path, text in made(printed, *(kind.name for kind in KINDS if kind.audience is not Audience.SCHOOL)).items():
        told = text.replace("Математика. 5 класс", "")
        assert [word for word in ORIGINS if word in told or word in path] == [], path


def test_experts_are_named_where_they_sign_and_only_at_their_point(printed: Desk) -> None:
    """On the list of packets and among the contacts; a check point never sees who works at another."""
    for path, text in made(printed, *POINT_PAPERS).items():
        point = path.partition("/")[0].removeprefix("point-")
        kind = path.rpartition("/")[2].removesuffix(".pdf")
        own = [name for name in NAMES[point] if name in text]
        assert own == (list(NAMES[point]) if kind in ("hand-list", "contacts") else []), path
        assert not any(name in text for at, names in NAMES.items() if at != point for name in names), path


def test_papers_that_name_nobody_need_no_key(printed: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The coordinator is asked for only where a school or an expert is named."""
    for holder in PHRASES:
        monkeypatch.delenv(f"CROSSCHECK_{holder}_PASSPHRASE")
    open_papers = [kind.name for kind in KINDS if kind.audience is not Audience.SCHOOL]
    named = {"hand-list", "contacts"}
    made(printed, "scanning-guide", "appeal-application", *(name for name in open_papers if name not in named))
    for name in (*named, "code-slips"):
        assert printed.run("paper", "make", name).status == Exit.KEY


def test_names_are_opened_for_printing_and_nothing_else(printed: Desk) -> None:
    """Each opening is recorded with its purpose."""
    made(printed, "contacts")
    (opening,) = (o for o in printed.facts(facts.Opening) if o.why == "papers of check points")
    assert (opening.part, opening.purpose, opening.records) == ("person", "print", 3)


def test_the_hand_list_is_the_one_of_custody(printed: Desk) -> None:
    """The same facts, the same text: there is one list, made by either command."""
    made(printed, "hand-list")
    i18n.use("ru")
    printed.run("--lang", "ru", "custody", "lists", str(printed.home / "list.pdf"), "--point", "П2")
    mine = (printed.station().out / "papers" / "point-П2" / "hand-list.pdf").read_bytes()
    assert texts(mine) == texts((printed.home / "list.pdf").read_bytes())


def test_who_is_absent_is_not_expected(printed: Desk) -> None:
    """One person under two codes has one chair; whoever doesn't come has none."""
    one, two = sorted(e.expert for e in printed.facts(facts.Expert) if e.check_point == "П2")
    printed.add(facts.ExpertIdentity(one, two, 0, "same", "person", "", "справка"))
    text = made(printed, "contacts")["point-П2/contacts.pdf"]
    assert sum(name in text for name in NAMES["П2"]) == 1
    assert all(code in text for code in (packet_code(2), packet_code(3)))
    printed.add(facts.Attendance(one, 0, 0, "болен"))
    text = made(printed, "contacts")["point-П2/contacts.pdf"]
    assert not any(name in text for name in NAMES["П2"])


# --- what is known is filled in -----------------------------------------------------------------


def test_the_act_of_transfer_counts_packet_by_packet(printed: Desk) -> None:
    """Works, pages and sheets of each, and their sums."""
    text = made(printed, "transfer-act")["point-П2/transfer-act.pdf"]
    assert f"{packet_code(2)} 2 9 1" in " ".join(text.split())
    assert "комплектов: 2 4 18 2" in " ".join(text.split())


def test_an_envelope_takes_as_many_packets_as_are_asked_for(printed: Desk) -> None:
    """One label for each envelope; the option says nothing to other papers."""
    for n, envelopes in ((1, 2), (2, 1)):
        text = made(printed, "envelope-labels", "--in-envelope", str(n))["point-П2/envelope-labels.pdf"]
        assert text.count("конверт") == envelopes
    assert printed.run("paper", "make", "check-protocol", "--in-envelope", "3").status == Exit.USAGE


def test_a_list_to_sign_names_no_author_and_no_day(printed: Desk) -> None:
    """It is made in the same way everywhere, whoever makes it."""
    made(printed, "hand-list")
    paper = (printed.station().out / "papers" / "point-П2" / "hand-list.pdf").read_bytes()
    assert not any(word in paper for word in (b"/Author", b"/CreationDate", b"/ModDate"))


def test_a_label_tells_ranges_of_packets(printed: Desk) -> None:
    """Of those at the point, and how many there are in the envelope."""
    text = made(printed, "envelope-labels")["point-П2/envelope-labels.pdf"]
    assert f"{packet_code(2)} – {packet_code(3)}" in text
    assert "конверт 1 из 1" in text


def test_the_register_of_access_tells_openings_and_handings(printed: Desk) -> None:
    """Who, when, what for; in the language of the paper."""
    text = made(printed, "access-register")["access-register.pdf"]
    assert "Петрова А. И." in text
    assert "регистрация" in text
    assert "П1" in text
    assert "выдан" in text


def test_each_appeal_has_its_decision_to_fill_in(printed: Desk) -> None:
    """By the number of the work; decided ones are ticked; without any appeal there is an empty form."""
    text = made(printed, "appeal-decision")["appeal-decision.pdf"]
    assert "AP001" in text
    assert "123 456-4" in text
    assert "задание 6" in text
    assert "\u2612" not in text
    printed.add(facts.AppealDecision("AP001", "marking", "критерий выполнен"))
    text = made(printed, "appeal-decision")["appeal-decision.pdf"]
    assert "\u2612" in text
    assert "критерий выполнен" in text


def test_without_an_appeal_there_is_an_empty_form(desk: Desk) -> None:
    """To be filled in by hand."""
    assert "Решение по апелляции" in made(desk, "appeal-decision")["appeal-decision.pdf"]


def test_each_control_group_has_its_protocol_with_its_works(printed: Desk) -> None:
    """Numbers of the re-marking once there are any, documents, the ground ticked where it is known; points by hand."""
    one, two = printed.work(11), printed.work(12)
    printed.add(
        facts.RemarkDraw("RM01", "authority", "письмо 12", "приказ 7", "", "", 5, 1),
        facts.RemarkWork("RM01", one, 0, "list"),
        facts.RemarkDraw("RM02", "random", "", "", "лото 3 11", "f" * 64, 5, 1),
        facts.RemarkWork("RM02", two, 0, "lot"),
        facts.Number(two, 1, "2234564"),
        facts.Number(two, RE_MARKING, "1132911"),
    )
    text = made(printed, "remark-protocol")["remark-protocol.pdf"]
    first, second = text.split("RM02", 1)
    assert "письмо 12; приказ 7" in first
    assert "\u2612" not in first
    assert "123 456-4" in first
    assert "открытый жребий из 5 работ" in second
    assert "\u2612" in second
    assert ("113 291-1" in second, "223 456-4" in second) == (True, False)


def test_without_a_control_group_there_is_an_empty_protocol(desk: Desk) -> None:
    """To be filled in by hand."""
    text = made(desk, "remark-protocol")["remark-protocol.pdf"]
    assert "Протокол перепроверки" in text
    assert "RM" not in text


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("nonsense",), NoSuchPaper),
        (("check-protocol", "--point", "П3"), PointUnknown),
        (("transfer-act",), NothingPrinted),
        (("hand-list",), NothingPrinted),
    ],
)
def test_what_does_not_exist_is_refused(desk: Desk, arguments: tuple[str, ...], error: type[Exception]) -> None:
    """By name, with what there is; no file is written, not even of the papers that could be made."""
    ended = desk.run("paper", "make", "observer-list", *arguments)
    assert refused(ended, error)
    assert not (desk.station().out / "papers").exists()


def test_a_sign_that_the_type_lacks_stops_all_papers(desk: Desk) -> None:
    """The name of a check point in a script that can't be printed: said before anything is written."""
    expert = desk.facts(facts.Expert)[0]
    desk.add(facts.Expert(expert.expert, 1, expert.status, expert.capacity, "Пункт 学", expert.subjects))
    ended = desk.run("paper", "make", "remark-protocol", "check-protocol")
    assert refused(ended, SignsMissing)
    assert "学 (U+5B66)" in ended.err
    assert not (desk.station().out / "papers").exists()


def test_the_hand_list_too_is_refused_for_a_sign_that_the_type_lacks(printed: Desk) -> None:
    """It is drawn by other means, under the same rule."""
    for expert in printed.facts(facts.Expert):
        printed.add(facts.Expert(expert.expert, 1, expert.status, expert.capacity, "Пункт 学", expert.subjects))
    assert refused(printed.run("paper", "make", "hand-list"), SignsMissing)


def test_papers_or_an_audience_must_be_named(desk: Desk) -> None:
    """One of both."""
    assert desk.run("paper", "make").status == Exit.USAGE
    assert desk.run("paper", "make", "check-protocol", "--all-for", "school").status == Exit.USAGE


def test_a_folder_that_can_not_be_made_is_refused(desk: Desk) -> None:
    """Where a file stands in the way."""
    (desk.home / "file").write_text("x", "utf-8")
    assert refused(desk.run("paper", "make", "remark-protocol", "--out", str(desk.home / "file" / "x")), FileNotWritten)


def test_no_two_check_points_share_a_file() -> None:
    """Whatever their names hold, and where case doesn't count."""
    names = _names(["П 1", "П/1", "п-1", "…", ".."])
    assert list(names.values()) == ["П-1", "П-1-2", "п-1-3", "x", "x-2"]


def test_a_check_point_may_have_a_name_of_any_length(desk: Desk) -> None:
    """Folders are named by its beginning, whole on the paper; two that begin alike have folders of their own."""
    full = "Муниципальное бюджетное общеобразовательное учреждение «Средняя школа имени Героя» " * 2
    for n, expert in enumerate(desk.facts(facts.Expert)):
        name = full + str(n % 2)
        desk.add(facts.Expert(expert.expert, 1, expert.status, expert.capacity, name, expert.subjects))
    found = made(desk, "check-protocol")
    assert sorted(found) == [
        "point-Муниципальное-бюджетное-общеобразователь-2/check-protocol.pdf",
        "point-Муниципальное-бюджетное-общеобразователь/check-protocol.pdf",
    ]
    assert all("имени Героя» 1" in found[path] for path in sorted(found)[:1])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("class-cover", "--point", "П1"), "--point says nothing to class-cover; it goes with: hand-list"),
        (("check-protocol", "--school", "7"), "--school says nothing to check-protocol; it goes with: class-cover"),
        (("check-protocol", "remark-protocol", "--point", "П1"), "says nothing to remark-protocol"),
        (("--all-for", "organiser", "--school", "7"), "--school says nothing to"),
        (("--all-for", "district", "--point", "П1"), "--point says nothing to"),
    ],
)
def test_an_option_that_a_paper_does_not_look_at_is_refused(desk: Desk, arguments: tuple[str, ...], told: str) -> None:
    """Whoever asked for one check point must not get the papers of all."""
    ended = desk.run("paper", "make", *arguments)
    assert ended.status == Exit.USAGE
    assert told in ended.err
    assert not (desk.station().out / "papers").exists()
