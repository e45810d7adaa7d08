"""Rows of a ref, and rows of two refs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .paths import shown_path
from .rich import without_columns
from .shown import SHOWN_MAX
from .table import Bars, Column, Table, Text, Tone, bars, counted, size
from .uncommitted import ReadsUncommitted

#: What is compared, by ``by`` of the answer.
_HEADS = {"partition": "Partition", "file": "File"}
_FORMATS = {"parquet": "Parquet", "arrow": "Arrow", "csv": "CSV", "json": "JSON"}
_TONES: dict[str, Tone] = {
    "equal": "ok",
    "repeated": "warn",
    "deduplicated": "info",
    "added": "info",
    "removed": "warn",
    "changed": "info",
    "unknown": "mute",
}
#: Verdicts that say something about the rows of both sides, and therefore how sure that is.
_COMPARED = ("equal", "repeated", "deduplicated", "changed")
_BASES = {
    "files": "certain: same file contents",
    "fingerprint": "by row fingerprints",
    "exact": "certain: every row compared",
    "count": "by the counts only",
}


@dataclass(frozen=True, repr=False)
class RowCount(ReadsUncommitted):
    """How many rows lie below a path of a ref.

    ``result`` is the service's answer with all of its pages; see ``RowsResult`` in the protocol.
    """

    result: dict[str, Any]

    @property
    def rows(self) -> int:
        """Rows of all data sets that could be counted."""
        return int(self.result["rows"])

    @property
    def files(self) -> int:
        """Files below the path, those without rows included."""
        return int(self.result["files"])

    @property
    def datasets(self) -> list[dict[str, Any]]:
        """The data sets: ``path``, ``format``, ``rows``, ``bytes``, ``files``, ``columns``."""
        return list(self.result["datasets"])

    @property
    def unreadable(self) -> list[dict[str, str]]:
        """Files that were not counted: ``path`` and ``reason``."""
        return list(self.result["unreadable"])

    def __int__(self) -> int:
        return self.rows

    def rich(self) -> dict[str, Any]:
        result = without_columns(self.result)
        return self._rich("count", result, "datasets", "unreadable")

    def table_of_rows(self) -> Table:
        ref = self.result["ref"]
        table = Table(
            [
                Column("Data set"),
                Column("Format"),
                Column(ref, True),
                Column(""),
                Column("Files", True),
                Column("Size", True),
            ]
        )
        largest = max((found["rows"] or 0 for found in self.datasets), default=0)
        for found in self.datasets[:SHOWN_MAX]:
            table.add(
                shown_path(found["path"]),
                Text(_FORMATS.get(found["format"], found["format"]), "mute"),
                _rows(found["rows"]),
                bars([(found["rows"], "mute")], largest),
                found["files"],
                size(found["bytes"]),
            )
        _say_rest(table, len(self.datasets))
        table.say(self._sentence())
        _say_unreadable(table, self.unreadable)
        return table

    def _sentence(self) -> str:
        where = f"{shown_path(self.result['path'])} of {self.result['ref']}"
        if not self.datasets:
            return f"There is no data set in {where}: no Parquet, Arrow, CSV or JSON Lines file."
        many = len(self.datasets)
        among = f" of {counted(many, 'data set')}" if many > 1 else ""
        files = sum(found["files"] for found in self.datasets)
        return f"{counted(self.rows, 'row')} in {counted(files, 'file')}{among} in {where}."


@dataclass(frozen=True, repr=False)
class RowComparison(ReadsUncommitted):
    """The rows of two refs, data set by data set, or part by part where they differ; ``left`` is the base.

    ``result`` is the service's answer with all of its pages; see ``RowsComparison`` in the protocol.
    """

    result: dict[str, Any]

    @property
    def datasets(self) -> list[dict[str, Any]]:
        """The pairs: ``path``, ``left_rows``, ``right_rows``, ``verdict``, ``times``, ``basis``, ``message``, …"""
        return list(self.result["datasets"])

    @property
    def equal(self) -> bool:
        """Whether every data set has the same rows on both sides."""
        return all(pair["verdict"] == "equal" for pair in self.datasets)

    def rich(self) -> dict[str, Any]:
        return self._rich("comparison", self.result, "datasets")

    def table_of_rows(self) -> Table:
        left, right = self.result["left"], self.result["right"]
        head = _HEADS.get(self.result.get("by", ""), "Data set")
        table = Table([Column(head), Column(left, True), Column(right, True), Column(""), Column("")])
        shown = self.datasets[:SHOWN_MAX]
        largest = max((max(pair["left_rows"] or 0, pair["right_rows"] or 0) for pair in shown), default=0)
        for pair in shown:
            table.add(
                _pair_path(pair),
                _side(pair, "left"),
                _side(pair, "right"),
                _pair_bars(pair, largest),
                _verdict(pair),
            )
        if not shown:
            table.say(
                f"No file with rows differs from {left}."
                if "by" in self.result
                else f"Neither {left} nor {right} has a data set there."
            )
        _say_rest(table, len(self.datasets), head.lower())
        self._say_messages(table, shown)
        return table

    def _say_messages(self, table: Table, shown: list[dict[str, Any]]) -> None:
        # The verdict in the table says all there is to say about what is equal, unless nothing else was asked.
        telling = [pair for pair in shown if pair["verdict"] != "equal"] or shown[:1]
        for pair in telling:
            name = f"{shown_path(pair['path'])}: " if len(shown) > 1 else ""
            basis = f" ({_BASES.get(pair['basis'], pair['basis'])})" if pair["verdict"] in _COMPARED else ""
            tone: Tone = "warn" if _TONES.get(pair["verdict"]) == "warn" else "plain"
            table.say(f"{name}{pair['message'].rstrip('.')}{basis}.", tone)
            for change in pair["schema_changes"]:
                table.say(f"{name}{schema_sentence(change)}", "info")


def _pair_path(pair: dict[str, Any]) -> str:
    left, right = pair["left_path"], pair["right_path"]
    if left is None or right is None or left == right:
        return shown_path(pair["path"])
    return f"{shown_path(left)} → {shown_path(right)}"


def _pair_bars(pair: dict[str, Any], largest: int) -> Bars:
    return bars([(pair["left_rows"], "mute"), (pair["right_rows"], _TONES.get(pair["verdict"], "info"))], largest)


def _verdict(pair: dict[str, Any]) -> Text:
    verdict, times = pair["verdict"], pair["times"]
    return Text(f"{verdict} ×{times}" if times else verdict, _TONES.get(verdict, "plain"))


def _side(pair: dict[str, Any], side: str) -> Text:
    return Text("–", "mute") if pair[f"{side}_path"] is None else _rows(pair[f"{side}_rows"])


def _rows(rows: int | None) -> Text:
    return Text("?" if rows is None else f"{rows:,}")


def schema_sentence(change: dict[str, Any]) -> str:
    """What happened to one column."""
    column, left, right = change["column"], change["left_type"], change["right_type"]
    match change["change"]:
        case "added":
            return f"column {column} ({right}) is new."
        case "removed":
            return f"column {column} ({left}) is gone."
        case _:
            return f"column {column} was {left} and is {right}."


def _say_rest(table: Table, number: int, what: str = "data set") -> None:
    if number > SHOWN_MAX:
        table.say(f"… and {counted(number - SHOWN_MAX, f'more {what}')}.", "mute")


def _say_unreadable(table: Table, files: list[dict[str, str]]) -> None:
    for file in files[:SHOWN_MAX]:
        table.say(f"Not counted: {file['path']}: {file['reason']}", "warn")
    if len(files) > SHOWN_MAX:
        table.say(f"… and {counted(len(files) - SHOWN_MAX, 'more file')} that could not be counted.", "warn")
