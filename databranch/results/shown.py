"""What every result has in common: it shows itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar, overload

from .markup import as_html
from .plain import as_text
from .table import Table

T = TypeVar("T")

#: Rows of a result that are shown; programs see all of them.
SHOWN_MAX = 100


class Shown(ABC):
    """A result that Jupyter, IPython and ``print`` show as a table."""

    @abstractmethod
    def table(self) -> Table:
        """How the result looks."""

    def rich(self) -> dict[str, Any]:
        """Forms that a front end may know besides text and HTML, by MIME type."""
        return {}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        table = self.table()
        return {**self.rich(), "text/html": as_html(table), "text/plain": as_text(table)}

    def __repr__(self) -> str:
        return as_text(self.table())


class ShownList(Shown, Sequence[T], Generic[T]):
    """A result that is a list."""

    def __init__(self, items: Sequence[T]) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)
