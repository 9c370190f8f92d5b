"""`crosscheck paper`: what there is, made into files; bad input refused before anything is written."""

from __future__ import annotations

import pytest

from crosscheck.errors import Exit
from packets.errors import PointUnknown
from packets.papers.errors import NoSuchPaper
from tests.packets.printed import texts
from tests.stations import Desk


def test_the_papers_are_listed(desk: Desk) -> None:
    """With whom each is for, in the language asked for."""
    ended = desk.run("--lang", "ru", "paper", "list")
    assert ended.status == Exit.DONE
    assert "check-protocol" in ended.out
    assert "организаторам" in ended.out


def test_a_paper_is_made_for_each_check_point(desk: Desk) -> None:
    """In the language of the procedure unless another is asked for."""
    assert desk.run("paper", "make", "check-protocol").status == Exit.DONE
    folder = desk.station().out / "papers"
    made = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.pdf"))
    assert made == ["point-П1/check-protocol-П1.pdf", "point-П2/check-protocol-П2.pdf"]
    assert "Протокол хода проверки" in texts((folder / made[1]).read_bytes())[0]
    desk.run("paper", "make", "check-protocol", "--point", "П1", "--lang", "en", "--out", str(desk.home / "en"))
    (only,) = (desk.home / "en").rglob("*.pdf")
    assert "Protocol of the check" in texts(only.read_bytes())[0]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(("nonsense",), NoSuchPaper), (("check-protocol", "--point", "П3"), PointUnknown)],
)
def test_what_does_not_exist_is_refused(desk: Desk, arguments: tuple[str, ...], error: type[Exception]) -> None:
    """By name, with what there is; no file is written."""
    ended = desk.run("paper", "make", *arguments)
    assert f"E{error.number}" in ended.err  # type: ignore[attr-defined]
    assert not (desk.station().out / "papers").exists()
