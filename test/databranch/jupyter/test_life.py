"""The life of a service: who keeps it, and what it survives."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from databranch import node
from databranch.discovery import find_live
from databranch.lease import LeasedService
from databranch.node import service_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes and signals")

#: How long the service of these tests goes on without a lease: enough to take one on a machine that does much else.
GRACE_S = 6


class ShortLived:
    """A leased service that ends soon after its last lease. The test's own keeps it until :meth:`hand_over`."""

    def __init__(self, folder: Path) -> None:
        command = [*service_command(), "serve", "--leased", "--lease-grace", str(GRACE_S)]
        command += ["--data", str(folder), "--listen", "127.0.0.1:0"]
        folder.mkdir()
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._lease = LeasedService(folder)

    def hold(self) -> None:
        self._lease.endpoint()

    def hand_over(self) -> None:
        """From now on others keep it, or it ends."""
        self._lease.close()

    def goes_on(self) -> bool:
        """Whether it outlives the time that it would go on without a lease."""
        try:
            self.process.wait(GRACE_S * 2)
        except subprocess.TimeoutExpired:
            return True
        return False


@pytest.fixture
def short_lived(data_folder: Path, until: Any) -> Iterator[ShortLived]:
    service = ShortLived(data_folder)
    until(lambda: find_live(data_folder), "the service answers")
    service.hold()
    yield service
    service.hand_over()
    service.process.kill()
    service.process.wait(60)


@pytest.fixture
def kernel(data_folder: Path, tmp_path: Path) -> Iterator[KernelManager]:
    """A Python kernel with our package."""
    environment = {**os.environ, "PYTHONPATH": str(Path(node.__file__).parents[1])}
    environment["IPYTHONDIR"] = str(tmp_path / "ipython")
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=environment, cwd=str(tmp_path))
    yield manager
    manager.shutdown_kernel(now=True)


@contextmanager
def connected(kernel: KernelManager) -> Iterator[BlockingKernelClient]:
    """The kernel's client, with its channels open."""
    client: BlockingKernelClient = kernel.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    try:
        yield client
    finally:
        client.stop_channels()


def run(client: BlockingKernelClient, code: str) -> str:
    """Runs a cell; gives the text of its value and what it printed."""
    seen: list[str] = []

    def note(message: Any) -> None:
        content = message["content"]
        if message["msg_type"] == "execute_result":
            seen.append(content["data"]["text/plain"])
        elif message["msg_type"] in ("stream", "error"):
            seen.append(content.get("text") or "\n".join(content["traceback"]))

    reply = client.execute_interactive(code, timeout=120, output_hook=note)
    assert reply["content"]["status"] == "ok", seen
    return "\n".join(seen)


def test_a_jupyter_server_brings_the_service_up_before_anybody_asks(
    start_jupyter: Any, data_folder: Path, until: Any
) -> None:
    server = start_jupyter()
    until(lambda: find_live(data_folder), "the service is there")
    assert server.ask("databranch/api/v1/repositories")[1]["results"] == []


def test_two_jupyter_servers_share_a_service_and_one_may_stop(
    start_jupyter: Any, data_folder: Path, short_lived: ShortLived
) -> None:
    one, other = start_jupyter(), start_jupyter()
    for server in (one, other):
        assert server.ask("databranch/api/v1/repositories")[0] == 200
    short_lived.hand_over()
    one.end()
    assert short_lived.goes_on()
    assert other.ask("databranch/api/v1/repositories")[0] == 200
    other.end()
    assert short_lived.process.wait(60) == 0
    assert find_live(data_folder) is None


def test_a_killed_jupyter_leaves_no_service_behind(start_jupyter: Any, short_lived: ShortLived) -> None:
    server = start_jupyter()
    assert server.ask("databranch/api/v1/repositories")[0] == 200
    short_lived.hand_over()
    assert short_lived.goes_on()
    server.end(signal.SIGKILL)
    assert short_lived.process.wait(60) == 0


def test_a_closed_terminal_ends_neither_a_jupyter_under_nohup_nor_its_service(
    start_jupyter: Any, data_folder: Path, until: Any
) -> None:
    if shutil.which("nohup") is None:
        pytest.skip("nohup is not installed")
    server = start_jupyter(("nohup",))
    until(lambda: find_live(data_folder), "the service is there")
    service = find_live(data_folder)
    # What a terminal does when it is closed: to all processes of its session's foreground group.
    os.killpg(server.process.pid, signal.SIGHUP)
    assert server.ask("databranch/api/v1/repositories")[0] == 200
    assert find_live(data_folder) == service


def test_a_killed_service_is_brought_back_by_jupyter(start_jupyter: Any, data_folder: Path, until: Any) -> None:
    server = start_jupyter()
    assert server.ask("databranch/api/v1/repositories")[0] == 200
    first = find_live(data_folder)
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)

    def another() -> bool:
        found = find_live(data_folder)
        return found is not None and found.pid != first.pid

    until(another, "another service is there, without anybody asking")
    assert server.ask("databranch/api/v1/repositories")[0] == 200


def test_a_restarted_kernel_finds_the_service_it_had(kernel: KernelManager, data_folder: Path, until: Any) -> None:
    code = "%load_ext databranch\nimport databranch; databranch.connect().repositories()"
    with connected(kernel) as client:
        run(client, "import databranch; databranch.connect().create_repository('kept')")
    first = find_live(data_folder)
    kernel.restart_kernel(now=True)
    with connected(kernel) as client:
        assert "kept" in run(client, code)
    assert find_live(data_folder) == first


def test_interrupting_a_cell_does_not_end_the_service(kernel: KernelManager, data_folder: Path) -> None:
    with connected(kernel) as client:
        run(client, "import databranch; databranch.connect().repositories()")
        first = find_live(data_folder)
        kernel.interrupt_kernel()
        assert "[]" in run(client, "databranch.connect().repositories()")
    assert find_live(data_folder) == first
