"""Where the service keeps its data, and what lies there beside the store."""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: Names the data folder; everything that belongs to one installation lies below it.
DATA_VARIABLE = "DATABRANCH_DATA"
DISCOVERY_NAME = "databranch.json"


def data_folder() -> Path:
    """The data folder of this user: ``DATABRANCH_DATA``, else the platform's place for a user's data.

    The folder need not exist yet. The service's own command line follows the same rule, so that a service
    started by hand and one started from a notebook are one and the same.
    """
    given = os.environ.get(DATA_VARIABLE)
    if given:
        return Path(given).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "databranch"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "databranch"
    # The XDG rule: a relative value is invalid and must be ignored.
    xdg = Path(os.environ.get("XDG_DATA_HOME", ""))
    base = xdg if xdg.is_absolute() else Path.home() / ".local" / "share"
    return base / "databranch"


def discovery_file(folder: Path) -> Path:
    """The file in which a running service says where it listens."""
    return folder / DISCOVERY_NAME


def log_file(folder: Path) -> Path:
    """What a service that was started in the background prints; its folder is made when missing."""
    logs = folder / "logs"
    # The folder holds keys and data: nobody else's business, from the first moment on.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    logs.mkdir(mode=0o700, exist_ok=True)
    return logs / "service.log"
