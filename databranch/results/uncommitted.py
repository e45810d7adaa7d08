"""What lies uncommitted on a branch that others write to, and is in the figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .table import Table


@dataclass(frozen=True)
class Uncommitted:
    """How many changes lie uncommitted on a branch; with ``more``, at least so many.

    By whom, the service does not keep.
    """

    branch: str
    number: int
    more: bool

    @classmethod
    def of(cls, state: dict[str, Any]) -> Uncommitted:
        """From the API's ``BranchState``."""
        return cls(state["branch"], int(state["uncommitted"]), bool(state["uncommitted_more"]))

    @property
    def sentence(self) -> str:
        """One line that points it out."""
        if self.number == 1 and not self.more:
            return f"1 uncommitted change on {self.branch}, whoever made it, is counted here."
        number = f"{self.number:,}{'+' if self.more else ''}"
        return f"{number} uncommitted changes on {self.branch}, whoever made them, are counted here."


def say_uncommitted(table: Table, found: tuple[Uncommitted, ...]) -> None:
    """Points it out below a table."""
    for one in found:
        table.say(one.sentence, "info")


def rich_uncommitted(found: tuple[Uncommitted, ...]) -> dict[str, Any]:
    """The same for a front end; empty where there is nothing to point out."""
    return {"uncommitted": [asdict(one) for one in found]} if found else {}
