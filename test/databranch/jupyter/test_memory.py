"""A large object passes through Jupyter without being held there."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from aiohttp import web

#: More than Jupyter's own limit of 512 MiB for a body, and far more than the memory it may take.
OBJECT_BYTES = 2 << 30
PIECE = bytes(1 << 20)
#: What a Jupyter server may take on top, while the object passes: pieces on the way, buffers, garbage.
GROWTH_BYTES_MAX = 100 << 20


class Watched:
    """The memory of a process, looked at while something goes on."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.before = self.peak = self._resident()

    def look(self) -> None:
        self.peak = max(self.peak, self._resident())

    @property
    def growth(self) -> int:
        return self.peak - self.before

    def _resident(self) -> int:
        return int(self._process.memory_info().rss)


@pytest.fixture
def jupyter(recorder: Any, start_jupyter: Any) -> Any:
    """A Jupyter server before the recording server, which takes in everything and keeps nothing."""
    recorder.reads = False
    server = start_jupyter()
    assert server.ask("databranch/api/v1/repositories")[0] == 200
    return server


@pytest.fixture
def browser(jupyter: Any) -> Iterator[http.client.HTTPConnection]:
    """A connection to Jupyter."""
    address = urlsplit(jupyter.base)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=300)
    yield connection
    connection.close()


def test_two_gigabytes_go_up_in_flat_memory(jupyter: Any, browser: http.client.HTTPConnection, recorder: Any) -> None:
    async def take(request: web.Request) -> web.Response:
        taken = 0
        async for piece in request.content.iter_any():
            taken += len(piece)
        return web.json_response({"taken": taken})

    recorder.answer = take
    memory = Watched(jupyter.process.pid)

    def body() -> Iterator[bytes]:
        for number in range(OBJECT_BYTES // len(PIECE)):
            if number % 64 == 0:
                memory.look()
            yield PIECE

    headers = {**jupyter.login, "Content-Length": str(OBJECT_BYTES)}
    browser.request("POST", "/databranch/api/v1/objects?path=large", body(), headers)
    response = browser.getresponse()
    assert (response.status, response.read()) == (200, b'{"taken": %d}' % OBJECT_BYTES)
    memory.look()
    assert memory.growth < GROWTH_BYTES_MAX


def test_two_gigabytes_come_down_in_flat_memory(
    jupyter: Any, browser: http.client.HTTPConnection, recorder: Any
) -> None:
    async def give(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(OBJECT_BYTES)})
        await response.prepare(request)
        for _ in range(OBJECT_BYTES // len(PIECE)):
            await response.write(PIECE)
        return response

    recorder.answer = give
    memory = Watched(jupyter.process.pid)
    browser.request("GET", "/databranch/api/v1/objects?path=large", headers=jupyter.login)
    response = browser.getresponse()
    received = 0
    while piece := response.read(len(PIECE)):
        if received % (64 << 20) == 0:
            memory.look()
        received += len(piece)
    assert received == OBJECT_BYTES
    assert memory.growth < GROWTH_BYTES_MAX
