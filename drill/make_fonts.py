"""Make the fonts that the product's papers are printed with: subsets of DejaVu Sans and its bold.

Needs fonttools and a folder with DejaVuSans.ttf and DejaVuSans-Bold.ttf (Debian: fonts-dejavu-core):

    python -m drill.make_fonts /usr/share/fonts/truetype/dejavu
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]

TARGET = Path(__file__).resolve().parent.parent / "crosscheck" / "fonts"
FONTS = {"DejaVuSans.ttf": "CrosscheckSans.ttf", "DejaVuSans-Bold.ttf": "CrosscheckSans-Bold.ttf"}
RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin-1, Latin Extended-A
    (0x400, 0x45F),  # Cyrillic
    (0x48A, 0x525),  # letters of neighbouring languages and of peoples of Russia
    (0x2010, 0x2026),  # dashes, quotes, bullets, ellipsis
    (0x2190, 0x2193),  # arrows
)
SINGLE = (
    "\u20bd\u2030\u2032\u2033\u2039\u203a\u2116\u2122\u2212\u2248\u2260\u2264\u2265\u221a\u2211"  # money, number, sums
    "\u25a0\u25a1\u25cf\u25b2\u25bc\u2605\u2610\u2611\u2612\u2713\u2717"  # shapes, boxes to tick
    "\u0394\u03b1\u03b2\u03ba\u03bc\u03c3"  # Greek of the statistics
)


def characters() -> list[int]:
    """Code points that the subsets keep."""
    return [code for first, last in RANGES for code in range(first, last + 1)] + [ord(sign) for sign in SINGLE]


def make(source: Path, target: Path) -> None:
    """Write the subset of one font; the same source gives the same bytes."""
    options = subset.Options(
        layout_features=[], hinting=False, name_IDs=["*"], notdef_outline=True, recalc_timestamp=False
    )
    font = subset.load_font(str(source), options)
    chooser = subset.Subsetter(options)
    chooser.populate(unicodes=characters())
    chooser.subset(font)
    subset.save_font(font, str(target), options)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the fonts that papers are printed with.")
    parser.add_argument("source", type=Path, help="folder with DejaVuSans.ttf and DejaVuSans-Bold.ttf")
    source = parser.parse_args().source
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, made in FONTS.items():
        make(source / name, TARGET / made)


if __name__ == "__main__":
    main()
