"""A work that changes after it was numbered is not printed behind people's backs."""

from __future__ import annotations

from crosscheck import facts
from packets.errors import WorksChanged
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk


def _known_page(desk: Desk) -> str:
    work = played.all_of(desk.home, facts.Assignment)[0].work
    return str(next(fate.page for fate in played.all_of(desk.home, facts.PageFate, work=work)))


def test_a_work_that_lost_a_page_after_allocation_is_not_printed(desk_at: MakeDesk) -> None:
    """Printing names what is wrong, and goes on when the page is back."""
    desk = desk_at("allocated")
    page = _known_page(desk)
    assert desk.type("pages", "discard", page, "--why", "rough paper").status == 0
    desk.type("number")
    refused = desk.type("print")
    assert (refused.status, "E5024" in refused.err) == (WorksChanged.exit, True)
    assert played.all_of(desk.home, facts.PacketPrint) == []
    assert desk.type("pages", "undo", page, "--why", "it was no rough paper").status == 0
    desk.type("number")
    changed = [f for f in played.all_of(desk.home, facts.Finding) if f.kind == "changed_after_numbering"]
    for finding in changed:
        desk.type("findings", "close", finding.finding, "--why", "looked at: the same pages as before")
    assert desk.type("print").status in (0, 10)
    assert played.all_of(desk.home, facts.PacketPrint) != []
