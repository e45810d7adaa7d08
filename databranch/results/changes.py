"""What differs: uncommitted changes of a branch, or one ref against another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .shown import SHOWN_MAX, ShownList
from .table import Column, Table, Text, Tone, counted, size

_LETTERS: dict[str, tuple[str, Tone]] = {
    "added": ("A", "ok"),
    "removed": ("D", "error"),
    "changed": ("M", "info"),
    "prefix_changed": ("M", "info"),
    "conflict": ("C", "warn"),
}


@dataclass(frozen=True)
class Change:
    """One path that differs.

    ``type`` is ``added``, ``removed``, ``changed`` or ``conflict``; ``size_bytes`` is None where not known.
    """

    type: str
    path: str
    size_bytes: int | None

    @classmethod
    def of(cls, told: dict[str, Any]) -> Change:
        """From the API's ``Diff``."""
        return cls(told["type"], told["path"], told.get("size_bytes"))


class Changes(ShownList[Change]):
    """Changes, ordered by path bytes.

    :param subject: what changed, for the sentence: ``uncommitted on test-env``.
    :param more: whether there are others that were not fetched.

    ``notes`` are further sentences to show.
    """

    def __init__(self, changes: Sequence[Change], subject: str, more: bool = False) -> None:
        super().__init__(changes)
        self.subject = subject
        self.more = more
        self.notes: list[str] = []

    @property
    def paths(self) -> list[str]:
        """The paths that differ."""
        return [change.path for change in self]

    def over(self, older: Changes, subject: str) -> Changes:
        """These changes on top of older ones; a path is named once, with what happened last."""
        last = {change.path: change for change in (*older, *self)}
        merged = sorted(last.values(), key=lambda change: change.path.encode())
        return Changes(merged, subject, more=self.more or older.more)

    def table(self) -> Table:
        table = Table([Column(""), Column("Path"), Column("Size", True)])
        for change in self[:SHOWN_MAX]:
            letter, tone = _LETTERS.get(change.type, ("?", "plain"))
            amount = "" if change.size_bytes is None or change.type == "removed" else size(change.size_bytes)
            table.add(Text(letter, tone), change.path, Text(amount, "mute"))
        if len(self) > SHOWN_MAX:
            table.say(f"… and {counted(len(self) - SHOWN_MAX, 'more change')}.", "mute")
        table.say(self.summary())
        for note in self.notes:
            table.say(note, "warn")
        return table

    def summary(self) -> str:
        """How many there are, in a sentence."""
        if not self:
            return f"Nothing {self.subject}."
        kinds = Counter(change.type for change in self)
        parts = [f"{kinds[kind]:,} {kind.replace('prefix_', '')}" for kind in _LETTERS if kinds[kind]]
        at_least = "At least " if self.more else ""
        return f"{at_least}{counted(len(self), 'object')} {self.subject}: {', '.join(parts)}."
