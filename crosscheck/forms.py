"""`crosscheck forms`: forms that are printed for pupils, and electronic forms of scores that schools fill in.

The two come from packages that don't know each other, so what stands under this command are entry points too.
"""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from crosscheck import stages

GROUP = "crosscheck.commands.forms"


@click.group(
    help=stages.help_of(
        "forms",
        "`print` makes answer forms, covers and stickers. `export` writes an electronic form of scores for each "
        "class-set; `check` and `import` take them back; `list` says where each is; `due`, `send-back` and `pass-on` "
        "record what is done with them; `settle` closes a difference.",
        "crosscheck forms print forms.pdf --list forms.csv",
        "crosscheck forms export",
        "crosscheck forms import returned/",
    )
)
def forms() -> None:
    pass


for _point in entry_points(group=GROUP):
    forms.add_command(_point.load())
