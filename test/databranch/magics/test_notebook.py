"""Notebooks that nobody looks at while they run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

from databranch import node
from databranch.results.rich import ROWS_MIME
from databranch.results.sandbox import SANDBOX_MIME

CELLS = [
    "%load_ext databranch",
    "import databranch; databranch.connect().create_repository('headless'); databranch.use(repository='headless');",
    "from pathlib import Path; Path('people.csv').write_text('id,name\\n1,a\\n2,b\\n')",
    "branch.upload('people.csv', 'people/')",
    "%commit -m 'Two people' --meta source=test",
    "%branch -c test-env main",
    "branch.upload('people.csv', 'people/again.csv')",
    "%diff",
    "%rowcount people/",
    "%rowcount people/ main test-env",
    "%log",
]


@pytest.fixture
def notebook(data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PYTHONPATH", str(Path(node.__file__).parents[1]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    made = new_notebook(cells=[new_code_cell(cell) for cell in CELLS])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def output_of(notebook: Any, cell: str) -> Any:
    """The last output's data of the cell with this source."""
    (found,) = [each for each in notebook.cells if each.source == cell]
    return found.outputs[-1].data


def test_a_notebook_runs_without_a_lab_and_reads_well_everywhere(notebook: Any, tmp_path: Path) -> None:
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()

    assert "people/again.csv" in output_of(notebook, "%diff")["text/plain"]
    compared = output_of(notebook, "%rowcount people/ main test-env")
    assert compared[ROWS_MIME]["kind"] == "comparison"
    (pair,) = compared[ROWS_MIME]["result"]["datasets"]
    assert (pair["verdict"], pair["times"], pair["left_rows"], pair["right_rows"]) == ("repeated", 2, 2, 4)
    assert "repeated ×2" in compared["text/plain"] and pair["message"].rstrip(".") in compared["text/plain"]
    assert output_of(notebook, "%rowcount people/")[ROWS_MIME]["kind"] == "count"

    page, _ = HTMLExporter().from_notebook_node(notebook)
    for said in ("repeated ×2", "Two people", "source=test", "people/again.csv"):
        assert said in page


def test_nbconvert_runs_it_from_the_command_line(notebook: Any, tmp_path: Path) -> None:
    file = tmp_path / "headless.ipynb"
    nbformat.write(notebook, file)
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", str(file)]
    ran = subprocess.run(command, cwd=tmp_path, env={**os.environ}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "Two people" in output_of(nbformat.read(file, as_version=4), "%log")["text/plain"]


def test_an_error_stops_the_notebook_with_one_sentence(notebook: Any, tmp_path: Path) -> None:
    notebook.cells = [new_code_cell("%load_ext databranch"), new_code_cell("%branch nowhere")]
    with pytest.raises(CellExecutionError, match="There is no repository yet"):
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_a_sandbox_cell_runs_without_a_lab_and_its_card_reads_well(
    notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a Jupyter server tells its kernels.
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "headless.ipynb"))
    sandboxed = "%%sandbox\nawait __import__('asyncio').sleep(0)\nbranch.upload('people.csv', 'people/third.csv')"
    cells = [*CELLS[:5], sandboxed, "%sandbox keep third", "%log third"]
    notebook.cells = [new_code_cell(cell) for cell in cells]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()

    (cell,) = [each for each in notebook.cells if each.source == sandboxed]
    # Its value first, the card last; where counting takes its time, the progress of that stands between.
    kinds = [output.output_type for output in cell.outputs]
    assert (kinds[0], set(kinds[1:])) == ("execute_result", {"display_data"})
    card = cell.outputs[-1].data
    assert card[SANDBOX_MIME]["made_from"] == {"notebook": str(tmp_path / "headless.ipynb")}
    assert "main was not touched" in card["text/plain"] and "repeated ×2" in card["text/plain"]
    assert "headless.ipynb" in output_of(notebook, "%log third")["text/plain"]
    page, _ = HTMLExporter().from_notebook_node(notebook)
    for said in ("main was not touched", "repeated ×2", "%sandbox keep NAME"):
        assert said in page
