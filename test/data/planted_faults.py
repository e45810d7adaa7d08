"""A branch of four days of reviews with one of ten faults, or none: for the magics' test, and for the browser's.

``python planted_faults.py FOLDER`` writes what every fault puts onto its branch to ``FOLDER/<fault>/<path>``, and
what is on main before to ``FOLDER/main/<path>``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04")
ROWS_A_DAY = 50

#: Tables, or plain bytes, by path.
Files = dict[str, pa.Table | bytes]


def rows(first: int = 0, number: int = ROWS_A_DAY) -> pa.Table:
    """Rows without a NULL and without one that is there twice."""
    ids = range(first, first + number)
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "title": [f"title {id_}" for id_ in ids],
            "stars": pa.array([id_ % 5 + 1 for id_ in ids], pa.int32()),
            "price": [id_ / 8 for id_ in ids],
        }
    )


def day(at: int) -> pa.Table:
    return rows(at * ROWS_A_DAY)


def part(at: int, name: str = "part-0") -> str:
    return f"reviews/day={DAYS[at]}/{name}.parquet"


def reviews(changed: Callable[[pa.Table], pa.Table], name: str = "part-0") -> Files:
    return {part(at, name): changed(day(at)) for at in range(len(DAYS))}


def with_cell(column: str, value: object) -> pa.Table:
    """The third day with one other cell."""
    table = day(2)
    cells = table[column].to_pylist()
    cells[7] = value
    return table.set_column(table.column_names.index(column), column, pa.array(cells))


def retyped(table: pa.Table) -> pa.Table:
    return table.set_column(2, "stars", table["stars"].cast(pa.string()))


MAIN = reviews(lambda table: table)

#: What each fault puts onto a branch of main.
FAULTS: dict[str, Files] = {
    "append twice": reviews(lambda table: table.sort_by([("title", "descending")]), "part-1"),
    "half the rows lost": reviews(lambda table: table.slice(0, ROWS_A_DAY // 2)),
    "a column retyped": reviews(retyped),
    "one partition twice": {part(1, "part-1"): day(1).sort_by([("id", "descending")])},
    "shuffled rows": reviews(lambda table: table.sort_by([("stars", "descending"), ("id", "ascending")])),
    "one changed cell": {part(2): with_cell("price", 99.0)},
    "an added null": {part(2): with_cell("title", None)},
    "a file replaced": {part(3): rows(1000)},
    "an empty file": {part(3, "part-1"): b""},
    "a file without rows": {part(3, "part-1"): rows(0, 0)},
    "nothing at all": {"notes.txt": b"no data"},
}


def content_of(table: pa.Table | bytes) -> bytes:
    if isinstance(table, bytes):
        return table
    file = BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def write(folder: Path) -> None:
    for branch, files in {"main": MAIN, **FAULTS}.items():
        for path, table in files.items():
            file = folder / branch / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content_of(table))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
