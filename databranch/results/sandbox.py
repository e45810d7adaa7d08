"""What a cell did on its sandbox, and what it was kept from doing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .changes import Changes
from .rows import RowComparison
from .shown import SHOWN_MAX, Shown
from .table import Table

#: What JupyterLab renders as a card with buttons.
SANDBOX_MIME = "application/vnd.databranch.sandbox+json"

#: Folders into which Spark and Hadoop write before they rename: who reads a card thinks of the folder above.
_TEMPORARY = "_temporary"
#: Changed objects that the card holds; the branch has all of them.
_PATHS_KEPT = 20


@dataclass(frozen=True)
class Refused:
    """A write that was refused.

    :param branch: None for a request about something else than a branch; ``request`` says what it was.
    :param path: '' for the branch as a whole.
    """

    repository: str
    branch: str | None
    path: str
    request: str

    @classmethod
    def of(cls, told: dict[str, Any]) -> Refused:
        """From the API's ``RefusedWrite``."""
        return cls(told["repository"], told["branch"], _meant(told["path"]), told["request"])


@dataclass(frozen=True, repr=False)
class SandboxCard(Shown):
    """The card below a sandbox cell.

    ``datasets`` are those whose rows changed, as :class:`RowComparison` has them, and None where rows cannot be
    compared. ``into`` is the branch that a merge goes to; ``untouched`` whether it stands as it did before.
    """

    repository: str
    branch: str
    source: str
    into: str
    commit_id: str
    expires_at: int
    seconds: float
    failed: bool
    datasets: list[dict[str, Any]] | None
    changes: Changes
    refused: list[Refused]
    refused_more: bool
    untouched: bool
    notes: list[str] = field(default_factory=list)
    made_from: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether there is a sandbox to do something with; one on which nothing was written is gone."""
        return bool(self.changes)

    def rich(self) -> dict[str, Any]:
        return {
            SANDBOX_MIME: {
                "repository": self.repository,
                "branch": self.branch,
                "source": self.source,
                "into": self.into,
                "commit_id": self.commit_id,
                "expires_at": self.expires_at,
                "seconds": round(self.seconds, 1),
                "failed": self.failed,
                "kept": self.kept,
                "datasets": self.datasets,
                "objects": {
                    "count": len(self.changes),
                    "more": self.changes.more,
                    "first": [{"type": change.type, "path": change.path} for change in self.changes[:_PATHS_KEPT]],
                },
                "refused": [
                    {"repository": each.repository, "branch": each.branch, "path": each.path, "request": each.request}
                    for each in self._refused_once()
                ],
                "refused_more": self.refused_more,
                "untouched": self.untouched,
                "notes": self.notes,
                "made_from": self.made_from,
            }
        }

    def table(self) -> Table:
        table = self._rows()
        table.caption = f"{self.branch}, from {self.source}: ran {self.seconds:,.1f} s"
        if self.failed:
            table.say("The cell failed. What it had written until then lies on the sandbox.", "warn")
        table.say(self.changes.summary())
        self._say_refusals(table)
        if self.untouched:
            table.say(f"{self.into} was not touched.", "ok")
        else:
            table.say(f"{self.into} was changed meanwhile, but not by this cell.", "warn")
        for note in self.notes:
            table.say(note, "warn")
        table.say(self._what_next(), "mute")
        return table

    def _rows(self) -> Table:
        if not self.datasets:
            return Table()
        compared = {"left": self.source, "right": self.branch, "datasets": self.datasets}
        return RowComparison(self.repository, compared).table()

    def _say_refusals(self, table: Table) -> None:
        for each in self._refused_once()[:SHOWN_MAX]:
            table.say(f"Refused: {_sentence(each, self.repository)}.", "error")
        if self.refused_more:
            table.say("… and more writes that were refused.", "error")

    def _refused_once(self) -> list[Refused]:
        """Without those that differ in the request alone: many tasks write to one folder."""
        places = {(each.repository, each.branch, each.path): each for each in reversed(self.refused)}
        return list(reversed(places.values()))

    def _what_next(self) -> str:
        if not self.kept:
            return "Nothing was written, so the sandbox is gone again."
        day = datetime.fromtimestamp(self.expires_at).astimezone()
        return (
            f"%sandbox keep NAME makes a branch of it, %sandbox merge brings it to {self.into}, %sandbox discard "
            f"removes it; on {day:%Y-%m-%d} it removes itself."
        )


def _sentence(refused: Refused, repository: str) -> str:
    if refused.branch is None:
        return refused.request
    where = refused.branch if refused.repository == repository else f"{refused.branch} of {refused.repository}"
    return f"a write to {refused.path} on {where}" if refused.path else f"a change of {where}"


def _meant(path: str) -> str:
    """``reviews/_temporary/0/`` is where a write to ``reviews/`` begins."""
    above, found, _ = f"/{path}".partition(f"/{_TEMPORARY}")
    return f"{above.removeprefix('/')}/".removeprefix("/") if found else path
