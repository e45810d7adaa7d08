"""The service as the Jupyter server sees it: found or started in the background, kept alive by a lease."""

from __future__ import annotations

import asyncio
import time
from logging import Logger
from pathlib import Path

import aiohttp

from ..endpoint import Endpoint, endpoint_from_environment
from ..errors import ServiceUnavailable
from ..folder import data_folder
from ..lease import LEASE_PATH, PAUSE_MAX_S, PAUSE_MIN_S, STATUS_NOT_LEASED, STEADY_S
from ..start import find_or_start

#: How long a browser's request waits for a service that is on its way; making sample data takes a while.
WAIT_S = 30.0
#: After a start that failed: a panel that polls must not start one at every poll.
RETRY_S = 3.0
#: Bytes that are read ahead of the browser; also the size of a piece of a download.
READ_AHEAD = 1 << 18


class Upstream:
    """One per Jupyter server."""

    def __init__(self, log: Logger, folder: Path | None = None) -> None:
        self.log = log
        self._folder = folder
        self._session: aiohttp.ClientSession | None = None
        self._endpoint: Endpoint | None = None
        self._starting: asyncio.Task[Endpoint] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._failed_at = -RETRY_S
        self._failure: ServiceUnavailable | None = None
        self._moved = asyncio.Event()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections to the service. Nothing here limits how many, how long or how large."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
                # What the service compressed is for the browser, not for us.
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                read_bufsize=READ_AHEAD,
            )
        return self._session

    def begin(self) -> None:
        """Starts looking for the service; returns at once. Needs a running event loop."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())

    async def endpoint(self, lost: Endpoint | None = None) -> Endpoint:
        """The address of the live service, waiting for one that is being started.

        :param lost: an address that was given before and did not answer.
        :raises ServiceUnavailable: when it cannot be started, or is not up after :data:`WAIT_S`.
        """
        self.begin()
        if self._endpoint is not None and self._endpoint != lost:
            return self._endpoint
        self._endpoint = None
        try:
            # Shielded: whoever stops waiting does not stop the start, for which others wait too.
            return await asyncio.wait_for(asyncio.shield(self._start()), WAIT_S)
        except asyncio.TimeoutError:
            raise ServiceUnavailable("The data service is still starting. Try again in a moment.") from None

    async def close(self) -> None:
        """Lets go of the lease and all connections."""
        tasks = [task for task in (self._keeper, self._starting) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _start(self) -> asyncio.Task[Endpoint]:
        """The one start that goes on at a time."""
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._find_or_start())
            # Its error is told to those who wait for it, and there may be none left.
            self._starting.add_done_callback(lambda start: start.cancelled() or start.exception())
        return self._starting

    async def _find_or_start(self) -> Endpoint:
        if self._failure is not None and time.monotonic() - self._failed_at < RETRY_S:
            raise self._failure
        try:
            found = endpoint_from_environment()
            if found is None:
                # In a thread: it reads files, starts a process and waits for it.
                live = await asyncio.to_thread(find_or_start, self._folder or data_folder())
                found = live.endpoint
        except ServiceUnavailable as error:
            self._failure, self._failed_at = error, time.monotonic()
            self.log.error("Databranch: %s", error)
            raise
        self._failure = None
        if found != self._endpoint:
            self.log.info("Databranch: the data service is at %s", found.url)
        self._endpoint = found
        self._moved.set()
        return found

    async def _keep(self) -> None:
        """Holds a lease as long as the Jupyter server runs, on whichever service lives."""
        pause_s = PAUSE_MIN_S
        while True:
            began = time.monotonic()
            try:
                endpoint = await self.endpoint()
                if endpoint == endpoint_from_environment():
                    return  # Elsewhere: not ours to keep.
                await self._hold(endpoint)
            except (ServiceUnavailable, aiohttp.ClientError, OSError) as error:
                self.log.debug("Databranch: lease: %s", error)
            if time.monotonic() - began > STEADY_S:
                pause_s = PAUSE_MIN_S
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, PAUSE_MAX_S)

    async def _hold(self, endpoint: Endpoint) -> None:
        """Holds a lease until the service ends."""
        try:
            authorization = {"Authorization": endpoint.authorization}
            async with self.session.get(f"{endpoint.url}{LEASE_PATH}", headers=authorization) as lease:
                async for _ in lease.content.iter_any():
                    pass
            # Started by hand: it runs until it is stopped, and then a request will notice.
            while lease.status == STATUS_NOT_LEASED and self._endpoint == endpoint:
                self._moved.clear()
                await self._moved.wait()
        finally:
            if self._endpoint == endpoint:
                self._endpoint = None
