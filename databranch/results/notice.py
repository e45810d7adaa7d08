"""What was done, in a sentence."""

from __future__ import annotations

from .shown import Shown
from .table import Table, Tone


class Notice(Shown):
    """One or more sentences, the first of which says what was done."""

    def __init__(self, sentence: str) -> None:
        self._table = Table()
        self._table.say(sentence)

    def also(self, sentence: str, tone: Tone = "mute") -> Notice:
        """Adds a sentence; gives itself."""
        self._table.say(sentence, tone)
        return self

    def table(self) -> Table:
        return self._table
