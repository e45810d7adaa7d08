"""The operation log: who did what to which branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .commits import SHORT_ID, local_time
from .shown import ShownList
from .table import Column, Table, Text


@dataclass(frozen=True)
class Operation:
    """One line of the log.

    :param verb: ``commit``, ``merge``, ``reset``, ``delete-branch``, …
    :param time: in UTC.
    :param from_commit_id: where the branch stood before; None where there was no branch.
    """

    id: str
    time: datetime
    actor: str
    verb: str
    branch: str
    from_commit_id: str | None
    to_commit_id: str | None
    undone: bool
    undoes: str | None

    @classmethod
    def of(cls, told: dict[str, Any]) -> Operation:
        """From the API's ``Operation``."""
        time = datetime.fromtimestamp(told["time"], timezone.utc)
        rest = {name: told[name] for name in cls.__dataclass_fields__ if name != "time"}
        return cls(time=time, **rest)

    @property
    def can_be_undone(self) -> bool:
        """Whether it is worth asking for; the service decides."""
        return self.verb != "undo" and not self.undone


class OperationLog(ShownList[Operation]):
    """Operations from the newest on.

    :param subject: whose they are, for the sentence of an empty log.
    """

    def __init__(self, operations: Sequence[Operation], subject: str) -> None:
        super().__init__(operations)
        self.subject = subject

    def table(self) -> Table:
        titles = ("Operation", "Date", "By", "What", "Branch", "From", "To", "")
        table = Table([Column(title) for title in titles])
        for operation in self:
            table.add(
                operation.id,
                Text(local_time(operation.time), "mute"),
                Text(operation.actor, "mute"),
                Text(operation.verb, "strong"),
                operation.branch,
                (operation.from_commit_id or "")[:SHORT_ID],
                (operation.to_commit_id or "")[:SHORT_ID],
                Text("undone" if operation.undone else "", "mute"),
            )
        if not self:
            table.say(f"Nothing was done {self.subject} in the last days.")
        return table
