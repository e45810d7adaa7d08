"""Commits and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .shown import Shown, ShownList
from .table import Column, Table, Text

#: Hex digits of a commit id that are shown; any unique prefix names it.
SHORT_ID = 12


@dataclass(frozen=True, repr=False)
class Commit(Shown):
    """An immutable snapshot.

    :param id: 64 hex digits.
    :param date: when it was made, in UTC.
    """

    id: str
    parents: tuple[str, ...]
    message: str
    committer: str
    date: datetime
    metadata: dict[str, str]

    @classmethod
    def of(cls, told: dict[str, Any]) -> Commit:
        """From the API's ``Commit``."""
        return cls(
            told["id"],
            tuple(told["parents"]),
            told["message"],
            told["committer"],
            datetime.fromtimestamp(told["creation_date"], timezone.utc),
            dict(told.get("metadata") or {}),
        )

    @property
    def short_id(self) -> str:
        """Enough of the id to name it."""
        return self.id[:SHORT_ID]

    def table(self) -> Table:
        table = Table([Column(""), Column("")])
        table.add(Text("Commit", "mute"), self.id)
        table.add(Text("Message", "mute"), Text(self.message, "strong"))
        table.add(Text("By", "mute"), self.committer)
        table.add(Text("Date", "mute"), local_time(self.date))
        for name, value in sorted(self.metadata.items()):
            table.add(Text(name, "mute"), value)
        return table


class Log(ShownList[Commit]):
    """Commits from the newest on.

    :param ref: where the log starts.
    """

    def __init__(self, commits: Sequence[Commit], ref: str) -> None:
        super().__init__(commits)
        self.ref = ref

    def table(self) -> Table:
        table = Table([Column("Commit"), Column("Date"), Column("By"), Column("Message"), Column("")])
        for commit in self:
            metadata = ", ".join(f"{name}={value}" for name, value in sorted(commit.metadata.items()))
            table.add(
                commit.short_id,
                Text(local_time(commit.date), "mute"),
                Text(commit.committer, "mute"),
                Text(commit.message, "strong"),
                Text(metadata, "mute"),
            )
        if not self:
            table.say(f"{self.ref} has no commits.")
        return table


def local_time(date: datetime) -> str:
    """A moment as the clock on the wall shows it."""
    return date.astimezone().strftime("%Y-%m-%d %H:%M:%S")
