"""``%preview`` in a real IPython against the real service."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Run = Callable[[str], Any]
Refused = Callable[[str], str]

ROWS = 300


@pytest.fixture
def values(run: Run, tmp_path: Path) -> pa.Table:
    """A file on the current branch, not committed, and what is in it."""
    table = pa.table(
        {
            "id": pa.array([9007199254740993 + row for row in range(ROWS)], pa.int64()),
            "name": pa.array(["Ada", "", None] * 100),
            "price": pa.array([Decimal("-0.05"), None, Decimal("12.10")] * 100, pa.decimal128(38, 2)),
            "at": pa.array([dt.datetime(2024, 3, 31, 1, 30, 0, 123456), None, None] * 100, pa.timestamp("us", "UTC")),
            "bytes": pa.array([b"\x00\xff", None, b""] * 100),
            "tags": pa.array([["new"], [], None] * 100),
        }
    )
    file = tmp_path / "values.parquet"
    pq.write_table(table, file)
    run(f"branch.upload({str(file)!r}, 'values.parquet')")
    return table


def test_the_first_rows_are_shown_with_types(run: Run, values: pa.Table) -> None:
    rows = run("%preview values.parquet -n 3")
    assert [line.split() for line in str(rows).splitlines()[:4]] == [
        ["id", "name", "price", "at", "bytes", "tags"],
        ["int64", "string", "decimal(38,", "2)", "timestamp[us,", "utc]", "binary", "list<string>"],
        ["1", "9007199254740993", "Ada", "-0.05", "2024-03-31", "01:30:00.123456Z", "0x00ff", "['new']"],
        ["2", "9007199254740994", "NULL", "NULL", "NULL", "[]"],
    ]
    assert str(rows).splitlines()[-2:] == [
        "values.parquet on main: the first 3 of 300 rows.",
        "1 uncommitted change on main, whoever made it, is shown here.",
    ]
    assert "<table" in rows._repr_mimebundle_()["text/html"]


def test_the_last_and_random_ones(run: Run, values: pa.Table) -> None:
    last = run("%preview values.parquet --last")
    assert (len(last), last.numbers, last.file_rows) == (10, list(range(290, 300)), 300)
    assert last.arrow().equals(values.slice(290))
    some = run("%preview values.parquet --random -n 200")
    assert some.arrow().equals(values.take(some.numbers))
    assert "100 of them are not shown" in str(some)


def test_some_columns_and_another_ref(run: Run, refused: Refused, values: pa.Table) -> None:
    run("%commit -m values")
    run("%branch -c other")
    assert run("%preview values.parquet main --columns at,id -n 1").arrow().column_names == ["at", "id"]
    assert "There is no column" in refused("%preview values.parquet --columns nr")
    assert "There is nothing at" in refused("%preview nothing.parquet")


def test_rows_become_a_data_frame(run: Run, values: pa.Table) -> None:
    pytest.importorskip("pandas")
    frame = run("%preview values.parquet -n 2").to_pandas()
    assert frame["id"].tolist() == [9007199254740993, 9007199254740994]


def test_text_is_shown_as_text(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('id,name\n1,"a, b"\n2,\n')
    run(f"branch.upload({str(file)!r}, 'a.csv')")
    assert run("%preview a.csv").arrow().to_pylist() == [{"id": "1", "name": "a, b"}, {"id": "2", "name": ""}]


def test_what_is_missing_is_named(
    run: Run, refused: Refused, values: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = run("%preview values.parquet")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(Exception, match="%pip install pandas"):
        rows.to_pandas()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "%pip install pyarrow" in refused("%preview values.parquet")
