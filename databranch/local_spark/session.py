"""A local Spark session that speaks S3, listens nowhere but here, and keeps quiet."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..current import configure
from .jars import PYSPARK_VERSION, fetch_jars, jar_folder, maven_repository, missing_jars
from .java import java_home
from .missing import HOW_TO_INSTALL, SparkMissing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def spark_session(
    app_name: str = "databranch",
    conf: Mapping[str, str] | None = None,
    repository: str | None = None,
) -> SparkSession:
    """Starts a local Spark session, or takes the one that runs, and leads it to the data service.

    It reads and writes the branches of one repository as ``s3a://REPOSITORY/BRANCH/…``; for more than
    one, or for a session of your own, see :func:`databranch.configure`. The first call in a process
    takes about five seconds.

    >>> spark = databranch.spark_session()
    >>> spark.read.parquet("s3a://quickstart/main/reviews/").count()
    486000

    :param conf: more settings of Spark, or others than ours. Those that Spark reads when its Java
        process starts have no effect on a session that runs already.
    :param repository: the current one unless named.
    :raises SparkMissing: if PySpark or Java is not there, or its jars cannot be fetched; with the
        sentence that says how to get them.
    """
    session = start_session(app_name, conf or {})
    configure(session, repository)
    return session


def start_session(app_name: str, conf: Mapping[str, str]) -> SparkSession:
    """The session alone, see :func:`spark_session`: it can speak S3, but was not told to whom."""
    prepare()
    # Spark's workers would otherwise run whatever `python3` is on PATH, which need not be this environment.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # Keeps Spark from looking up the host's name, which can take seconds and warns on a laptop without a network.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    if home := java_home():
        os.environ["JAVA_HOME"] = str(home)
    with warnings.catch_warnings():
        # PySpark warns of every pandas newer than itself.
        warnings.simplefilter("ignore", FutureWarning)
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName(app_name).master("local[*]")
        for key, value in {**session_conf(jar_folder()), **conf}.items():
            builder = builder.config(key, value)
        return builder.getOrCreate()


def prepare() -> None:
    """Makes sure that a session can start: PySpark, Java, and the jars, which are fetched if missing (13 MB).

    :raises SparkMissing: with what is missing and how to get it.
    """
    # It may have been installed since this kernel started.
    invalidate_caches()
    if not find_spec("pyspark"):
        raise SparkMissing(f"Spark is not installed in this environment. {HOW_TO_INSTALL}")
    _check_version()
    java_home()
    folder = jar_folder()
    if missing := missing_jars(folder):
        print(f"Fetching {len(missing)} jars with which Spark speaks S3 …", file=sys.stderr)
        fetch_jars(folder, missing, maven_repository())


def session_conf(jars: Path) -> dict[str, str]:
    """Spark's settings for a session on this machine whose class path has the jars in the folder ``jars``."""
    log4j = Path(__file__).with_name("log4j2.properties").resolve().as_uri()
    return {
        # Not spark.jars: that copies every jar at every start.
        "spark.driver.extraClassPath": str(jars / "*"),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log4j}",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


def _check_version() -> None:
    """Jars of another Hadoop than PySpark's own fail later, and in ways that nobody understands."""
    from pyspark import __version__

    if __version__ != PYSPARK_VERSION:
        raise SparkMissing(
            f"This environment has PySpark {__version__}; databranch.spark_session() is made for {PYSPARK_VERSION}. "
            f"Install that, or build a session of your own and pass it to databranch.configure()."
        )
