"""How far a long count is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from IPython.display import display

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

#: Most counts are done before a person could read that they began.
QUIET_S = 1.0
INTERVAL_S = 0.5


class CountProgress:
    """A line below the cell that says how many files are done, and is gone when the count is.

    In a terminal, where what was shown cannot be changed any more, it stays silent.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._silent = not hasattr(shell, "kernel")
        self._handle: Any = None
        self._next = time.monotonic() + QUIET_S

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._silent or now < self._next:
            return
        self._next = now + INTERVAL_S
        self._show(f"Counting rows: {done:,} of {total:,} files …")

    def __enter__(self) -> CountProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._show("")

    def _show(self, text: str) -> None:
        bundle = {"text/plain": text}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
