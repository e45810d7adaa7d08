"""Which notebook and which cell a commit is made from, for the commit's metadata."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

#: Jupyter servers tell kernels the notebook's path in it.
NOTEBOOK_VARIABLE = "JPY_SESSION_NAME"
NOTEBOOK = "notebook"
CELL = "cell"


def provenance(shell: Any) -> dict[str, str]:
    """``notebook`` and ``cell``, as far as the front end tells them; nothing in a terminal."""
    found = {}
    if notebook := os.environ.get(NOTEBOOK_VARIABLE):
        found[NOTEBOOK] = _shown(Path(notebook))
    if cell := _cell_id(shell):
        found[CELL] = cell
    return found


def _cell_id(shell: Any) -> str | None:
    """The id that JupyterLab and Notebook send with each cell."""
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)() or {}
    cell = parent.get("metadata", {}).get("cellId")
    return str(cell) if cell else None


def _shown(notebook: Path) -> str:
    """Without the user's home folder: commits are read by others."""
    try:
        return notebook.relative_to(Path.home()).as_posix()
    except ValueError:
        return notebook.as_posix()
