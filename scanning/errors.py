"""Numbered errors of reading scans (E3030-E3059): trouble with the input or the program, never with paper."""

from __future__ import annotations

from crosscheck.errors import CrosscheckError, Exit


class UndecodableImage(CrosscheckError):
    """The bytes of a stored page are not the image they claim to be."""

    number = 3030
    exit = Exit.INPUT
    sentence = "The image of this page can't be decoded: {detail}."
    remedy = "Scan the page again; if it happens to a page that was read before, check the storage for damage."


class TemplateProblems(CrosscheckError):
    """A template file of foreign forms is wrong; `problems` lists everything found, one per line."""

    number = 3032
    exit = Exit.INPUT
    sentence = "The template {name} can't be used:\n{problems}\n"
    remedy = "Correct the lines named above and run the command again."


class UnsafeZones(CrosscheckError):
    """An answer zone of the paper comes too close to an identity zone for masking to be safe."""

    number = 3033
    exit = Exit.INPUT
    sentence = "Answer zone {zone} comes within {distance:.1f} mm of an identity zone; {guard:.1f} mm are needed."
    remedy = "Move the zones apart in the template or the answer form; nothing of the page was copied."
