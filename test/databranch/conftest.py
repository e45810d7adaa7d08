"""A real service for the tests that need one, and a server that writes down what it is asked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from aiohttp import web

from databranch import current, node
from databranch.connection import Connection
from databranch.discovery import read_discovery
from databranch.endpoint import Endpoint
from databranch.lease import LeasedService
from databranch.repository import Repository

#: A test that waits for a condition gives up after this many seconds.
PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test sees, or starts anything on, the user's own data."""
    for name in list(os.environ):
        if name.startswith(("DATABRANCH_", "LAKECTL_")) and not name.startswith("DATABRANCH_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DATABRANCH_DATA", str(tmp_path / "databranch"))
    yield
    current.forget()
    stop_service(tmp_path / "databranch")
    for name in [name for name in os.environ if name.startswith("LAKECTL_")]:
        del os.environ[name]


def stop_service(folder: Path) -> None:
    """Ends the service of a folder, if one runs, and waits until it is gone."""
    found = read_discovery(folder)
    if found is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        process = psutil.Process(found.pid)
        os.kill(found.pid, signal.SIGTERM)
        process.wait(PATIENCE_S)


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Returns as soon as a condition holds; fails when it does not come true."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


@pytest.fixture
def until() -> Callable[[Callable[[], object], str], None]:
    """:func:`wait_until`, for test modules."""
    return wait_until


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The built service; skips, aloud, where it was not built."""
    if not node.BUNDLE.is_file():
        pytest.skip("the service is not built: npm run build")
    return node.BUNDLE


@pytest.fixture
def data_folder(bundle: Path, tmp_path: Path) -> Path:
    """An empty data folder that the environment names; a service on it is ended after the test."""
    return tmp_path / "databranch"


@pytest.fixture(scope="session")
def service(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A running service for all tests that only need one."""
    folder = tmp_path_factory.mktemp("service")
    connection = Connection(LeasedService(folder))
    yield connection
    connection.close()
    stop_service(folder)


@pytest.fixture
def repository(service: Connection) -> Repository:
    """An empty repository of the test's own."""
    return service.create_repository(f"test-{uuid4().hex[:12]}")


@dataclass
class Recorded:
    """A request as it arrived."""

    method: str
    # Raw, percent-encoding and all.
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Recorder:
    """A service elsewhere: answers what the test wants and keeps what it is asked."""

    endpoint: Endpoint
    requests: list[Recorded] = field(default_factory=list)
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    #: Whether the body is read before ``answer`` is called.
    reads: bool = True

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read() if self.reads else b""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Recorded(request.method, request.raw_path, headers, body))
        if self.answer is not None:
            return await self.answer(request)
        return web.json_response({"message": "recorded"})


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Runs in a thread with a loop of its own, and the environment names it as the service."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> tuple[web.AppRunner, Recorder]:
        recording = Recorder(Endpoint("", "AKIDTEST", "secret-of-the-service"))
        app = web.Application(client_max_size=1 << 40)
        app.router.add_route("*", "/{tail:.*}", recording.handle)
        runner = web.AppRunner(app, auto_decompress=False, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        recording.endpoint = Endpoint(f"http://127.0.0.1:{port}", "AKIDTEST", "secret-of-the-service")
        return runner, recording

    runner, recording = asyncio.run_coroutine_threadsafe(begin(), loop).result(PATIENCE_S)
    monkeypatch.setenv("DATABRANCH_ENDPOINT", recording.endpoint.url)
    monkeypatch.setenv("DATABRANCH_ACCESS_KEY_ID", recording.endpoint.access_key_id)
    monkeypatch.setenv("DATABRANCH_SECRET_ACCESS_KEY", recording.endpoint.secret_access_key)
    yield recording
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(PATIENCE_S)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(PATIENCE_S)
    loop.close()
