"""Numbered errors of drawing packets: E5010-E5049. Those of typesetting (E5001-E5002) stand in crosscheck.typeset."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class CriteriaUnreadable(CrosscheckError):
    """The PDF of the marking criteria is broken or has no page."""

    number = 5010
    exit = Exit.PRINTING
    sentence = "The PDF of the marking criteria can't be read: {reason}."
    remedy = "Open it in a viewer, save or print it into a new PDF, put that in its place and print again."


class CriteriaEncrypted(CrosscheckError):
    """The PDF of the marking criteria is protected by a password."""

    number = 5011
    exit = Exit.PRINTING
    sentence = "The PDF of the marking criteria is encrypted."
    remedy = "Save it without a password (print it into a new PDF), put that in its place and print again."


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
