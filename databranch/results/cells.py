"""Cells of single rows."""

from __future__ import annotations

from collections.abc import Sequence

#: Characters of one cell, and cells of one row in a line of text.
CELL_SHOWN = 40
CELLS_SHOWN = 8


def cell(value: str | None) -> str:
    """A value on one line, cut where it is long; ``NULL`` for none."""
    if value is None:
        return "NULL"
    line = value.replace("\r", "␍").replace("\n", "␊")
    return line if len(line) <= CELL_SHOWN else f"{line[: CELL_SHOWN - 1]}…"


def cells_of(columns: Sequence[str], cells: Sequence[str | None]) -> str:
    """A row in one line: ``id=1 name=x …``."""
    named = [f"{column}={cell(value)}" for column, value in zip(columns, cells, strict=True)]
    return "  ".join(named[:CELLS_SHOWN]) + ("  …" if len(named) > CELLS_SHOWN else "")
