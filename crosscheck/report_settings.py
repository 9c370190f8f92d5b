"""What a district decides about its reports: colour bands, least numbers, the scaled score. Pure.

All of it is regional practice, not law, so it is data of the procedure: the section [reports] of procedure.toml.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crosscheck.i18n import gettext as _
from crosscheck.model import Difficulty
from crosscheck.toml_reading import Reading

_KEYS = ("municipality", "basic", "advanced", "enough", "withheld_under", "scaled", "scale", "gap")
_MOST_SCALED = 1000


class Scaled(enum.Enum):
    """What "scaled score" means, for which the field has no one rule."""

    NONE = "none"
    PERCENT = "percent"  # of the highest raw score
    MARK = "mark"  # the mean mark 2-5
    SCALE = "scale"  # an official table: a scaled score for each raw score


@dataclass(frozen=True, slots=True)
class Bands:
    """Least share for green, and the share below which it is red; both 0..1."""

    green: float
    red: float


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """basic, advanced: bands of tasks. enough: works from which an interval is printed and conclusions are drawn.
    withheld_under: aggregates of fewer works are withheld. scale: with `Scaled.SCALE`, scaled scores of the raw scores
    0, 1, 2 ... gap: of marks, from which a difference from the journal is one to look at. municipality: as forms name
    it, or empty."""

    basic: Bands = Bands(0.60, 0.57)
    advanced: Bands = Bands(0.30, 0.285)
    enough: int = 10
    withheld_under: int = 5
    scaled: Scaled = Scaled.NONE
    scale: tuple[int, ...] = ()
    gap: int = 2
    municipality: str = ""

    def bands(self, difficulty: Difficulty) -> Bands:
        return self.basic if difficulty is Difficulty.BASIC else self.advanced


DEFAULT_REPORTS = ReportSettings()


def read_reports(section: Reading, highest: int) -> ReportSettings:
    """The section [reports]. highest: the highest raw score. Faults go to the reading's list."""
    default = DEFAULT_REPORTS
    section.only(*_KEYS)
    scaled = Scaled(section.one_of("scaled", [s.value for s in Scaled], default.scaled.value))
    # Lower ones would print what says something of single pupils.
    enough = section.whole("enough", 10, 1000, default.enough)
    withheld_under = section.whole("withheld_under", 5, 1000, default.withheld_under)
    if enough < withheld_under:  # conclusions would be drawn of what is withheld
        section.refuse("withheld_under", _("not above enough, {enough}").format(enough=enough), withheld_under)
    return ReportSettings(
        basic=_bands(section, "basic", default.basic),
        advanced=_bands(section, "advanced", default.advanced),
        enough=enough,
        withheld_under=withheld_under,
        scaled=scaled,
        scale=_scale(section, scaled, highest),
        gap=section.whole("gap", 1, 3, default.gap),
        municipality=section.text("municipality", 120) if "municipality" in section.table else "",
    )


def _bands(section: Reading, key: str, default: Bands) -> Bands:
    """Per cent, green first."""
    value = section.table.get(key)
    if value is None:
        return default
    if isinstance(value, list) and len(value) == 2 and all(_is_percent(n) for n in value) and value[0] >= value[1]:
        return Bands(value[0] / 100, value[1] / 100)
    section.refuse(key, _("two numbers from 0 to 100: green from, red under; the first not below the second"))
    return default


def _is_percent(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def _scale(section: Reading, scaled: Scaled, highest: int) -> tuple[int, ...]:
    value = section.table.get("scale")
    if value is None and scaled is not Scaled.SCALE:
        return ()
    if scaled is Scaled.SCALE and isinstance(value, list) and _is_scale(value, highest):
        return tuple(value)
    wanted = _("{n} whole numbers that don't fall, for the raw scores 0 to {highest}, and scaled = {name}")
    section.refuse("scale", wanted.format(n=highest + 1, highest=highest, name='"scale"'))
    return ()


def _is_scale(values: list[object], highest: int) -> bool:
    whole = [n for n in values if isinstance(n, int) and not isinstance(n, bool)]
    if len(values) != highest + 1 or len(whole) != len(values):
        return False
    return sorted(whole) == whole and whole[0] >= 0 and whole[-1] <= _MOST_SCALED
