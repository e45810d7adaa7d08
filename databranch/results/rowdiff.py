"""Rows that differ between two refs, and their columns side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .cells import cell
from .paths import shown_path
from .rows import schema_sentence
from .shown import SHOWN_MAX
from .table import Column, Table, Text, Tone, counted
from .uncommitted import ReadsUncommitted

#: Columns of a table that are shown; programs see all of them.
COLUMNS_SHOWN = 12
_SIGNS: dict[str, tuple[str, Tone]] = {"added": ("+", "ok"), "removed": ("-", "error"), "changed": ("~", "info")}


@dataclass(frozen=True, repr=False)
class RowDiff(ReadsUncommitted):
    """The first rows of one data set that differ between two refs; ``left`` is the base.

    ``result`` is the service's answer; see ``RowDiffResult`` in the protocol. Cells are text.
    """

    result: dict[str, Any]

    @property
    def changed(self) -> int:
        """Rows that have the same key on both sides, and other cells."""
        return int(self.result["changed_rows"])

    @property
    def added(self) -> int:
        """Rows that are on the right side only."""
        return int(self.result["added_rows"])

    @property
    def removed(self) -> int:
        """Rows that are on the left side only."""
        return int(self.result["removed_rows"])

    @property
    def equal(self) -> bool:
        """Whether both sides have the same rows."""
        return not (self.changed or self.added or self.removed)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The first of them: ``change``, ``copies``, ``left``, ``right``."""
        return list(self.result["results"])

    def rich(self) -> dict[str, Any]:
        return self._rich("rowdiff", self.result, "results", "unreadable")

    def table_of_rows(self) -> Table:
        columns = self._columns()
        names = [self.result["columns"][at] for at in columns]
        several = any(line["copies"] > 1 for line in self.lines)
        table = Table([Column(""), *([Column("×", True)] if several else []), *(Column(name) for name in names)])
        for line in self.lines[:SHOWN_MAX]:
            sign, tone = _SIGNS[line["change"]]
            copies = [Text(f"{line['copies']:,}")] if several else []
            table.add(Text(sign, tone), *copies, *(_cell(line, at, tone) for at in columns))
        table.say(f"{self.result['message']}.", "plain" if self.equal else "warn")
        self._say_rest(table, len(columns))
        for change in self.result["schema_changes"]:
            table.say(schema_sentence(change), "info")
        for file in self.result["unreadable"][:SHOWN_MAX]:
            table.say(f"Not compared: {file['path']}: {file['reason']}", "warn")
        return table

    def _columns(self) -> list[int]:
        """The columns to show: keys, then those that differ, then the others, as many as there is room for."""
        every = list(range(len(self.result["columns"])))
        if len(every) <= COLUMNS_SHOWN:
            return every
        keys = [at for at in every if self.result["columns"][at] in self.result["keys"]]
        pairs = [(line["left"], line["right"]) for line in self.lines if line["change"] == "changed"]
        differing = [at for at in every if any(left[at] != right[at] for left, right in pairs)]
        chosen = list(dict.fromkeys([*keys, *differing, *every]))[:COLUMNS_SHOWN]
        return sorted(chosen)

    def _say_rest(self, table: Table, columns: int) -> None:
        if self.result["pagination"]["has_more"] or len(self.lines) > SHOWN_MAX:
            table.say("There are more: -n shows as many as you like, --export writes all of them to a file.", "mute")
        left_out = len(self.result["columns"]) - columns
        if left_out > 0:
            table.say(f"{counted(left_out, 'more column')} not shown.", "mute")


def _cell(line: dict[str, Any], at: int, tone: Tone) -> Text:
    left, right = line["left"], line["right"]
    if line["change"] != "changed":
        return Text(cell((right or left)[at]))
    if left[at] == right[at]:
        return Text(cell(right[at]), "mute")
    return Text(f"{cell(left[at])} → {cell(right[at])}", tone)


@dataclass(frozen=True, repr=False)
class ColumnStatistics(ReadsUncommitted):
    """Statistics of the columns of one data set on two refs, side by side.

    ``result`` is the service's answer; see ``ColumnsResult`` in the protocol.
    """

    result: dict[str, Any]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns: ``name``, ``type``, ``left`` and ``right`` with ``nulls``, ``min``, ``max``, …"""
        return list(self.result["columns"])

    def rich(self) -> dict[str, Any]:
        return self._rich("columns", self.result, "columns")

    def table_of_rows(self) -> Table:
        table = Table(
            [
                Column("Column"),
                Column("Nulls", True),
                Column("Min"),
                Column("Max"),
                Column("Distinct" if self.result["distinct_is_exact"] else "Distinct, about", True),
                Column("Mean", True),
            ]
        )
        for found in self.columns:
            pairs = [
                (found["left"][name], found["right"][name]) for name in ("nulls", "min", "max", "distinct", "mean")
            ]
            table.add(found["name"], *(_both(left, right) for left, right in pairs))
        left, right = self.result["left"], self.result["right"]
        of = "all files" if self.result["files"] == "all" else "files that differ"
        path = shown_path(self.result["right_path"] or self.result["left_path"] or "")
        rows = f"{self.result['left_rows']:,} → {counted(self.result['right_rows'], 'row')}"
        table.say(f"{path}, {left} → {right}, of {of}: {rows}.")
        more_nulls = any(found["right"]["nulls"] > found["left"]["nulls"] for found in self.columns)
        table.say(f"{self.result['message']}.", "warn" if more_nulls else "plain")
        return table


def _both(left: Any, right: Any) -> Text:
    return Text(_value(right), "mute") if left == right else Text(f"{_value(left)} → {_value(right)}", "info")


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.6g}" if isinstance(value, float) else cell(value)
