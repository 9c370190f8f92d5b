"""The played day for the tests of this folder."""

from tests.journey.fixtures import at_the_desk, day, desk_at

__all__ = ["at_the_desk", "day", "desk_at"]
