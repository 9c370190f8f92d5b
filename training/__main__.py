"""`python -m training digits --data FOLDER`: learn again what the product brings along."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2

from drill.digit_data import DigitsMissing
from training import digits


def main() -> int:
    """Learn; 2 when what to learn from is not there."""
    options = argparse.ArgumentParser(prog="x.py train", description="Learn the weights that the product brings along.")
    options.add_argument("what", choices=["digits"])
    options.add_argument("--data", type=Path, required=True, help="folder with the collections of handwritten digits")
    chosen = options.parse_args()
    cv2.setNumThreads(1)
    try:
        digits.run(chosen.data)
    except DigitsMissing as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
