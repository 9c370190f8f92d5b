"""A report as one HTML file that needs nothing else: no script, no network, pictures as SVG. The same report, the same
bytes.

Every figure with a formula leads to it; pointing at the figure tells of how many works it is. It prints on paper and
reads aloud: tables have headers for rows and columns, colours never stand alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape

from crosscheck.i18n import translator
from crosscheck.report import Band, Basis, Cell, Origin, Report, Share, Table, Text, Whole, Withheld
from crosscheck.report_text import clean, shown
from crosscheck.reporting.drawing import scenes
from crosscheck.reporting.svg import attribute, svg

# The page may load nothing at all, whatever a text in it says.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root{color-scheme:light}
body{font:15px/1.45 "Segoe UI","Noto Sans","DejaVu Sans",Arial,sans-serif;color:#222;background:#fff;margin:0 auto;
max-width:1180px;padding:24px 20px}
h1{font-size:1.6em;margin:0 0 .3em}h2{font-size:1.2em;margin:1.8em 0 .4em}
.lines{margin:0 0 1em;padding:0;list-style:none}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.92em}
th,td{border:1px solid #8c8c8c;padding:3px 7px;vertical-align:middle}
thead th{background:#e6e6e6;text-align:center}
tbody th{text-align:left;font-weight:normal;overflow-wrap:anywhere;min-width:4em}
td{text-align:right;white-space:nowrap}td.t{text-align:left;white-space:normal;overflow-wrap:anywhere;max-width:34em}
td.w{color:#5f5f5f;text-align:center}
.g{background:#c9e7b5}.y{background:#fff0a8}.r{background:#f6b9b4}
a{color:inherit;text-decoration-color:#9a9a9a;text-underline-offset:2px}
td a{text-decoration:none}td a:hover,td a:focus{text-decoration:underline}
a:focus-visible{outline:2px solid #1f4e79}
:target{outline:2px solid #1f4e79}
.notes{font-size:.88em;color:#444;margin:.3em 0}
figure{margin:1em 0;break-inside:avoid}figcaption{font-weight:600;margin-bottom:.2em}
svg{width:100%;max-width:900px;height:auto;font-family:inherit}
nav ul{padding-left:1.2em;columns:2}
@media print{body{max-width:none;padding:0;font-size:10pt}nav{display:none}.wide{overflow:visible}
thead{display:table-header-group}tr{break-inside:avoid}h2{break-after:avoid}
a{text-decoration:none}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
@page{margin:14mm}
"""
_CLASS = {Band.GREEN: "g", Band.YELLOW: "y", Band.RED: "r"}


def write_html(report: Report, out: BinaryIO) -> None:
    """Write the page."""
    out.write(html_of(report).encode())


def html_of(report: Report) -> str:
    """The page as text."""
    return "".join(_page(report))


def _text(text: str) -> str:
    return escape(clean(text)).replace("\n", "<br>")


def _page(report: Report) -> Iterator[str]:
    _ = translator(report.language)
    bases = {basis: n for n, basis in enumerate(report.bases(), start=1)}
    yield f'<!DOCTYPE html>\n<html lang="{report.language}"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{_text(_title(report))}</title><style>{_STYLE}</style></head>\n<body><header><h1>"
    yield f'{_text(report.title)}</h1><ul class="lines">'
    yield "".join(f"<li>{_text(line)}</li>" for line in report.lines)
    yield "</ul></header>\n"
    how = _("How it is computed")
    yield from _contents(report, how, _("Contents"))
    yield "<main>"
    yield "".join(f"<p>{_text(opening)}</p>" for opening in report.opening)
    for n, table in enumerate(report.tables, start=1):
        yield from _table(table, n, bases)
    yield "".join(f"<p>{_text(closing)}</p>" for closing in report.closing)
    yield "</main>"
    if report.formulas():
        yield from _origins(report, bases, how)
    yield "</body></html>\n"


def _title(report: Report) -> str:
    return " · ".join([report.title, *report.lines[-1:]])


