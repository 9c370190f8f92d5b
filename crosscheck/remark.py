"""`crosscheck remark`: works that are marked again, as a control: who is drawn, who marks, and what came of it.

Drawing and comparing belong to scoring, giving out to packets, which don't know each other: what stands under this
command are entry points.
"""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from crosscheck import stages

GROUP = "crosscheck.commands.remark"


@click.group(
    help=stages.help_of(
        "remark",
        "`draw` names works: from a list of the authority, by differences that call for it, or by a public lot. "
        "`assign` gives them to experts who never read them; then `print`, `ingest`, `read` as ever. `note` compares. "
        "A re-marking changes no result by itself.",
        "crosscheck remark draw --random 10 --seed 'lottery 5/36, 14.04.2026: 3 11 17 24 36'",
        "crosscheck remark assign",
        "crosscheck remark note RM01",
    )
)
def remark() -> None:
    pass


for _point in entry_points(group=GROUP):
    remark.add_command(_point.load())
