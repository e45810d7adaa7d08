"""Finding the service that runs on a data folder.

A running service writes ``databranch.json`` into its folder (mode 0600, by rename). The file outlives a
service that was killed, so what it says is only believed when that process is ours and answers.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .endpoint import Endpoint
from .folder import discovery_file

#: A loopback service answers in a millisecond; one that is busy is still alive after this many seconds.
HEALTH_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class Discovery:
    """What the discovery file says; field by field as the service writes it."""

    endpoint: Endpoint
    pid: int
    #: Counts the starts of a service on this folder: tells a restarted service from the one before it.
    start: int
    version: str


def read_discovery(folder: Path) -> Discovery | None:
    """The last service that started on this folder, or None. It need not be alive."""
    try:
        told = json.loads(discovery_file(folder).read_text("utf-8"))
        return Discovery(
            Endpoint(told["url"].rstrip("/"), told["access_key_id"], told["secret_access_key"]),
            int(told["pid"]),
            int(told["start"]),
            str(told["version"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Absent, unreadable or not ours: all of them mean that nobody is to be found here.
        return None


def find_live(folder: Path) -> Discovery | None:
    """The service that runs on this folder now, or None. Takes at most a few seconds."""
    found = read_discovery(folder)
    if found is None or not is_our_process(found.pid) or not answers(found.endpoint):
        return None
    return found


def is_our_process(pid: int) -> bool:
    """Whether a process of this user has that id.

    Not only alive but *ours*: after a crash the port may belong to a stranger's process, which must never
    be sent our key.
    """
    if sys.platform == "win32":
        # os.kill(pid, 0) ends a process there; on Windows the health check alone has to do.
        return True
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False
    return True


def answers(endpoint: Endpoint) -> bool:
    """Whether a service of ours answers ``/_health`` at this address; needs and sends no key."""
    address = urlsplit(endpoint.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=HEALTH_TIMEOUT_S)
    try:
        connection.request("GET", "/_health")
        response = connection.getresponse()
        return response.status == 200 and json.loads(response.read(4096)).get("status") == "ok"
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        return False
    finally:
        connection.close()
