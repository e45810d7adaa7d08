"""The tutorial, run from its first cell to its last as ``jupyter nbconvert --execute`` runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from databranch.discovery import read_discovery

TUTORIAL = Path(__file__).parents[2] / "examples" / "tutorial.ipynb"
#: Some 40 seconds on two free cores.
PATIENCE_S = 600


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place to run in, with a data folder; the service that is started there is ended."""
    made = tmp_path_factory.mktemp("tutorial")
    yield made
    found = read_discovery(made / "data")
    if found is not None:
        os.kill(found.pid, signal.SIGTERM)


def executed(folder: Path, *options: str) -> dict[str, Any]:
    """The cells of the tutorial by their ids, after a run in a fresh kernel."""
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", str(folder)]
    # As a newcomer has it: other tests of this process leave addresses of services that are gone.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DATABRANCH_", "LAKECTL_"))}
    environment = {**clean, "DATABRANCH_DATA": str(folder / "data"), "DATABRANCH_QUICKSTART": "1"}
    run = subprocess.run(
        [*command, *options, str(TUTORIAL)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert run.returncode == 0, run.stderr
    notebook = nbformat.read(folder / TUTORIAL.name, as_version=4)
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module")
def cells(folder: Path) -> dict[str, Any]:
    pytest.importorskip("pyspark", reason="PySpark is not installed; npm run spark adds it")
    return executed(folder)


def text_of(cell: Any) -> str:
    """What a cell shows, as plain text."""
    shown = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return "".join(shown)


def test_the_rows_of_the_branch_are_there_twice_and_main_is_as_it_was(cells: dict[str, Any]) -> None:
    text = text_of(cells["count-append"])
    assert re.search(r"486,000\s+972,000", text)
    assert "repeated ×2" in text
    assert "every row of main is here twice" in text
    assert "equal" in text_of(cells["count-overwrite"])


def test_the_diff_names_what_was_written_and_what_was_replaced(cells: dict[str, Any]) -> None:
    text = text_of(cells["diff"])
    assert len(re.findall(r"^A  reviews/\S+\.parquet", text, re.MULTILINE)) == 2
    assert len(re.findall(r"^D  reviews/part-\d+\.parquet", text, re.MULTILINE)) == 8
    assert "10 objects uncommitted" in text


def test_the_summary_is_committed_merged_and_in_the_log(cells: dict[str, Any]) -> None:
    assert "stars_by_category/" in text_of(cells["count-summary"])
    assert "Committed" in text_of(cells["commit"])
    assert "Merged test-env into main" in text_of(cells["merge"])
    assert "Stars by product category" in text_of(cells["log"])
    assert "Deleted branch test-env" in text_of(cells["delete-branch"])


def test_the_sandbox_tells_what_its_cell_did_and_is_thrown_away(cells: dict[str, Any]) -> None:
    text = text_of(cells["sandbox"])
    assert re.search(r"486,000\s+487,000", text)
    assert "main was not touched" in text
    assert "Discarded sandbox-" in text_of(cells["sandbox-discard"])


def test_spark_doubles_the_csv_and_the_sentence_names_its_header(cells: dict[str, Any]) -> None:
    text = text_of(cells["spark-count-append"])
    assert "repeated ×2" in text
    assert "lakefs_test.csv" in text
    assert "header" in text


def test_no_cell_says_more_than_it_should(cells: dict[str, Any]) -> None:
    lines = [
        line
        for cell in cells.values()
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
        for line in output.text.splitlines()
    ]
    # Java itself says this one, and cannot be told not to.
    assert [line for line in lines if "Using incubator modules" not in line] == []


def test_it_can_be_run_again(cells: dict[str, Any], folder: Path) -> None:
    again = executed(folder)
    assert "Merged test-env into main" in text_of(again["merge"])
    assert "repeated ×2" in text_of(again["spark-count-append"])
