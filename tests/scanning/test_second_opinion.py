"""The second reader of codes, where its system library is there."""

from __future__ import annotations

import numpy as np
import pytest

from crosscheck import labels
from scanning.codes.barcodes import second_opinion
from tests.scanning import pages


@pytest.mark.system("libzbar")
def test_zbar_reads_the_codes_of_a_page() -> None:
    """It runs in a process of its own and names what it read as the first reader does."""
    grey = pages.answer_page(200)
    found = {code.payload for code in second_opinion(grey)}
    assert labels.text(pages.LABEL) in found


@pytest.mark.system("libzbar")
def test_zbar_reads_nothing_from_an_empty_page() -> None:
    """An empty success is no reading."""
    assert second_opinion(np.full((1000, 700), 255, np.uint8)) == ()
