"""How paths of data sets are shown."""

from __future__ import annotations


def shown_path(path: str) -> str:
    """The root of a ref is shown as ``/``."""
    return path or "/"
