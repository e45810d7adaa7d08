"""What lies uncommitted on a branch that others write to, and is in a result."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from .rich import rich
from .shown import Shown
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

    def sentence(self, done: str = "counted") -> str:
        """One line that points it out.

        :param done: what is done to the changes here.
        """
        if self.number == 1 and not self.more:
            return f"1 uncommitted change on {self.branch}, whoever made it, is {done} here."
        number = f"{self.number:,}{'+' if self.more else ''}"
        return f"{number} uncommitted changes on {self.branch}, whoever made them, are {done} here."


@dataclass(frozen=True, repr=False)
class ReadsUncommitted(Shown):
    """A result that holds what is uncommitted as well as what is committed, and points out ``uncommitted``."""

    #: What is done to uncommitted changes in it, for the sentence.
    done: ClassVar[str] = "counted"

    repository: str
    uncommitted: tuple[Uncommitted, ...] = field(default=(), kw_only=True)

    def table(self) -> Table:
        table = self.table_of_rows()
        for one in self.uncommitted:
            table.say(one.sentence(self.done), "info")
        return table

    @abstractmethod
    def table_of_rows(self) -> Table:
        """The result without what is pointed out."""

    def _rich(self, kind: str, result: dict[str, Any], *lists: str) -> dict[str, Any]:
        """The service's answer for a front end, with what is pointed out: see :func:`rich`."""
        found = {"uncommitted": [asdict(one) for one in self.uncommitted]} if self.uncommitted else {}
        return rich(kind, self.repository, result, *lists, **found)
