"""The tutorial, run from its first cell to its last as ``jupyter nbconvert --execute`` runs it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Cells = dict[str, Any]
Text = Callable[[Any], str]


@pytest.fixture(scope="module")
def cells(newcomer: Any) -> Cells:
    pytest.importorskip("pyspark", reason="PySpark is not installed; npm run spark adds it")
    done: Cells = newcomer.runs("tutorial.ipynb")
    return done


def test_the_rows_of_the_branch_are_there_twice_and_main_is_as_it_was(cells: Cells, text_of: Text) -> None:
    text = text_of(cells["count-append"])
    assert re.search(r"486,000\s+972,000", text)
    assert "repeated ×2" in text
    assert "every row of main is here twice" in text
    assert "equal" in text_of(cells["count-overwrite"])


def test_the_diff_names_what_was_written_and_what_was_replaced(cells: Cells, text_of: Text) -> None:
    text = text_of(cells["diff"])
    assert len(re.findall(r"^A  reviews/\S+\.parquet", text, re.MULTILINE)) == 2
    assert len(re.findall(r"^D  reviews/part-\d+\.parquet", text, re.MULTILINE)) == 8
    assert "10 objects uncommitted" in text


def test_the_summary_is_committed_merged_and_in_the_log(cells: Cells, text_of: Text) -> None:
    assert "stars_by_category/" in text_of(cells["count-summary"])
    assert "Committed" in text_of(cells["commit"])
    assert "Merged test-env into main" in text_of(cells["merge"])
    assert "Stars by product category" in text_of(cells["log"])
    assert "Deleted branch test-env" in text_of(cells["delete-branch"])


def test_the_sandbox_tells_what_its_cell_did_and_is_thrown_away(cells: Cells, text_of: Text) -> None:
    text = text_of(cells["sandbox"])
    assert re.search(r"486,000\s+487,000", text)
    assert "main was not touched" in text
    assert "Discarded sandbox-" in text_of(cells["sandbox-discard"])


def test_spark_doubles_the_csv_and_the_sentence_names_its_header(cells: Cells, text_of: Text) -> None:
    text = text_of(cells["spark-count-append"])
    assert "repeated ×2" in text
    assert "lakefs_test.csv" in text
    assert "header" in text


def test_no_cell_says_more_than_it_should(cells: Cells, complaints_in: Callable[[Cells], list[str]]) -> None:
    assert complaints_in(cells) == []


def test_it_can_be_run_again(cells: Cells, newcomer: Any, text_of: Text) -> None:
    again = newcomer.runs("tutorial.ipynb")
    assert "Merged test-env into main" in text_of(again["merge"])
    assert "repeated ×2" in text_of(again["spark-count-append"])
