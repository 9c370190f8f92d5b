"""The message catalogue: `python -m drill.catalogue update|compile|check`.

Messages are English texts in the source: arguments of gettext, `_`, `N_`, the second of `help_of`, the headings
in `columns` of listings, and the `sentence` and `remedy` of classes and stages. Translations come from files
messages_ru.txt beside the code (`msgid<TAB>translation` on each line, line breaks and tabs written as \\n, \\t).
`update` writes the .po, `compile` the .mo, `check` fails when a message has no translation, a placeholder differs
or a file is stale.
"""

from __future__ import annotations

import ast
import io
import string
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crosscheck", "scanning", "packets", "scoring")
FOLDER = Path("crosscheck/locales/ru/LC_MESSAGES")
ARGUMENT = {"gettext": 0, "_": 0, "N_": 0, "help_of": 1}  # which argument of a call is a message
ATTRIBUTES = frozenset({"sentence", "remedy"})
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: ru\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps the catalogue from being whole."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


# --- messages in the source --------------------------------------------------------------------


def messages_in(source: str) -> Iterator[str]:
    """The messages of one module's source text."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call():
                yield from _of_call(node)
            case ast.ClassDef():
                yield from _of_class(node)
            case ast.Assign():
                yield from _of_columns(node)


def _constant(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def _of_call(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in ARGUMENT:
        yield from _constant(next(iter(node.args[ARGUMENT[name] :]), None))
    for keyword in node.keywords:
        if keyword.arg in ATTRIBUTES:
            yield from _constant(keyword.value)


def _of_columns(node: ast.Assign) -> Iterator[str]:
    # Headings of listings are keys of their JSON too, so they are not marked one by one.
    for target, value in _pairs_of(node):
        if isinstance(target, ast.Name) and target.id == "columns" and isinstance(value, ast.Tuple):
            for element in value.elts:
                yield from (text for text in _constant(element) if text.isidentifier())


def _pairs_of(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if name in ATTRIBUTES:
                yield from _constant(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in ATTRIBUTES:
                yield from _constant(value)


def extracted(root: Path) -> dict[str, tuple[str, ...]]:
    """Every message of the product with the files it stands in, in alphabetical order."""
    places: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            for message in dict.fromkeys(messages_in(path.read_text("utf-8"))):
                places.setdefault(message, []).append(path.relative_to(root).as_posix())
    return {message: tuple(places[message]) for message in sorted(places)}


# --- translations ------------------------------------------------------------------------------


def translations(root: Path) -> tuple[dict[str, str], list[Fault]]:
    """What all messages_ru.txt files say together; a message translated in two ways is a fault."""
    merged: dict[str, str] = {}
    faults = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("messages_ru.txt")):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                where = f"{path.relative_to(root).as_posix()}:{number}"
                if not line.strip() or line.startswith("#"):
                    continue
                message, tab, translation = (
                    part.replace("\\n", "\n").replace("\\t", "\t") for part in line.partition("\t")
                )
                if not tab or not translation.strip():
                    faults.append(Fault(where, "no translation after a tab"))
                elif merged.setdefault(message, translation) != translation:
                    faults.append(Fault(where, f"translated otherwise elsewhere: {message!r}"))
    return merged, faults


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def faults_of(messages: Mapping[str, tuple[str, ...]], translated: Mapping[str, str]) -> Iterator[Fault]:
    """Messages without a translation, and translations whose placeholders differ."""
    for message, places in messages.items():
        if message not in translated:
            yield Fault(places[0], f"no translation of {message!r}")
        elif not _same_fields(message, translated[message]):
            yield Fault(places[0], f"the placeholders differ in the translation of {message!r}")


def _same_fields(message: str, translation: str) -> bool:
    try:
        return _fields(message) == _fields(translation)
    except ValueError:
        return message.count("{") == translation.count("{")


# --- files -------------------------------------------------------------------------------------


def po_text(messages: Mapping[str, tuple[str, ...]], translated: Mapping[str, str]) -> str:
    """The catalogue's source: no dates and no versions, so that the same messages give the same file."""
    catalogue = Catalog(locale="ru")
    for message, places in messages.items():
        catalogue.add(message, translated.get(message, ""), locations=[(place, 0) for place in places])
    for entry in catalogue:
        entry.flags.discard("python-format")  # our placeholders are those of str.format
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=True, include_lineno=False, sort_output=True)
    return HEADER + out.getvalue().decode("utf-8")


def mo_bytes(po: str) -> bytes:
    """The catalogue as programs load it."""
    out = io.BytesIO()
    write_mo(out, read_po(io.BytesIO(po.encode("utf-8")), locale="ru"))
    return out.getvalue()


def _pairs(catalogue: Catalog) -> dict[object, object]:
    return {message.id: message.string for message in catalogue if message.id and message.string}


def update(root: Path) -> list[Fault]:
    """Write the .po from source and translations."""
    translated, faults = translations(root)
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "crosscheck.po").write_text(po_text(extracted(root), translated), "utf-8", newline="\n")
    return faults


def compile_(root: Path) -> list[Fault]:
    """Write the .mo from the .po."""
    po = (root / FOLDER / "crosscheck.po").read_text("utf-8")
    (root / FOLDER / "crosscheck.mo").write_bytes(mo_bytes(po))
    return []


def check(root: Path) -> list[Fault]:
    """Every fault: missing or contradicting translations, stale files."""
    messages = extracted(root)
    translated, faults = translations(root)
    faults.extend(faults_of(messages, translated))
    po, mo = root / FOLDER / "crosscheck.po", root / FOLDER / "crosscheck.mo"
    wanted = po_text(messages, translated)
    if not po.exists() or po.read_text("utf-8") != wanted:
        faults.append(Fault(po.name, "stale: python -m drill.catalogue update"))
    # Compared by content: another version of the library may write the header in another way.
    if not mo.exists() or _pairs(read_mo(io.BytesIO(mo.read_bytes()))) != _pairs(
        read_po(io.BytesIO(wanted.encode("utf-8")), locale="ru")
    ):
        faults.append(Fault(mo.name, "stale: python -m drill.catalogue compile"))
    return faults


def main(arguments: list[str]) -> int:
    """Carry out update, compile or check; returns the exit status."""
    actions = {"update": update, "compile": compile_, "check": check}
    if len(arguments) != 1 or arguments[0] not in actions:
        print(f"usage: python -m drill.catalogue {'|'.join(actions)}", file=sys.stderr)
        return 2
    faults = actions[arguments[0]](ROOT)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
