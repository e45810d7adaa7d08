"""``databranch …``: the service's command line, run by the Node that came with the package."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import NoReturn

from .errors import ServiceUnavailable
from .node import service_command


def main() -> NoReturn:
    """Hands over to the bundled service with the same arguments; exit status and signals are its own."""
    try:
        command = [*service_command(), *sys.argv[1:]]
    except ServiceUnavailable as error:
        sys.exit(f"databranch: {error}")
    if sys.platform == "win32":
        # exec on Windows returns to the shell at once, while the program still runs.
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
