"""A table as HTML that stands by itself.

No style sheet, no script, no colour of text or background: it takes those of the page, light or dark. The
few accents have about the same contrast on white and on black. Without its ``style`` attributes, which code
hosts remove, it is still a table with headings and bars.
"""

from __future__ import annotations

from html import escape

from .table import Cell, Column, Table, Text, Tone

_STYLE: dict[Tone, str] = {
    "plain": "",
    "strong": "font-weight:600",
    "mute": "opacity:.65",
    "ok": "color:#2f8a43",
    "info": "color:#1f7fc4",
    "warn": "color:#b26a00;font-weight:600",
    "error": "color:#d6443c;font-weight:600",
}
_CELL = "padding:3px 10px;vertical-align:middle;white-space:nowrap"
_BARS = "display:inline-block;font:8px/10px monospace"


def as_html(table: Table) -> str:
    """The table as one ``<div>``."""
    parts = ['<div class="databranch-result">']
    if table.rows:
        parts += ['<table style="border-collapse:collapse;margin:0">', *_caption(table), *_head(table), "<tbody>"]
        parts += [_row(table, row) for row in table.rows]
        parts += ["</tbody>", "</table>"]
    elif table.caption:
        parts.append(f"<p>{escape(table.caption)}</p>")
    parts += [f'<p style="margin:6px 10px">{_text(sentence)}</p>' for sentence in table.sentences]
    parts.append("</div>")
    return "\n".join(parts)


def _caption(table: Table) -> list[str]:
    if not table.caption:
        return []
    return [f'<caption style="text-align:left;padding:3px 10px;opacity:.65">{escape(table.caption)}</caption>']


def _head(table: Table) -> list[str]:
    if not any(column.title for column in table.columns):
        return []
    cells = "".join(
        f'<th scope="col" {_aligned(column)};font-weight:400;opacity:.65">{escape(column.title)}</th>'
        for column in table.columns
    )
    return [f"<thead><tr>{cells}</tr></thead>"]


def _row(table: Table, row: list[Cell]) -> str:
    cells = "".join(
        f'<td {_aligned(column)};font-variant-numeric:tabular-nums">{_cell(cell)}</td>'
        for column, cell in zip(table.columns, row, strict=True)
    )
    return f"<tr>{cells}</tr>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Text):
        return _text(cell)
    # The figures stand beside the bars: a screen reader has nothing to read here.
    lines = "<br>".join(_text(bar) for bar in cell.lines)
    return f'<span aria-hidden="true" style="{_BARS}">{lines}</span>'


def _text(text: Text) -> str:
    style = _STYLE[text.tone]
    return f'<span style="{style}">{escape(text.text)}</span>' if style else escape(text.text)


def _aligned(column: Column) -> str:
    # By attribute, too: that one stays where styles go.
    side = "right" if column.figures else "left"
    return f'align="{side}" style="{_CELL};text-align:{side}'
