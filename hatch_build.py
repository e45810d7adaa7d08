"""Builds the wheel's JavaScript: the lab extension and the service, whose native parts are this platform's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags

#: Set to anything: what ``npm run build`` made before is packed as it is.
SKIP_VARIABLE = "DATABRANCH_SKIP_BUILD"
#: One file of each thing that a wheel needs and that a build makes.
BUILT = ("databranch/service/databranch.mjs", "databranch/labextension/package.json")


class BuildHook(BuildHookInterface):
    """Called by hatchling for every target; only wheels, editable ones included, carry what is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds unless told not to, and names the platform that the wheel is for."""
        if self.target_name != "wheel":
            return
        if not os.environ.get(SKIP_VARIABLE):
            self._build()
        missing = [path for path in BUILT if not (Path(self.root) / path).is_file()]
        if missing:
            raise RuntimeError(f"{', '.join(missing)} missing: run 'npm install' and 'npm run build' first.")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform()}"

    def _build(self) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                "npm is missing, and the package is built with it: install Node 20 or newer, "
                f"or build elsewhere and set {SKIP_VARIABLE}=1."
            )
        if not (Path(self.root) / "node_modules").is_dir():
            self._run(npm, "install", "--ignore-scripts", "--no-audit", "--no-fund")
        self._run(npm, "run", "build")

    def _run(self, *command: str) -> None:
        self.app.display_info(f"$ {' '.join(command)}")
        subprocess.run(command, cwd=self.root, check=True)


def _platform() -> str:
    own = next(iter(sys_tags())).platform
    if sys.platform == "linux" and not own.startswith("musllinux"):
        # The oldest C library that the prebuilt LMDB runs with; the build machine's own may be newer.
        return f"manylinux_2_34_{os.uname().machine}"
    return own
