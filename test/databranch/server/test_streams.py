"""Bodies and answers that are still on their way, over bare connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

Begin = Callable[..., Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
#: For what happens at once, or never.
PATIENCE_S = 60


@pytest.fixture
def begin(http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str]) -> Begin:
    """Sends the head of a request, as somebody who is logged in, and gives the connection."""

    async def begun(method: str, path: str, *headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = http_server_client.get_url("/").split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = [f"{method} {jp_base_url}databranch/api/v1/{path} HTTP/1.1", f"Host: {host}"]
        head += [f"Authorization: {jp_auth_header['Authorization']}", *headers, "", ""]
        writer.write("\r\n".join(head).encode())
        return reader, writer

    return begun


@asynccontextmanager
async def soon(event: asyncio.Event) -> AsyncIterator[None]:
    """Does something, after which an event must come about."""
    yield
    await asyncio.wait_for(event.wait(), PATIENCE_S)


async def test_a_browser_that_leaves_ends_the_work(begin: Begin, recorder: Any) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def work(_: web.Request) -> web.StreamResponse:
        loop.call_soon_threadsafe(begun.set)
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            loop.call_soon_threadsafe(cancelled.set)
            raise
        return web.Response()

    recorder.answer = work
    async with soon(begun):
        _, writer = await begin("GET", "slow")
    async with soon(cancelled):
        writer.close()


async def test_an_upload_that_is_broken_off_does_not_arrive_as_a_whole_one(begin: Begin, recorder: Any) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    whole: list[bool] = []

    async def receive(request: web.Request) -> web.Response:
        loop.call_soon_threadsafe(begun.set)
        try:
            while await request.content.readany():
                pass
            whole.append(True)
        except BaseException:
            whole.append(False)
            raise
        finally:
            loop.call_soon_threadsafe(ended.set)
        return web.Response()

    recorder.answer, recorder.reads = receive, False
    async with soon(begun):
        _, writer = await begin("POST", "objects?path=x", "Transfer-Encoding: chunked")
        writer.write(b"5\r\nhello\r\n")
    async with soon(ended):
        writer.close()
    assert whole == [False]


async def test_events_are_not_held_back(begin: Begin, recorder: Any) -> None:
    arrived: list[Callable[[], None]] = []

    async def stream(request: web.Request) -> web.StreamResponse:
        more, loop = asyncio.Event(), asyncio.get_running_loop()
        arrived.append(lambda: loop.call_soon_threadsafe(more.set))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"event: progress\ndata: 1\n\n")
        await more.wait()
        await response.write(b"event: result\ndata: 2\n\n")
        return response

    recorder.answer = stream
    reader, writer = await begin("GET", "rows", "Accept: text/event-stream", "Accept-Encoding: gzip")
    received = await asyncio.wait_for(reader.readuntil(b"data: 1\n\n"), PATIENCE_S)
    assert b"X-Accel-Buffering: no" in received
    # Only now that the first has arrived is the second one sent.
    arrived[0]()
    await asyncio.wait_for(reader.readuntil(b"data: 2\n\n"), PATIENCE_S)
    writer.close()


async def test_a_refusal_that_comes_before_the_body_was_read_reaches_the_browser(ask: Any, recorder: Any) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "There is an object already."}, status=412)

    recorder.answer, recorder.reads = refuse, False
    response = await ask("api/v1/objects?path=x", "POST", body=b"x" * 20_000_000)
    assert response.code == 412
