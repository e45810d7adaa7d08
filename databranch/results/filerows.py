"""A few rows of one data file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..errors import MissingPackage
from .cells import cell
from .rowdiff import COLUMNS_SHOWN
from .shown import SHOWN_MAX
from .table import Column, Table, Text, counted
from .uncommitted import ReadsUncommitted

if TYPE_CHECKING:
    import pandas
    import pyarrow

#: Which rows of a file.
Origin = Literal["first", "last", "random"]
_NUMBERS = ("int", "uint", "float", "double", "decimal")


@dataclass(frozen=True, repr=False)
class FileRows(ReadsUncommitted):
    """Rows of one file, with the types that they have there; see ``PreviewMetadata`` in the protocol."""

    done = "shown"

    ref: str
    path: str
    origin: Origin
    data: pyarrow.Table

    @classmethod
    def read(cls, repository: str, ref: str, path: str, origin: Origin, stream: bytes) -> FileRows:
        """From the service's answer.

        :raises MissingPackage: where there is no pyarrow to read it.
        """
        try:
            from pyarrow import ipc
        except ImportError as error:
            raise MissingPackage("Rows of files are read by pyarrow", "pyarrow") from error
        return cls(repository, ref, path, origin, ipc.open_stream(stream).read_all())

    def arrow(self) -> pyarrow.Table:
        """The rows as an Arrow table, without what the service says about them."""
        return self.data.replace_schema_metadata(None)

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame.

        :raises MissingPackage: where there is no pandas.
        """
        try:
            import pandas  # noqa: F401
        except ImportError as error:
            raise MissingPackage("A data frame needs pandas; .arrow() gives the rows without it", "pandas") from error
        return self.arrow().to_pandas()

    @property
    def file_rows(self) -> int:
        """Rows of the whole file."""
        return int(self._told("databranch.rows"))

    @property
    def numbers(self) -> list[int]:
        """Which rows of the file these are, counted from 0."""
        return list(self._told("databranch.row_numbers"))

    @property
    def columns(self) -> list[dict[str, str]]:
        """All columns of the file: ``name``, ``type``."""
        return list(self._told("databranch.columns"))

    def __len__(self) -> int:
        return int(self.data.num_rows)

    def table_of_rows(self) -> Table:
        types = {column["name"]: column["type"] for column in self.columns}
        names = self.data.column_names[:COLUMNS_SHOWN]
        table = Table([Column("", True), *(Column(name, types[name].startswith(_NUMBERS)) for name in names)])
        table.add("", *(Text(types[name], "mute") for name in names))
        shown = self.data.slice(0, SHOWN_MAX)
        texts = [_texts(shown.column(at)) for at in range(len(names))]
        for row, number in enumerate(self.numbers[:SHOWN_MAX]):
            table.add(Text(f"{number + 1:,}", "mute"), *(_cell(column[row]) for column in texts))
        which = {"first": "the first", "last": "the last", "random": "random rows:"}[self.origin]
        table.say(f"{self.path} on {self.ref}: {which} {len(self):,} of {counted(self.file_rows, 'row')}.")
        if len(self) > SHOWN_MAX:
            table.say(f"{len(self) - SHOWN_MAX:,} of them are not shown; .arrow() has them.", "mute")
        if self.data.num_columns > len(names):
            more = counted(self.data.num_columns - len(names), "more column")
            table.say(f"{more} not shown: --columns chooses some.", "mute")
        return table

    def _told(self, name: str) -> Any:
        return json.loads(self.data.schema.metadata[name.encode()])


def _cell(text: str | None) -> Text:
    return Text(cell(text), "mute" if text is None else "plain")


def _texts(column: pyarrow.ChunkedArray) -> list[str | None]:
    """Values as text, whole and exact, whatever Python itself could hold of them."""
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    show: Callable[[Any], str] | None = None
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        show = _hex
    elif pa.types.is_nested(kind):
        show = _nested
    if show is None:
        return list(column.cast(pa.string()).to_pylist())
    return [show(value) if value.is_valid else None for value in column]


def _hex(value: Any) -> str:
    return f"0x{value.as_py().hex()}"


def _nested(value: Any) -> str:
    return str(value.as_py())
