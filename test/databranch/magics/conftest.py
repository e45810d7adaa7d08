"""A real IPython with the magics, on a repository of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from databranch.connection import Connection
from databranch.repository import Repository

Run = Callable[[str], Any]


@pytest.fixture
def shell(
    service: Connection, repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[InteractiveShell]:
    """IPython, and the environment names the service and the repository."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("DATABRANCH_ENDPOINT", service.endpoint.url)
    monkeypatch.setenv("DATABRANCH_ACCESS_KEY_ID", service.endpoint.access_key_id)
    monkeypatch.setenv("DATABRANCH_SECRET_ACCESS_KEY", service.endpoint.secret_access_key)
    monkeypatch.setenv("DATABRANCH_REPOSITORY", repository.name)
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    yield made
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell: InteractiveShell) -> Run:
    """Runs a cell and gives its value; what a user would see as an error is raised as AssertionError."""
    shell.run_cell("%load_ext databranch")

    def ran(cell: str) -> Any:
        with capture_output() as seen:
            result = shell.run_cell(cell)
        assert result.success, seen.stdout + seen.stderr
        return result.result

    return ran


@pytest.fixture
def refused(run: Run, shell: InteractiveShell) -> Callable[[str], str]:
    """Runs a cell that must fail with one sentence and no traceback, and gives the sentence."""

    def failed(cell: str) -> str:
        with capture_output() as seen:
            result = shell.run_cell(cell)
        assert not result.success, f"{cell} did not fail"
        assert "Traceback" not in seen.stdout + seen.stderr
        kind, _, sentence = seen.stderr.partition(": ")
        assert kind == "UsageError", seen.stderr
        return sentence.strip()

    return failed


@pytest.fixture
def write(run: Run, tmp_path: Path) -> Callable[..., None]:
    """Uploads a small CSV to the current branch."""

    def wrote(path: str, rows: int = 1) -> None:
        file = tmp_path / "rows.csv"
        file.write_text("a,b\n" + "".join(f"{number},x{number}\n" for number in range(rows)))
        run(f"branch.upload({str(file)!r}, {path!r})")

    return wrote
