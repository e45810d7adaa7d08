"""Runs the notebooks of ``examples/`` from their first cell to their last, as somebody does who has just begun."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from databranch.discovery import read_discovery

EXAMPLES = Path(__file__).parents[2] / "examples"
#: Some 40 seconds on two free cores for the longest.
PATIENCE_S = 600

#: Cells by their ids.
Cells = dict[str, Any]
Text = Callable[[Any], str]


@dataclass(frozen=True)
class Newcomer:
    """Someone with a folder of their own, in which one notebook is run after the other."""

    folder: Path

    def runs(self, name: str) -> Cells:
        """The cells of a notebook after ``jupyter nbconvert --execute`` in a fresh kernel."""
        command = ["nbconvert", "--to", "notebook", "--execute", "--output-dir", str(self.folder)]
        self._run(*command, str(EXAMPLES / name))
        return read(self.folder / name)

    def papermill(self, name: str, **parameters: str) -> Cells:
        """The same by Papermill, with parameters."""
        pytest.importorskip("papermill", reason="Papermill is not installed: pip install papermill")
        given = [word for key, value in parameters.items() for word in ("-p", key, value)]
        self._run("papermill", str(EXAMPLES / name), str(self.folder / name), *given)
        return read(self.folder / name)

    def _run(self, module: str, *arguments: str) -> None:
        # Other tests of this process leave addresses of services that are gone.
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("DATABRANCH_", "LAKECTL_"))}
        ran = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder,
            env={**clean, "DATABRANCH_DATA": str(self.folder / "data"), "DATABRANCH_QUICKSTART": "1"},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        assert ran.returncode == 0, ran.stderr


def read(notebook: Path) -> Cells:
    """What lies in a notebook's file."""
    return {cell.id: cell for cell in nbformat.read(notebook, as_version=4).cells}


@pytest.fixture(scope="session")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    """A folder with a data folder in it; the service that is started there is ended."""
    folder = tmp_path_factory.mktemp("examples")
    yield Newcomer(folder)
    found = read_discovery(folder / "data")
    if found is not None:
        os.kill(found.pid, signal.SIGTERM)


@pytest.fixture(scope="session")
def text_of() -> Text:
    """What a cell shows, as plain text."""

    def text(cell: Any) -> str:
        shown = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
        return "".join(shown)

    return text


@pytest.fixture(scope="session")
def complaints_in() -> Callable[[Cells], list[str]]:
    """What the cells of a notebook wrote to standard error, line by line."""

    def complaints(cells: Cells) -> list[str]:
        return [
            line
            for cell in cells.values()
            for output in cell.get("outputs", [])
            if output.get("name") == "stderr"
            for line in output.text.splitlines()
            # Java itself says this one, and cannot be told not to.
            if "Using incubator modules" not in line
        ]

    return complaints
