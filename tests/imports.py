"""Who imports whom in the product, read from the source (nothing is imported to find out)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("crosscheck", "scanning", "packets", "scoring")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `importer` imports `imported` (a module, or a name in one); `top` = when loaded."""

    importer: str
    imported: str
    top: bool


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, Path]:
    """Every module of the product."""
    return {module_name(path): path for package in PRODUCT for path in sorted((ROOT / package).rglob("*.py"))}


def imports_in(source: str, importer: str, is_package: bool) -> Iterator[Import]:
    """The imports of one module's source, those inside functions included."""
    tree = ast.parse(source)
    inside = {id(node) for function in ast.walk(tree) if _is_function(function) for node in ast.walk(function)}
    typing_only = {id(node) for block in ast.walk(tree) if _is_type_checking(block) for node in ast.walk(block)}
    for node in ast.walk(tree):
        top = id(node) not in inside and id(node) not in typing_only
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(importer, alias.name, top)
            case ast.ImportFrom(names=names):
                base = _base(node, importer, is_package)
                for alias in names:
                    yield Import(importer, f"{base}.{alias.name}", top)


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _base(node: ast.ImportFrom, importer: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = importer.split(".")
    kept = parts[: len(parts) - node.level + is_package]
    return ".".join([*kept, *([node.module] if node.module else [])])


@cache
def product_imports() -> tuple[Import, ...]:
    """Every import of the product."""
    found: list[Import] = []
    for name, path in modules().items():
        found.extend(imports_in(path.read_text("utf-8"), name, path.name == "__init__.py"))
    return tuple(found)


def target(imported: str) -> str | None:
    """The product's module that an imported name belongs to; None for other packages."""
    while imported:
        if imported in modules():
            return imported
        imported = imported.rpartition(".")[0]
    return None


def reached(start: str, top_only: bool = False) -> frozenset[str]:
    """Everything that a module imports, directly or through the product's modules; outer packages by first name."""
    known: set[str] = set()
    waiting = [start]
    while waiting:
        importer = waiting.pop()
        for found in product_imports():
            if found.importer != importer or (top_only and not found.top):
                continue
            inner = target(found.imported)
            name = inner or found.imported.partition(".")[0]
            if name not in known:
                known.add(name)
                waiting.extend([inner] if inner else [])
    return frozenset(known)
