"""How experts and schools are called."""

from __future__ import annotations

from crosscheck.model import ExpertId, SchoolToken
from packets.calling import Calling, by_number

ONE, OTHER = ExpertId("Eaa1"), ExpertId("Eab2")
CALLED = Calling(
    schools={SchoolToken("S123456789"): "12"},
    codes={ONE: "Э01"},
    names={ONE: "Иванова А. А."},
    packets={ONE: ("000001-3",), OTHER: ("000002-6", "000003-9")},
)


def test_what_was_told_is_used_and_else_what_is_printed() -> None:
    """A code and a name before packets, packets before nothing."""
    assert CALLED.expert(ONE) == "Э01 Иванова А. А."
    assert CALLED.expert(OTHER) == "Eab2 (packet 000002-6, 000003-9)"
    assert Calling().expert(ONE) == Calling().code(ONE) == "Eaa1"
    assert CALLED.school(SchoolToken("S123456789")) == "12"
    assert CALLED.school(SchoolToken("S987654321")) == "S98765"


def test_an_expert_is_meant_by_code_packet_or_beginning() -> None:
    """What fits several means nobody in particular."""
    both = (ONE, OTHER)
    assert CALLED.experts_meant("э01", both) == CALLED.experts_meant("000001-3", both) == [ONE]
    assert CALLED.experts_meant("Eab", both) == CALLED.experts_meant("000003-9", both) == [OTHER]
    assert CALLED.experts_meant("Ea", both) == [ONE, OTHER]
    assert CALLED.experts_meant("", both) == CALLED.experts_meant("x", both) == []


def test_schools_stand_in_the_order_of_their_numbers() -> None:
    """7 before 12, letters after."""
    assert sorted(["лицей", "12", "7", "12а"], key=by_number) == ["7", "12", "12а", "лицей"]
