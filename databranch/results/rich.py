"""What JupyterLab draws with Databranch's own renderer; see ``src/lab/rows/payload.ts`` for the other side."""

from __future__ import annotations

from typing import Any

from .shown import SHOWN_MAX

#: What tells of rows, of any kind.
ROWS_MIME = "application/vnd.databranch.rows+json"


def rich(
    kind: str,
    repository: str,
    result: dict[str, Any],
    *lists: str,
    **beside: Any,
) -> dict[str, Any]:
    """The service's answer by its MIME type, with no more of ``lists`` than is shown: it stays in the notebook.

    ``left_out`` says of each list how many entries are missing, and is absent where none are.

    :param beside: what else the payload says.
    """
    shown = {name: result[name][:SHOWN_MAX] for name in lists}
    left_out = {name: len(result[name]) - SHOWN_MAX for name in lists if len(result[name]) > SHOWN_MAX}
    payload = {
        "kind": kind,
        "repository": repository,
        "result": {**result, **shown},
        **beside,
    }
    return {ROWS_MIME: {**payload, "left_out": left_out} if left_out else payload}


def without_columns(result: dict[str, Any]) -> dict[str, Any]:
    """The answer without its data sets' columns, of which there may be thousands: they are not shown."""
    return {**result, "datasets": [{**found, "columns": []} for found in result["datasets"]]}
