"""Finding the service of a data folder, or starting it.

Several Jupyter servers and kernels may do so at the same instant. Nothing here decides who wins: every one
starts a service, the folder's lock lets one of them live, the others exit with
:data:`EXIT_FOLDER_IN_USE`, and everybody attaches to the one that lives.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

from .discovery import Discovery, find_live
from .errors import ServiceUnavailable
from .folder import log_file
from .node import service_command

#: Set to anything but '' and '0': a new data folder gets the repository ``quickstart`` with sample data.
QUICKSTART_VARIABLE = "DATABRANCH_QUICKSTART"
#: The exit status of a service that found its folder held by another (EX_TEMPFAIL of sysexits.h).
EXIT_FOLDER_IN_USE = 75
#: A service is up within half a second; making the sample data, on a slow disk, takes it longer.
START_TIMEOUT_S = 90.0
POLL_S = 0.04
#: How long to watch the winner before trying again: the one that held the folder may have been on its way out.
WINNER_TIMEOUT_S = 1.0

# What ``start_new_session`` is on Windows; other platforms have no such flags.
_DETACHED = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)

# Children of this process. They outlive it; until then they are reaped here when they end, because a zombie
# still counts as a living process.
_children: list[subprocess.Popen[bytes]] = []


def find_or_start(folder: Path, timeout_s: float = START_TIMEOUT_S) -> Discovery:
    """The live service of a data folder; starts one when there is none.

    Blocks until it answers: a millisecond when it runs already, else about half a second.

    :raises ServiceUnavailable: when it cannot be started, with the reason that it gave.
    """
    _reap()
    found = find_live(folder)
    if found is not None:
        return found
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = _start(folder, deadline)
        if found is not None:
            return found
    raise ServiceUnavailable(
        f"The data folder {folder} is held by a service that does not answer. "
        f"Look into {log_file(folder)}, or choose another folder with DATABRANCH_DATA."
    )


def _start(folder: Path, deadline: float) -> Discovery | None:
    """Starts a service and waits for it, or for the one that was faster; None when neither came to live."""
    try:
        log = log_file(folder)
        printed_before = log.stat().st_size if log.exists() else 0
        child = _spawn(folder, log)
    except OSError as error:
        raise ServiceUnavailable(f"The service cannot be started on {folder}: {error}.") from error
    while time.monotonic() < deadline:
        found = find_live(folder)
        if found is not None:
            return found
        status = child.poll()
        if status == EXIT_FOLDER_IN_USE:
            return _wait_for_winner(folder)
        if status is not None:
            # It may have ended because its work was done by another, between the look above and now.
            found = find_live(folder)
            if found is None:
                raise ServiceUnavailable(
                    _last_words(log, printed_before) or f"It ended with status {status}; see {log}."
                )
            return found
        time.sleep(POLL_S)
    raise ServiceUnavailable(f"The service was started but does not answer; see {log}.")


def _wait_for_winner(folder: Path) -> Discovery | None:
    until = time.monotonic() + WINNER_TIMEOUT_S
    while time.monotonic() < until:
        found = find_live(folder)
        if found is not None:
            return found
        time.sleep(POLL_S)
    return None


def _spawn(folder: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [*service_command(), "serve", "--leased", "--data", str(folder), "--listen", "127.0.0.1:0"]
    if os.environ.get(QUICKSTART_VARIABLE, "0") not in ("", "0"):
        command.append("--quickstart")
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Not where the notebook lies: that folder may be deleted or unmounted before the service ends.
            cwd=folder,
            # A session of its own: neither the kernel's interrupt nor a closed terminal reaches the service.
            start_new_session=True,
            creationflags=_DETACHED,
        )
    _children.append(child)
    return child


def _reap() -> None:
    _children[:] = [child for child in _children if child.poll() is None]


def _last_words(log: Path, offset: int) -> str:
    """What the service printed last: a sentence, or the message of a structured log line."""
    with log.open("rb") as printed:
        printed.seek(offset)
        lines = printed.read().decode("utf-8", "replace").strip().splitlines()
    if not lines:
        return ""
    try:
        line = json.loads(lines[-1])
        return str(line.get("msg", lines[-1]))
    except (ValueError, AttributeError):
        return lines[-1].removeprefix("databranch: ")
