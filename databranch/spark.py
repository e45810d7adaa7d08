"""Settings that lead Spark's S3A to the service, for one bucket.

All of them are *per-bucket* keys (``fs.s3a.bucket.<repository>.…``): the user's own buckets, and the
credentials they are read with, stay as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .endpoint import Endpoint
from .errors import DatabranchError
from .storage import REGION

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PROVIDER = "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider"


def bucket_settings(endpoint: Endpoint, repository: str) -> dict[str, str]:
    """Hadoop's own names, as a running session and ``core-site.xml`` take them."""
    bucket = f"fs.s3a.bucket.{repository}"
    return {
        f"{bucket}.endpoint": endpoint.url,
        f"{bucket}.endpoint.region": REGION,
        f"{bucket}.access.key": endpoint.access_key_id,
        f"{bucket}.secret.key": endpoint.secret_access_key,
        f"{bucket}.path.style.access": "true",
        f"{bucket}.aws.credentials.provider": _PROVIDER,
    }


def session_settings(endpoint: Endpoint, repository: str) -> dict[str, str]:
    """The same as the builder of a new session takes them."""
    return {f"spark.hadoop.{key}": value for key, value in bucket_settings(endpoint, repository).items()}


def configure_session(session: SparkSession, endpoint: Endpoint, repository: str) -> None:
    """Leads a *running* session's reads and writes of ``s3a://<repository>/…`` to the service.

    Works on Spark Connect too. Where the session has a JVM of its own, RDDs follow, and so does what was
    read from that bucket before under other settings.
    """
    settings = bucket_settings(endpoint, repository)
    for key, value in settings.items():
        # Without the prefix 'spark.hadoop.': that one is only looked at when a session starts.
        session.conf.set(key, value)
    context = _classic_context(session)
    if context is not None:
        _configure_jvm(context, settings, repository)


def lead_active_session(endpoint: Endpoint, repository: str) -> Callable[[], None]:
    """As :func:`configure_session` for the session that runs in this process, if one does.

    :returns: what gives the session back the settings that it had.
    """
    session = _active_session()
    if session is None:
        return lambda: None
    before = {key: session.conf.get(key, None) for key in bucket_settings(endpoint, repository)}
    # A session that cannot read s3a:// has nothing to be led to.
    with suppress(DatabranchError):
        configure_session(session, endpoint, repository)

    def give_back() -> None:
        for key, value in before.items():
            if value is None:
                session.conf.unset(key)
            else:
                session.conf.set(key, value)
        context = _classic_context(session)
        if context is not None:
            with suppress(DatabranchError):
                _configure_jvm(context, before, repository)

    return give_back


def _active_session() -> SparkSession | None:
    """Only looks: importing PySpark, let alone starting Java, is not for us to do."""
    module = sys.modules.get("pyspark.sql")
    found: SparkSession | None = module.SparkSession.getActiveSession() if module else None
    return found


def _classic_context(session: SparkSession) -> Any:
    try:
        context = session.sparkContext
    except Exception:
        # Spark Connect has none, and refuses with an error class that only newer versions know.
        return None
    return context if hasattr(context, "_jsc") else None


def _configure_jvm(context: Any, settings: Mapping[str, str | None], repository: str) -> None:
    configuration = context._jsc.hadoopConfiguration()
    if all(configuration.get(key) == value for key, value in settings.items()):
        return
    for key, value in settings.items():
        if value is None:
            configuration.unset(key)
        else:
            configuration.set(key, value)
    # The first access to a bucket fixes its settings for the life of the JVM, in a cached file system.
    uri = context._jvm.java.net.URI(f"s3a://{repository}/")
    try:
        context._jvm.org.apache.hadoop.fs.FileSystem.get(uri, configuration).close()
    except Exception as error:
        if "S3AFileSystem" in str(error) or 'scheme "s3a"' in str(error):
            raise DatabranchError(
                "This Spark session cannot read s3a:// addresses: the jars of hadoop-aws are missing. Start it with "
                'spark.jars.packages="org.apache.hadoop:hadoop-aws:VERSION", VERSION being that of Spark\'s Hadoop.'
            ) from error
        raise
