from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from databranch.discovery import answers, find_live, is_our_process, read_discovery
from databranch.endpoint import Endpoint


def write(folder: Path, **changed: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "url": "http://127.0.0.1:1",
        "pid": os.getpid(),
        "start": 3,
        "format": 1,
        "version": "1.2.3",
        "access_key_id": "key",
        "secret_access_key": "secret",
    }
    (folder / "databranch.json").write_text(json.dumps({**told, **changed}))


def test_the_file_says_where_the_service_is_and_which_key_opens_it(tmp_path: Path) -> None:
    write(tmp_path, url="http://127.0.0.1:4711/")
    found = read_discovery(tmp_path)
    assert found is not None
    assert found.endpoint == Endpoint("http://127.0.0.1:4711", "key", "secret")
    assert (found.pid, found.start, found.version) == (os.getpid(), 3, "1.2.3")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"url": 7}', '{"url": "http://127.0.0.1:1"}', "\udcff"])
def test_a_file_that_makes_no_sense_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "databranch.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert read_discovery(tmp_path) is None
    assert find_live(tmp_path) is None


def test_no_file_means_no_service(tmp_path: Path) -> None:
    assert read_discovery(tmp_path) is None


def test_a_service_that_died_is_not_found(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    write(tmp_path, pid=ended.pid)
    assert not is_our_process(ended.pid)
    assert find_live(tmp_path) is None


def test_a_port_at_which_nobody_answers_is_not_a_service(tmp_path: Path) -> None:
    write(tmp_path)
    assert find_live(tmp_path) is None


def test_the_key_is_not_sent_to_somebody_elses_process(
    tmp_path: Path, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(pid: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    write(tmp_path, url=recorder.endpoint.url, pid=1)
    assert find_live(tmp_path) is None
    assert recorder.requests == []


def test_whether_it_answers_is_asked_without_the_key(recorder: Any) -> None:
    assert not answers(recorder.endpoint), "another program's answer is not ours"
    assert "authorization" not in recorder.requests[0].headers
    assert recorder.requests[0].target == "/_health"
