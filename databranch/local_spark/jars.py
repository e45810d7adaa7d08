"""The jars with which Spark speaks S3: which ones, where they lie, how they come here.

Hadoop's S3A connector is a jar of its own, and the AWS SDK it was published with is one bundle of
686 MB. S3A needs 31 modules of that SDK and five small libraries besides: 37 jars, 13 MB. They are
pinned by SHA-256 in ``jars.txt``, so it does not matter which Maven repository they come from.
"""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from xml.etree import ElementTree

from .missing import SparkMissing

#: The jars belong to the Hadoop that this version of PySpark bundles (3.5.0).
PYSPARK_VERSION = "4.3.0"

#: Jars fetched at a time; more gains nothing, the largest is 4 MB.
_FETCHES = 8

#: Seconds without a byte after which a repository counts as unreachable.
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Jar:
    """One pinned jar, by its Maven coordinates."""

    sha256: str
    group: str
    artifact: str
    version: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    @property
    def repository_path(self) -> str:
        """Where every Maven repository keeps it, below the repository's address."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.file_name}"


def pinned_jars() -> list[Jar]:
    """The jars of ``jars.txt``: a line each, ``sha256  group:artifact:version``."""
    lines = Path(__file__).with_name("jars.txt").read_text(encoding="utf-8").splitlines()
    return [Jar(sha256, *coordinates.split(":")) for sha256, coordinates in map(str.split, lines)]


def jar_folder() -> Path:
    """Where the jars lie: in the Python environment, or in the user's cache where that is read-only."""
    share = Path(sys.prefix) / "share" / "databranch"
    name = f"spark-{PYSPARK_VERSION}-jars"
    if (share / name).is_dir() or os.access(_nearest_existing(share), os.W_OK):
        return share / name
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "databranch" / name


def missing_jars(folder: Path) -> list[Jar]:
    """The pinned jars that ``folder`` lacks. A jar that has its name there is whole: see :func:`fetch_jars`."""
    return [jar for jar in pinned_jars() if not (folder / jar.file_name).is_file()]


def fetch_jars(folder: Path, jars: Iterable[Jar], repository: str) -> None:
    """Fetches ``jars`` into ``folder``; each appears there only whole and with the pinned checksum.

    :param repository: a Maven repository's address.
    :raises SparkMissing: if one cannot be had; those that came stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trust = _trust()
    with ThreadPoolExecutor(_FETCHES) as threads:
        for _ in threads.map(lambda jar: _fetch(jar, folder, repository, trust), jars):
            pass


def maven_repository(environment: Mapping[str, str] = os.environ) -> str:
    """The address of the Maven repository to ask, ending in a slash.

    First what the user says: ``DATABRANCH_MAVEN_REPOSITORY``, Spark's own
    ``DEFAULT_ARTIFACT_REPOSITORY``, a mirror in Maven's ``settings.xml``. Else the repository that
    Spark itself would ask for ``--packages``, as the Ivy inside PySpark has it.
    """
    told = environment.get("DATABRANCH_MAVEN_REPOSITORY") or environment.get("DEFAULT_ARTIFACT_REPOSITORY")
    address = told or _settings_mirror(Path.home() / ".m2" / "settings.xml") or _ivy_default()
    return address.rstrip("/") + "/"


def _settings_mirror(settings: Path) -> str | None:
    """The mirror that Maven's settings name for the central repository.

    https://maven.apache.org/guides/mini/guide-mirror-settings.html
    """
    try:
        root = ElementTree.parse(settings).getroot()
    except (OSError, ElementTree.ParseError):
        return None
    for mirror in root.iterfind("{*}mirrors/{*}mirror"):
        names = (mirror.findtext("{*}mirrorOf") or "").replace(" ", "").split(",")
        if "!central" not in names and {"*", "external:*", "central"} & set(names):
            return mirror.findtext("{*}url")
    return None


def _ivy_default() -> str:
    """The address that is the default of Ivy's resolver class, read out of PySpark's own copy of Ivy."""
    pyspark = find_spec("pyspark")
    ivy = sorted(Path(pyspark.origin).parent.glob("jars/ivy-*.jar")) if pyspark and pyspark.origin else []
    if ivy:
        with zipfile.ZipFile(ivy[-1]) as archive:
            resolver = archive.read("org/apache/ivy/plugins/resolver/IBiblioResolver.class")
        found = re.search(rb"https://[\w./-]+/maven2/", resolver)
        if found:
            return found.group().decode()
    raise SparkMissing("Set DATABRANCH_MAVEN_REPOSITORY to the address of a Maven repository.")


def _fetch(jar: Jar, folder: Path, repository: str, trust: ssl.SSLContext) -> None:
    address = repository + jar.repository_path
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT_SECONDS, context=trust) as answer:
            content = answer.read()
    except (URLError, OSError) as error:
        raise SparkMissing(
            f"{address} could not be fetched: {error}. Set DATABRANCH_MAVEN_REPOSITORY to the address of a "
            "Maven repository that this machine reaches."
        ) from error
    if hashlib.sha256(content).hexdigest() != jar.sha256:
        raise SparkMissing(
            f"{address} is not the file that was expected (its SHA-256 differs). Nothing was kept of it."
        )
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as unfinished:
        whole = Path(unfinished) / jar.file_name
        whole.write_bytes(content)
        whole.replace(folder / jar.file_name)


def _trust() -> ssl.SSLContext:
    """The system's certificates and, where it is installed, certifi's: Python from python.org on macOS has none."""
    trust = ssl.create_default_context()
    if find_spec("certifi"):
        import certifi

        trust.load_verify_locations(certifi.where())
    return trust


def _nearest_existing(path: Path) -> Path:
    return path if path.exists() else _nearest_existing(path.parent)
