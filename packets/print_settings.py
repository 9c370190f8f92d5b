"""How packets are to be printed, as people ask for it and as it is recorded. Pure."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, replace


class Ink(enum.Enum):
    """What copies are made of."""

    GREY = "grey"  # the pixels as they were stored
    BLACK = "black"  # one bit for each pixel: small, and fast on any printer


@dataclass(frozen=True, slots=True)
class Layout:
    """duplex: both sides of the paper, every work on paper of its own. two_up: two pages of copies on a side.
    Score sheets and covers always are whole pages in grey."""

    duplex: bool = False
    two_up: bool = False
    ink: Ink = Ink.GREY


PLAIN = Layout()


@dataclass(frozen=True, slots=True)
class Settings:
    """by: until when packets have to come back, as printed; empty: filled in by hand. language: of the papers; empty:
    that of the procedure."""

    layout: Layout = PLAIN
    by: str = ""
    language: str = ""

    def text(self) -> str:
        """As it is recorded."""
        layout = self.layout
        said = {"duplex": layout.duplex, "two_up": layout.two_up, "ink": layout.ink.value}
        return json.dumps({**said, "by": self.by, "language": self.language}, sort_keys=True, ensure_ascii=False)

    @staticmethod
    def read(text: str) -> Settings:
        """What `text` recorded."""
        said = json.loads(text)
        layout = Layout(said["duplex"], said["two_up"], Ink(said["ink"]))
        return Settings(layout, said["by"], said["language"])


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for this time; None: as before."""

    duplex: bool | None = None
    two_up: bool | None = None
    ink: Ink | None = None
    by: str | None = None
    language: str | None = None

    def on(self, before: Settings) -> Settings:
        """The settings that follow from the last ones."""
        asked = {name: value for name in ("duplex", "two_up", "ink") if (value := getattr(self, name)) is not None}
        return Settings(
            replace(before.layout, **asked),
            before.by if self.by is None else self.by,
            before.language if self.language is None else self.language,
        )


NO_WISH = Wish()


def drawn_alike(before: Settings, wanted: Settings) -> bool:
    """Would a file that was drawn with `before` come out the same with `wanted`? A packet keeps the language it was
    drawn in: its score sheets are read against their own blank picture."""
    return replace(before, language="") == replace(wanted, language="")
