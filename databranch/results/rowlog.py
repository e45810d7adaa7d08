"""The number of rows along the history of a ref."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .paths import shown_path
from .rich import rich
from .shown import SHOWN_MAX, Shown
from .table import Column, Table, Text, Tone, bars

SHORT_ID = 12


@dataclass(frozen=True, repr=False)
class RowLog(Shown):
    """What each commit did to the rows at a path, newest first; before them what is not committed yet.

    ``result`` is the service's answer; see ``RowLogResult`` in the protocol.
    """

    repository: str
    result: dict[str, Any]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The commits that changed files there: ``commit_id``, ``rows_before``, ``rows``, ``added_files``, …"""
        return list(self.result["results"])

    def rich(self) -> dict[str, Any]:
        return rich("rowlog", self.repository, self.result, "results")

    def table(self) -> Table:
        table = Table([Column("Commit"), Column("When"), Column("Rows", True), Column(""), Column("What")])
        shown = self.steps[:SHOWN_MAX]
        largest = max((step["rows"] for step in shown), default=0)
        for step in shown:
            id_ = step["commit_id"]
            grew = step["rows_before"] > 0 and step["rows"] >= 2 * step["rows_before"]
            lost = step["rows"] * 2 <= step["rows_before"]
            tone: Tone = "warn" if grew or lost else "plain"
            table.add(
                Text("uncommitted", "info") if id_ is None else Text(id_[:SHORT_ID]),
                Text(_when(step["date"]), "mute"),
                step["rows"],
                bars([(step["rows"], "warn" if tone == "warn" else "mute")], largest),
                Text(_what(step), tone),
            )
        where = f"{shown_path(self.result['path'])} of {self.result['ref']}"
        if not shown:
            table.say(f"No commit changed a file in {where}.")
        for step in shown:
            if step["added_files"] and step["rows_before"] > 0 and step["rows"] >= 2 * step["rows_before"]:
                table.say(f"{_name(step)} added {_files(step)}.", "warn")
        if self.result["pagination"]["has_more"]:
            table.say("There are older commits: -n shows as many as you like.", "mute")
        return table


def _when(date: int | None) -> str:
    return "" if date is None else datetime.fromtimestamp(date).strftime("%Y-%m-%d %H:%M")


def _what(step: dict[str, Any]) -> str:
    message = (step["commit_message"] or "").partition("\n")[0]
    _, _, told = step["message"].partition(", ")
    return f"{told} — {message}" if message else told


def _name(step: dict[str, Any]) -> str:
    return "What is not committed" if step["commit_id"] is None else f"Commit {step['commit_id'][:SHORT_ID]}"


def _files(step: dict[str, Any]) -> str:
    names = [file["path"] for file in step["added_files"][:3]]
    rest = step["added_files_total"] - len(names)
    return ", ".join(names) + (f" and {rest:,} more" if rest > 0 else "")
