"""Numbered errors of drawing packets: E5010-E5049. Those of typesetting (E5001-E5003) stand in
crosscheck.typeset, those of the criteria (E5010, E5011) in crosscheck.criteria_file."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class CopyUnreadable(CrosscheckError):
    """A stored copy of a work's page is neither a whole JPEG nor a whole PNG."""

    number = 5012
    exit = Exit.PRINTING
    sentence = "Page {page} of work {work} is not an image that can be printed: {reason}."
    remedy = "Run the masking of this page again, then print the packet."


class PacketUneven(CrosscheckError):
    """The works of a packet and the rows of its score sheets are not the same."""

    number = 5013
    exit = Exit.PRINTING
    sentence = "Packet {packet}: the rows of score sheet {sheet} are not the works of the packet, in their order."
    remedy = "This is a fault in the program: nothing was printed. Report it with the packet number."


class PacketEmpty(CrosscheckError):
    """A packet without works or without score sheets."""

    number = 5014
    exit = Exit.PRINTING
    sentence = "Packet {packet} has nothing to mark: it holds no work, or nothing is asked about its works."
    remedy = "Look at `crosscheck allocate report`: an expert without works gets no packet. Nothing was printed."
