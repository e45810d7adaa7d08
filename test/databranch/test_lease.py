from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiohttp import web

from databranch import lease
from databranch.discovery import Discovery, find_live
from databranch.lease import LeasedService
from databranch.node import service_command

#: How long a service goes on without a lease: long enough to take one on a machine that does much else.
GRACE_S = 6


@pytest.fixture
def leased(data_folder: Path) -> Iterator[LeasedService]:
    service = LeasedService(data_folder)
    yield service
    service.close()


@pytest.fixture
def recorded(recorder: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LeasedService]:
    """A holder of leases on the recording server."""
    monkeypatch.setattr(lease, "find_or_start", lambda folder: Discovery(recorder.endpoint, os.getpid(), 1, "1"))
    monkeypatch.setattr(lease, "PAUSE_MIN_S", 0.01)
    service = LeasedService(tmp_path)
    yield service
    service.close()


def test_a_lease_is_held_with_the_key_until_it_is_closed(recorded: LeasedService, recorder: Any, until: Any) -> None:
    gone = threading.Event()

    async def hold(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"\n")
                await sleep(0.01)
        finally:
            gone.set()

    from asyncio import sleep

    recorder.answer = hold
    recorded.endpoint()
    until(lambda: recorder.requests, "the lease is asked for")
    assert recorder.requests[0].target == "/api/v1/databranch/lease"
    assert recorder.requests[0].headers["authorization"] == recorder.endpoint.authorization
    recorded.close()
    assert gone.wait(60)
    assert len(recorder.requests) == 1


def test_a_lease_that_breaks_is_taken_again(recorded: LeasedService, recorder: Any, until: Any) -> None:
    recorded.endpoint()
    until(lambda: len(recorder.requests) >= 3, "a third lease is asked for")


def test_a_service_without_leases_is_not_pestered_for_one(recorded: LeasedService, recorder: Any, until: Any) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "not leased"}, status=501)

    recorder.answer = refuse
    endpoint = recorded.endpoint()
    until(lambda: recorder.requests, "the lease is asked for")
    for _ in range(20):
        assert recorded.endpoint() == endpoint
    # Found lost by a request, it is looked for again, and so is its lease.
    recorded.endpoint(lost=endpoint)
    assert len(recorder.requests) <= 2


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_service_that_dies_is_back_before_anybody_asks(leased: LeasedService, data_folder: Path, until: Any) -> None:
    before = leased.endpoint()
    first = find_live(data_folder)
    assert first is not None
    until(lambda: leased._held is not None, "a lease is held")
    os.kill(first.pid, signal.SIGKILL)

    def another() -> bool:
        found = find_live(data_folder)
        return found is not None and found.pid != first.pid

    until(another, "another service is there")
    assert leased.endpoint() == before, "on the same address and with the same key"


def test_a_leased_service_ends_after_its_last_lease_is_gone(data_folder: Path, until: Any) -> None:
    data_folder.mkdir()
    command = [*service_command(), "serve", "--leased", "--lease-grace", str(GRACE_S)]
    command += ["--data", str(data_folder), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until(lambda: find_live(data_folder), "the service answers")
        one, other = LeasedService(data_folder), LeasedService(data_folder)
        for holder in (one, other):
            holder.endpoint()
            until(lambda holder=holder: holder._held is not None, "a lease is held")
        one.close()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(GRACE_S * 2)
        other.close()
        assert process.wait(60) == 0
    assert find_live(data_folder) is None
    assert not psutil.pid_exists(process.pid)
