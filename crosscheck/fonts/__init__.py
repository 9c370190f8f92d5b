"""The fonts that papers are printed with: subsets of DejaVu Sans made by drill.make_fonts; see LICENSE."""
