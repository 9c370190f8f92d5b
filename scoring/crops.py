"""What a recorded crop names: a place in the picture of a sheet, or a picture of its own. Pure."""

from __future__ import annotations

import re

from crosscheck.model import BlobId

Place = tuple[int, int, int, int]  # left, top, width, height in pixels
_PART = re.compile(r"([0-9a-f]{64}):([0-9]+),([0-9]+),([0-9]+),([0-9]+)")


def crop_name(picture: BlobId, place: Place) -> str:
    """The crop of a cell as it is recorded: the blob of its sheet's picture, and where the cell lies in it."""
    return f"{picture}:{','.join(map(str, place))}"


def named(crop: str) -> tuple[BlobId, Place | None]:
    """The blob that a recorded crop names, and the place in it; None where the blob is the crop, as earlier
    versions recorded it."""
    found = _PART.fullmatch(crop)
    if found is None:
        return BlobId(crop), None
    left, top, width, height = (int(side) for side in found.groups()[1:])
    return BlobId(found[1]), (left, top, width, height)


def short_name(crop: str) -> str:
    """A crop by a few characters, for people and names of files."""
    blob, place = named(crop)
    return blob[:12] if place is None else f"{blob[:12]}-{place[0]}-{place[1]}"
