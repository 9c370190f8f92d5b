"""Tests that need a system package, or minutes, run where they can and are counted where they don't."""

from __future__ import annotations

import ctypes.util
import shutil
import sys
from collections import Counter
from functools import cache

import pytest

pytest_plugins = ["tests.stations"]
PACKAGES = {
    "libzbar": "libzbar0",
    "tesseract": "tesseract-ocr tesseract-ocr-rus",
    "strace": "strace",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "pdfimages": "poppler-utils",
}
NOT_RUN = "not run: "


@cache
def is_present(tool: str) -> bool:
    """Whether a program, or a library whose name begins with lib, is on this computer."""
    if tool.startswith("lib"):
        return ctypes.util.find_library(tool.removeprefix("lib")) is not None
    return shutil.which(tool) is not None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests that take minutes")
    parser.addoption("--need-tools", action="store_true", help="fail, not leave out, what lacks a system package")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what can't be run here, with a reason that the summary collects."""
    for mark in item.iter_markers("system"):
        for tool in mark.args:
            if not is_present(tool):
                lacking = f"needs {tool} (package {PACKAGES.get(tool, tool)})"
                if item.config.getoption("--need-tools") and sys.platform == "linux":
                    pytest.fail(lacking, pytrace=False)
                pytest.skip(f"{NOT_RUN}{lacking}")
    if item.get_closest_marker("slow") and not item.config.getoption("--slow"):
        pytest.skip(f"{NOT_RUN}takes minutes (--slow runs it)")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was not run: a test left out is never silent."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ").removeprefix(NOT_RUN)] += 1
    if reasons:
        terminalreporter.section("not run")
        for reason, count in sorted(reasons.items()):
            terminalreporter.write_line(f"{count} tests: {reason}")
