"""The extension together with the real service."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from databranch.discovery import find_live

pytestmark = pytest.mark.usefixtures("data_folder")


async def made(ask: Any, path: str, **body: str) -> None:
    response = await ask(path, "POST", {"Content-Type": "application/json"}, body=json.dumps(body))
    assert response.code == 201, response.body


@pytest.fixture
def bytes_() -> bytes:
    return b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(100_000))


async def test_the_service_is_started_with_the_server_and_not_waited_for(
    upstream: Any, data_folder: Path, jp_serverapp: Any
) -> None:
    assert find_live(data_folder) is None, "loading the extension starts nothing"
    await jp_serverapp.extension_manager.start_all_extensions()
    assert upstream._endpoint is None, "it goes on in the background"
    assert (await upstream.endpoint()).url.startswith("http://127.0.0.1:")
    assert find_live(data_folder) is not None


async def test_objects_go_up_and_come_down_byte_by_byte(ask: Any, bytes_: bytes) -> None:
    await made(ask, "api/v1/repositories", name="photos", storage_namespace="local://photos")
    objects = "api/v1/repositories/photos/branches/main/objects?path=a%2Fb%20%C3%BC.bin"
    assert (await ask(objects, "POST", {"Content-Type": "image/png"}, body=bytes_)).code == 201
    down = "api/v1/repositories/photos/refs/main/objects?path=a%2Fb%20%C3%BC.bin"
    whole = await ask(down)
    assert (whole.code, whole.body == bytes_) == (200, True)
    assert whole.headers["Content-Type"] == "image/png"
    assert whole.headers["Content-Disposition"].endswith("filename*=UTF-8''b%20%C3%BC.bin")
    part = await ask(down, headers={"Range": "bytes=1000-1999"})
    assert (part.code, part.body) == (206, bytes_[1000:2000])
    assert (await ask(down, headers={"If-None-Match": whole.headers["ETag"]})).code == 304
    assert (await ask(objects, "POST", {"If-None-Match": "*"}, body=bytes_)).code == 412


async def test_the_services_refusals_are_its_own_sentences(ask: Any) -> None:
    response = await ask("api/v1/repositories/nowhere")
    assert response.code == 404
    assert "nowhere" in json.loads(response.body)["message"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
async def test_a_service_that_was_killed_is_back_at_the_next_request(
    ask: Any, data_folder: Path, upstream: Any
) -> None:
    assert (await ask("api/v1/repositories")).code == 200
    first = find_live(data_folder)
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    for _ in range(100):
        response = await ask("api/v1/repositories")
        assert response.code in (200, 502, 503), response.body
        assert json.loads(response.body), "whatever happens, there is an answer to show"
        second = await asyncio.to_thread(find_live, data_folder)
        if response.code == 200 and second is not None and second.pid != first.pid:
            return
    pytest.fail("the service did not come back")


class TestOnAFolderThatIsNotOurs:
    @pytest.fixture
    def data_folder(self, bundle: Path, tmp_path: Path) -> Path:
        folder = tmp_path / "databranch"
        folder.mkdir()
        (folder / "cat.jpg").touch()
        return folder

    async def test_every_request_is_told_why_there_is_no_service(self, ask: Any) -> None:
        for _ in range(3):
            response = await ask("api/v1/repositories")
            assert response.code == 503
            assert "is not a Databranch data folder" in json.loads(response.body)["message"]
