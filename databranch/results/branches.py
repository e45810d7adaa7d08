"""The branches of a repository."""

from __future__ import annotations

from collections.abc import Sequence

from .commits import SHORT_ID
from .shown import SHOWN_MAX, ShownList
from .table import Column, Table, Text, counted


class BranchList(ShownList[str]):
    """Names of branches, in order; ``commits`` maps each to its commit id.

    :param current: the branch that the notebook works on, if it is one of them.
    """

    def __init__(self, branches: Sequence[tuple[str, str]], repository: str, current: str | None = None) -> None:
        super().__init__([name for name, _ in branches])
        self.commits = dict(branches)
        self.repository = repository
        self.current = current

    def table(self) -> Table:
        table = Table([Column(""), Column("Branch"), Column("Commit")], caption=f"Branches of {self.repository}")
        for name in self._shown_names():
            marked = name == self.current
            table.add(
                Text("*" if marked else " ", "info"),
                Text(name, "strong" if marked else "plain"),
                Text(self.commits[name][:SHORT_ID], "mute"),
            )
        if len(self) > SHOWN_MAX:
            table.say(f"… {counted(len(self), 'branch', 'branches')} in all.", "mute")
        return table

    def _shown_names(self) -> list[str]:
        shown = list(self[:SHOWN_MAX])
        if self.current in self.commits and self.current not in shown:
            # Whatever is left out, it is not the one that the user is on.
            shown.append(str(self.current))
        return shown
