"""Keeping a service alive from a process that is not asynchronous: a kernel, a script.

A leased service ends a minute after its last lease is gone, and a lease is nothing but an open
``GET /api/v1/databranch/lease``: a process that is killed lets go of it without doing anything.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from .endpoint import Endpoint
from .errors import ServiceUnavailable
from .start import find_or_start

LEASE_PATH = "/api/v1/databranch/lease"
#: What a service answers that runs until it is stopped.
STATUS_NOT_LEASED = 501
#: A lease that broke sooner than this did not really hold: the next try waits, twice as long each time.
STEADY_S = 5.0
PAUSE_MIN_S = 0.5
PAUSE_MAX_S = 30.0
CONNECT_TIMEOUT_S = 10.0


class LeasedService:
    """The service of one data folder, found or started at need and kept alive by a daemon thread.

    Dies the service, the thread finds or starts another: work that goes on without this package, such as a
    Spark job that writes over S3, needs it back too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Guards the endpoint, and wakes who waits for another one.
        self._change = threading.Condition()
        self._endpoint: Endpoint | None = None
        self._keeper: threading.Thread | None = None
        self._closed = threading.Event()
        self._held: socket.socket | None = None

    def endpoint(self, lost: Endpoint | None = None) -> Endpoint:
        """The address of the live service; see :class:`databranch.client.EndpointSource`."""
        with self._change:
            if self._endpoint is None or self._endpoint == lost:
                self._endpoint = None
                self._endpoint = find_or_start(self.folder).endpoint
                self._change.notify_all()
            if self._keeper is None and not self._closed.is_set():
                self._keeper = threading.Thread(target=self._keep, name="databranch-lease", daemon=True)
                self._keeper.start()
            return self._endpoint

    def close(self) -> None:
        """Lets go of the lease. The service ends by itself when nobody else holds one."""
        self._closed.set()
        with self._change:
            self._change.notify_all()
        held = self._held
        if held is not None:
            # Wakes the thread that waits for the service's end.
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
        if self._keeper is not None:
            self._keeper.join(CONNECT_TIMEOUT_S)

    def _keep(self) -> None:
        pause_s = PAUSE_MIN_S
        while not self._closed.is_set():
            began = time.monotonic()
            # Whoever asks next gets an error from endpoint(); a thread has nobody to tell it.
            with suppress(ServiceUnavailable, OSError, http.client.HTTPException):
                endpoint = self.endpoint()
                try:
                    self._hold(endpoint)
                finally:
                    self._let_go_of(endpoint)
            if time.monotonic() - began > STEADY_S:
                pause_s = PAUSE_MIN_S
            self._closed.wait(pause_s)
            pause_s = min(pause_s * 2, PAUSE_MAX_S)

    def _hold(self, endpoint: Endpoint) -> None:
        """Holds a lease until the service ends, or :meth:`close` is called."""
        address = urlsplit(endpoint.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=CONNECT_TIMEOUT_S)
        try:
            connection.connect()
            self._held = connection.sock
            connection.request("GET", LEASE_PATH, headers={"Authorization": endpoint.authorization})
            response = connection.getresponse()
            if response.status == STATUS_NOT_LEASED:
                # Somebody started it by hand: it runs until they stop it, and then a request will notice.
                with self._change:
                    self._change.wait_for(lambda: self._closed.is_set() or self._endpoint != endpoint)
                return
            self._held.settimeout(None)
            # The service sends a heartbeat now and then, and nothing more until its end.
            while response.status == 200 and not self._closed.is_set() and response.read1(4096):
                pass
        finally:
            self._held = None
            connection.close()

    def _let_go_of(self, endpoint: Endpoint) -> None:
        with self._change:
            # A request may have noticed first, and there is another one meanwhile.
            if self._endpoint == endpoint:
                self._endpoint = None
