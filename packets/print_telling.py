"""What `crosscheck print` says beside its count, in the language in use: what stayed as it was, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from crosscheck.i18n import gettext as _
from crosscheck.numbering import packet_codes
from packets.printing import Prepared


def unchanged(prepared: Prepared) -> Iterator[str]:
    """Packets that are not as they were asked for, and what to do about it."""
    if prepared.in_use:
        said = _("Packets that stay as they were drawn, because their paper is in use: {codes}.")
        yield said.format(codes=packet_codes(prepared.in_use))
    if prepared.other_language:
        said = _(
            "Packets that stay in the language they were drawn in: {codes}. In another one, a packet is a new print: "
            "`crosscheck print --again PACKET --lang {lang} --why ...`."
        )
        yield said.format(codes=packet_codes(prepared.other_language), lang=prepared.settings.language)
    if prepared.anew and not prepared.waiting:
        yield _("Nothing was drawn: say how to print once more when there are new packets.")


def moved(names: Sequence[str], folder: Path) -> str:
    """Files by check point that were moved away."""
    said = _(
        "Files by check point that hold an older print or packets taken back, moved to {folder}: {names}. New ones: "
        "`crosscheck print --join point`."
    )
    return said.format(folder=folder / "replaced", names=", ".join(names))


def in_no_file(packets: frozenset[int], used: frozenset[int], piecewise: frozenset[int]) -> Iterator[str]:
    """Why `packets` lie in no file by check point."""
    if in_use := packets & used:
        yield _("In no file by check point, because their paper is in use: {codes}.").format(codes=packet_codes(in_use))
    if pieces := packets & (piecewise - used):
        said = _(
            "In no file by check point, because a sheet or a page was printed again: {codes}. Print these by "
            "themselves, or each anew as a whole: `crosscheck print --again PACKET --why ...`."
        )
        yield said.format(codes=packet_codes(pieces))
    if others := packets - used - piecewise:
        said = _(
            "In no file by check point, because drawn before: {codes}. `crosscheck print --join point` once more "
            "makes files of all that is still here."
        )
        yield said.format(codes=packet_codes(others))
