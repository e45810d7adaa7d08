"""What a merge would make of a branch, and what its guards have against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .paths import shown_path
from .rich import rich, without_columns
from .shown import SHOWN_MAX, Shown
from .table import Column, Table, Text, Tone, counted, size

#: Sentences of an unchanged data set say nothing.
_SILENT = ("equal",)


@dataclass(frozen=True, repr=False)
class MergePreview(Shown):
    """A merge before it is done.

    ``result`` is the service's answer with all of its pages; see ``MergePreview`` in the protocol.
    """

    repository: str
    result: dict[str, Any]

    @property
    def datasets(self) -> list[dict[str, Any]]:
        """The data sets as they would be: ``path``, ``rows_before``, ``rows_after``, ``verdict``, ``message``, …"""
        return list(self.result["datasets"])

    @property
    def conflicts(self) -> list[str]:
        """Paths that both sides changed."""
        return list(self.result["conflicts"])

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What the guards have against it: ``path``, ``rule``, ``level``, ``message``."""
        return list(self.result["guard"]["findings"])

    @property
    def refused(self) -> bool:
        """Whether the guards would refuse the merge."""
        return bool(self.result["guard"]["refuses"])

    def rich(self) -> dict[str, Any]:
        return rich("merge", self.repository, without_columns(self.result), "datasets", "conflicts")

    def table(self) -> Table:
        source, destination = self.result["source"], self.result["destination"]
        table = Table(
            [
                Column("Data set"),
                Column(f"{destination} now", True),
                Column("merged", True),
                Column("Files", True),
                Column("Size", True),
                Column(""),
            ]
        )
        for found in self.datasets[:SHOWN_MAX]:
            table.add(
                shown_path(found["path"]),
                _rows(found["rows_before"]),
                _rows(found["rows_after"]),
                found["files_after"],
                size(found["bytes_after"]),
                Text(found["verdict"], "ok" if found["verdict"] == "equal" else "info"),
            )
        if self.conflicts:
            table.say(f"{source} and {destination} both changed {counted(len(self.conflicts), 'path')}:", "warn")
            for path in self.conflicts[:SHOWN_MAX]:
                table.say(f"  {path}", "warn")
            return table
        self._say_rows(table)
        self._say_guard(table)
        return table

    def _say_rows(self, table: Table) -> None:
        added, changed, removed = (self.result[f"objects_{what}"] for what in ("added", "changed", "removed"))
        table.say(f"Objects: {added:,} added, {changed:,} changed, {removed:,} removed.")
        for found in self.datasets[:SHOWN_MAX]:
            if found["verdict"] not in _SILENT:
                table.say(f"{shown_path(found['path'])}: {found['message']}.")

    def _say_guard(self, table: Table) -> None:
        for sentence, tone in guard_sentences(self.findings):
            table.say(sentence, tone)
        destination = self.result["destination"]
        if self.result["guard"]["origin"] == "default":
            table.say(f"{destination} has no guards of its own: _databranch/guards.yaml would hold them.", "mute")
        elif not self.findings:
            table.say(f"The guards of {destination} have nothing against it.", "ok")


def guard_sentences(findings: list[dict[str, Any]]) -> list[tuple[str, Tone]]:
    """What guards have against a merge, refusals first."""
    ordered = sorted(findings, key=lambda finding: finding["level"] != "refuse")
    return [
        (
            f"{'Refused' if found['level'] == 'refuse' else 'Warning'}: "
            f"{shown_path(found['path'])} ({found['rule']}): {found['message']}.",
            "error" if found["level"] == "refuse" else "warn",
        )
        for found in ordered
    ]


def _rows(rows: int | None) -> Text:
    return Text("–", "mute") if rows is None else Text(f"{rows:,}")
