"""Rows that are there more than once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .cells import cells_of
from .paths import shown_path
from .shown import SHOWN_MAX
from .table import Column, Table, Text, Tone, counted
from .uncommitted import ReadsUncommitted

#: Groups of identical files that are named.
IDENTICAL_SHOWN = 5


@dataclass(frozen=True, repr=False)
class Duplicates(ReadsUncommitted):
    """How many rows of a ref are copies of others, data set by data set.

    ``result`` is the service's answer with all of its pages; see ``DuplicatesResult`` in the protocol.
    """

    result: dict[str, Any]

    @property
    def rows(self) -> int:
        """Rows beyond the first of each, where they could be counted: what removing duplicates would remove."""
        return sum(found["duplicate_rows"] or 0 for found in self.datasets)

    @property
    def datasets(self) -> list[dict[str, Any]]:
        """The data sets: ``path``, ``rows``, ``duplicate_rows``, ``added_duplicate_rows``, ``examples``, …"""
        return list(self.result["datasets"])

    def __int__(self) -> int:
        return self.rows

    def rich(self) -> dict[str, Any]:
        return self._rich("duplicates", self.result, "datasets")

    def table_of_rows(self) -> Table:
        base = self.result["base"]
        columns = [Column("Data set"), Column("Rows", True), Column("Duplicates", True)]
        if base is not None:
            columns += [Column(f"on {base}", True), Column("new", True)]
        table = Table(columns)
        shown = self.datasets[:SHOWN_MAX]
        for found in shown:
            cells = [_figure(found["rows"]), _figure(found["duplicate_rows"], "warn")]
            if base is not None:
                cells += [_figure(found["base_duplicate_rows"]), _figure(found["added_duplicate_rows"], "warn")]
            table.add(shown_path(found["path"]), *cells)
        if not shown:
            table.say(f"There is no data set in {shown_path(self.result['path'])} of {self.result['ref']}.")
        for found in shown:
            _say(table, found, many=len(shown) > 1)
        if len(self.datasets) > SHOWN_MAX:
            table.say(f"… and {counted(len(self.datasets) - SHOWN_MAX, 'more data set')}.", "mute")
        return table


def _say(table: Table, found: dict[str, Any], many: bool) -> None:
    name = f"{shown_path(found['path'])}: " if many else ""
    tone: Tone = "warn" if found["duplicate_rows"] or found["identical_files"] else "plain"
    table.say(f"{name}{found['message']}.", tone)
    for same in found["identical_files"][:IDENTICAL_SHOWN]:
        paths = ", ".join(same["paths"][:3]) + (", …" if same["files"] > 3 else "")
        table.say(f"{name}The same contents {same['files']:,} times: {paths}")
    for example in found["examples"]:
        times = f"{example['rows']:,} ×"
        before = "" if example["base_rows"] is None else f" ({example['base_rows']:,} × before)"
        table.say(f"{name}{times}{before}  {cells_of(found['columns'], example['cells'])}", "mute")


def _figure(rows: int | None, tone: Tone = "plain") -> Text:
    return Text("?" if rows is None else f"{rows:,}", tone if rows else "plain")
