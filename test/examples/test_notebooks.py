"""The short notebooks beside the tutorial. Each leaves ``main`` so that it, and every other, can be run again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Cells = dict[str, Any]
Text = Callable[[Any], str]
Complaints = Callable[[Cells], list[str]]


def test_five_minutes(newcomer: Any, text_of: Text, complaints_in: Complaints) -> None:
    cells = newcomer.runs("five-minutes.ipynb")
    counted = text_of(cells["count"])
    assert re.search(r"486,000\s+546,749", counted), counted
    assert "60,746 of 546,749 rows are copies of others, none of them on main" in text_of(cells["duplicates"])
    assert "3 rows changed, 1 removed since main" in text_of(cells["rowdiff"])
    assert "485,999" in text_of(cells["guard"])
    assert "Merged five-minutes into main" in text_of(cells["merge"])
    assert re.search(r"486,000\s+485,999", text_of(cells["count-main"]))
    assert complaints_in(cells) == []


def test_pandas_and_duckdb(newcomer: Any, text_of: Text, complaints_in: Complaints) -> None:
    pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install duckdb")
    cells = newcomer.runs("pandas-duckdb.ipynb")
    assert "12,408 rows changed since main" in text_of(cells["pandas-rowdiff"])
    assert "product_category" in text_of(cells["duckdb"])
    counted = text_of(cells["count"])
    assert re.search(r"products/.*changed", counted), counted
    assert re.search(r"reviews/.*equal", counted), counted
    assert re.search(r"stars/.*added", counted), counted
    assert "Committed" in text_of(cells["commit"])
    assert complaints_in(cells) == []


def test_spark(newcomer: Any, text_of: Text, complaints_in: Complaints) -> None:
    pytest.importorskip("pyspark", reason="PySpark is not installed; npm run spark adds it")
    cells = newcomer.runs("spark.ipynb")
    counted = text_of(cells["count"])
    assert re.search(r"reviews/\s+486,000\s+486,000.*equal", counted), counted
    assert "every row of spark-try is here twice" in text_of(cells["sandbox"])
    assert "spark-try was not touched" in text_of(cells["sandbox"])
    assert "Discarded sandbox-" in text_of(cells["discard"])
    assert "Travel" in text_of(cells["sql"])
    assert complaints_in(cells) == []


def test_headless_by_papermill_merges_each_month_once(newcomer: Any, text_of: Text, complaints_in: Complaints) -> None:
    first = newcomer.papermill("headless.ipynb", month="2014-03")
    assert re.search(r"daily/.*added", text_of(first["count"])), text_of(first["count"])
    assert "Merge 'job-2014-03' into 'main'" in text_of(first["merge"])
    assert complaints_in(first) == []
    again = newcomer.papermill("headless.ipynb", month="2014-03")
    assert text_of(again["merge"]).strip() == "Nothing new."


def test_headless_without_parameters(newcomer: Any, text_of: Text) -> None:
    cells = newcomer.runs("headless.ipynb")
    assert "Merge 'job-2014-01' into 'main'" in text_of(cells["merge"])


def test_headless_fails_when_the_rows_are_not_as_they_should_be(newcomer: Any) -> None:
    with pytest.raises(AssertionError, match="more than 3 rows"):
        newcomer.papermill("headless.ipynb", month="2014-02", rows_max="3")