def _contents(report: Report, how: str, title: str) -> Iterator[str]:
    if len(report.tables) < 3:
        return
    yield f'<nav aria-label="{_text(title)}"><ul>'
    for n, table in enumerate(report.tables, start=1):
        yield f'<li><a href="#table-{n}">{_text(table.title)}</a></li>'
    if report.formulas():
        yield f'<li><a href="#how">{_text(how)}</a></li>'
    yield "</ul></nav>\n"


def _table(table: Table, number: int, bases: dict[Basis, int]) -> Iterator[str]:
    yield f'<section aria-labelledby="table-{number}"><h2 id="table-{number}">{_text(table.title)}</h2>\n'
    if table.rows or not table.notes:  # of nothing the notes say why
        yield from _rows(table, number, bases)
    yield "".join(f'<p class="notes">{_text(note)}</p>' for note in table.notes)
    for scene in scenes(table):
        yield f"<figure><figcaption>{_text(scene.title)}</figcaption>{svg(scene)}</figure>"
    yield "</section>\n"


def _rows(table: Table, number: int, bases: dict[Basis, int]) -> Iterator[str]:
    yield '<div class="wide" tabindex="0" role="region" '
    yield f'aria-labelledby="table-{number}"><table><thead>'
    for row in table.above:
        yield "<tr>" + "".join(f"<td>{_text(shown(cell))}</td>" for cell in row) + "</tr>"
    yield "<tr>" + "".join(_header(table, column) for column in range(len(table.columns))) + "</tr></thead><tbody>\n"
    for at, row in enumerate(table.rows):
        yield "<tr>" + "".join(_cells(table, at, row, bases)) + "</tr>\n"
    yield "</tbody></table></div>"


def _header(table: Table, column: int) -> str:
    formula, title = table.formula(column), _text(table.columns[column])
    if formula is None:
        return f'<th scope="col">{title}</th>'
    return f'<th scope="col"><a href="#how-{formula.key}" title={attribute(formula.text)}>{title}</a></th>'


def _cells(table: Table, at: int, row: tuple[Cell, ...], bases: dict[Basis, int]) -> Iterator[str]:
    basis = table.basis(at)
    first = _text(shown(row[0]))
    yield f'<th scope="row"><a href="#of-{bases[basis]}">{first}</a></th>' if basis else f'<th scope="row">{first}</th>'
    for column in range(1, len(row)):
        yield _cell(row[column], table.origin(at, column))


def _cell(cell: Cell, origin: Origin | None) -> str:
    kind, text = _kind(cell), _text(shown(cell))
    attributes = f' class="{kind}"' if kind else ""
    if origin is None:
        return f"<td{attributes}>{text}</td>"
    told = attribute(f"{origin.formula.name}; {origin.basis.name}; n = {origin.basis.n}")
    return f'<td{attributes}><a href="#how-{origin.formula.key}" title={told}>{text}</a></td>'


def _kind(cell: Cell) -> str:
    match cell:
        case Text():
            return "t"
        case Withheld():
            return "w"
        case Whole(band=band) | Share(band=band):
            return _CLASS.get(band, "")
        case _:
            return ""


def _origins(report: Report, bases: dict[Basis, int], how: str) -> Iterator[str]:
    _ = translator(report.language)
    yield f'<section aria-labelledby="how"><h2 id="how">{_text(how)}</h2><table><thead><tr>'
    yield "".join(f'<th scope="col">{_text(title)}</th>' for title in (_("Figure"), how))
    yield "</tr></thead><tbody>"
    for formula in report.formulas():
        yield f'<tr id="how-{formula.key}"><th scope="row">{_text(formula.name)}</th>'
        yield f'<td class="t">{_text(formula.text)}</td></tr>'
    yield "</tbody></table>\n"
    titles = (_("Row"), _("Works"), _("Works and where they stand"))
    yield "<br><table><thead><tr>" + "".join(f'<th scope="col">{_text(title)}</th>' for title in titles)
    yield "</tr></thead><tbody>"
    for basis, n in bases.items():
        files = _text(", ".join(basis.files))
        yield f'<tr id="of-{n}"><th scope="row">{_text(basis.name)}</th><td>{basis.n}</td>'
        yield f'<td class="t">{files}</td></tr>'
    yield "</tbody></table></section>\n"
