"""A table as aligned text."""

from __future__ import annotations

import unicodedata

from .table import Cell, Table

_GAP = "  "


def as_text(table: Table) -> str:
    """The table for a terminal, a log or a diff; no line ends in blanks."""
    blocks = [table.caption] if table.caption else []
    if table.rows:
        blocks += _lines(table)
    blocks += [sentence.text for sentence in table.sentences]
    return "\n".join(blocks)


def _lines(table: Table) -> list[str]:
    grid = [[[column.title] for column in table.columns]]
    grid += [[_cell_lines(cell) for cell in row] for row in table.rows]
    if not any(column.title for column in table.columns):
        del grid[0]
    widths = [max(width(line) for row in grid for line in row[column]) for column in range(len(table.columns))]
    return [line for row in grid for line in _row_lines(table, row, widths)]


def _row_lines(table: Table, row: list[list[str]], widths: list[int]) -> list[str]:
    height = max(len(lines) for lines in row)
    return [
        _GAP.join(
            _padded(lines[line] if line < len(lines) else "", widths[column], table.columns[column].figures)
            for column, lines in enumerate(row)
        ).rstrip()
        for line in range(height)
    ]


def _cell_lines(cell: Cell) -> list[str]:
    return [line.text for line in cell.lines]


def _padded(text: str, wanted: int, right: bool) -> str:
    blanks = " " * (wanted - width(text))
    return blanks + text if right else text + blanks


def width(text: str) -> int:
    """Columns that the text takes up in a terminal: CJK characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
