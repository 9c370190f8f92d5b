"""[reports] of procedure.toml: what a district decides about its reports, within what protects pupils."""

from __future__ import annotations

import pytest

from crosscheck.model import Difficulty
from crosscheck.procedure_file import ProcedureProblems, read_procedure
from crosscheck.report_settings import DEFAULT_REPORTS, Bands, ReportSettings, Scaled
from tests.crosscheck.test_procedure_file import GOOD

HIGHEST = read_procedure(GOOD, "procedure.toml").highest


def settings(lines: str) -> ReportSettings:
    return read_procedure(f"{GOOD}\n[reports]\n{lines}\n", "procedure.toml").reports


def test_without_the_section_the_practice_of_the_field_holds() -> None:
    """60 and 57 % for basic tasks, 30 and 28.5 % for advanced ones; 10 and 5 works."""
    found = read_procedure(GOOD, "procedure.toml").reports
    assert found == DEFAULT_REPORTS
    assert found.bands(Difficulty.BASIC) == Bands(0.60, 0.57)
    assert found.bands(Difficulty.ADVANCED) == Bands(0.30, 0.285)
    assert (found.enough, found.withheld_under, found.scaled, found.gap) == (10, 5, Scaled.NONE, 2)


def test_a_district_sets_its_own_bands_and_numbers() -> None:
    """Each key is read."""
    found = settings(
        'basic = [65, 50.5]\nadvanced = [40, 40]\nenough = 25\nwithheld_under = 7\ngap = 1\nmunicipality = "Район"'
    )
    bands = Bands(0.65, 0.505), Bands(0.4, 0.4)
    assert found == ReportSettings(*bands, enough=25, withheld_under=7, gap=1, municipality="Район")


def test_an_official_scale_has_a_score_for_each_raw_score() -> None:
    """As many as there are raw scores, from 0 to the highest, never falling."""
    scale = list(range(0, 2 * HIGHEST + 1, 2))
    assert settings(f'scaled = "scale"\nscale = {scale}').scale == tuple(scale)


@pytest.mark.parametrize(
    "lines",
    [
        "enough = 9",
        "withheld_under = 4",
        "withheld_under = 11",
        "enough = 20\nwithheld_under = 21",
        "gap = 0",
        "basic = [50, 60]",
        "basic = [101, 60]",
        "basic = [60]",
        "basic = [true, 0]",
        'scaled = "scale"',
        f'scaled = "scale"\nscale = {list(range(HIGHEST))}',
        f'scaled = "scale"\nscale = {list(range(HIGHEST, -1, -1))}',
        f'scaled = "scale"\nscale = {[-1, *range(HIGHEST)]}',
        f"scale = {list(range(HIGHEST + 1))}",
        'scaled = "stanine"',
        "colours = 3",
        'municipality = ""',
    ],
)
def test_what_is_not_allowed_is_refused_by_its_key(lines: str) -> None:
    """Smaller numbers than protect pupils, bands that cross, scales that don't fit, unknown keys."""
    with pytest.raises(ProcedureProblems) as caught:
        settings(lines)
    assert all(problem.path.startswith("reports.") for problem in caught.value.problems)
