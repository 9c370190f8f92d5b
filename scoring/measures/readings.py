"""Readings in long form: who gave which value to what. Any number of readers for each work, some or all of them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Readings:
    """One reading at each place of three arrays of the same length.

    unit, reader: numbered from 0 without gaps; nobody reads a unit twice. value: what the reader gave.
    """

    unit: Ints
    reader: Ints
    value: Floats

    @property
    def units(self) -> int:
        """How many units there are."""
        return int(self.unit.max()) + 1 if len(self.unit) else 0

    @property
    def readers(self) -> int:
        """How many readers there are."""
        return int(self.reader.max()) + 1 if len(self.reader) else 0

    @property
    def complete(self) -> bool:
        """Did every reader read every unit?"""
        return len(self.unit) == self.units * self.readers

    def only(self, kept: npt.NDArray[np.bool_]) -> Readings:
        """Some of the readings, numbered anew."""
        return Readings(numbered(self.unit[kept]), numbered(self.reader[kept]), self.value[kept])

    def of_units(self, least: int) -> Readings:
        """Readings of the units that have so many or more."""
        return self.only(np.bincount(self.unit, minlength=self.units)[self.unit] >= least)


def numbered(names: npt.ArrayLike) -> Ints:
    """Numbers from 0, in the order of the names."""
    return np.unique(np.asarray(names), return_inverse=True)[1].astype(np.int64).reshape(-1)


def readings(units: Sequence[Hashable], readers: Sequence[Hashable], values: npt.ArrayLike) -> Readings:
    """Readings from names: numbered in the order in which they come first."""
    return Readings(_in_order(units), _in_order(readers), np.asarray(values, dtype=np.float64))


def _in_order(names: Sequence[Hashable]) -> Ints:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def table(rows: npt.ArrayLike) -> Readings:
    """Readings from a table, units x readers; NaN where nobody read."""
    cells = np.asarray(rows, dtype=np.float64)
    unit, reader = np.nonzero(~np.isnan(cells))
    return Readings(unit.astype(np.int64), reader.astype(np.int64), cells[unit, reader])
