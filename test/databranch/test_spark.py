"""Spark's settings. That real Spark works with them is shown together with the other clients."""

from __future__ import annotations

from unittest.mock import MagicMock, Mock

import pytest

from databranch.endpoint import Endpoint
from databranch.errors import DatabranchError
from databranch.spark import bucket_settings, configure_session, session_settings

ENDPOINT = Endpoint("http://127.0.0.1:8000", "key", "secret")


@pytest.fixture
def session() -> MagicMock:
    """A session with a Java side: Hadoop's configuration is a dictionary."""
    configuration: dict[str, str] = {}
    hadoop = Mock(set=configuration.__setitem__)
    hadoop.get = configuration.get
    made = MagicMock()
    made.sparkContext._jsc.hadoopConfiguration.return_value = hadoop
    made.sparkContext._jvm.java.net.URI.side_effect = str
    made.hadoop = configuration
    return made


def test_all_settings_are_of_one_bucket() -> None:
    settings = bucket_settings(ENDPOINT, "reviews")
    assert all(key.startswith("fs.s3a.bucket.reviews.") for key in settings)
    assert settings["fs.s3a.bucket.reviews.endpoint"] == "http://127.0.0.1:8000"
    assert settings["fs.s3a.bucket.reviews.path.style.access"] == "true"
    assert session_settings(ENDPOINT, "reviews") == {f"spark.hadoop.{key}": settings[key] for key in settings}


def test_a_running_session_is_told_for_data_frames_and_for_rdds(session: MagicMock) -> None:
    configure_session(session, ENDPOINT, "reviews")
    settings = bucket_settings(ENDPOINT, "reviews")
    assert {call.args for call in session.conf.set.call_args_list} == set(settings.items())
    assert session.hadoop == settings


def test_what_was_read_under_other_settings_is_closed_and_only_then(session: MagicMock) -> None:
    get = session.sparkContext._jvm.org.apache.hadoop.fs.FileSystem.get
    configure_session(session, ENDPOINT, "reviews")
    assert get.call_args.args[0] == "s3a://reviews/"
    assert get.return_value.close.call_count == 1
    configure_session(session, ENDPOINT, "reviews")
    assert get.return_value.close.call_count == 1, "a job may be writing through it"
    configure_session(session, Endpoint("http://127.0.0.1:9000", "key", "secret"), "reviews")
    assert get.return_value.close.call_count == 2


def test_spark_connect_has_no_java_side() -> None:
    class Connect:
        conf = Mock()

        @property
        def sparkContext(self) -> None:
            raise NotImplementedError("not supported in Spark Connect")

    configure_session(Connect(), ENDPOINT, "reviews")  # type: ignore[arg-type]  # all that it needs of a session
    assert Connect.conf.set.call_count == len(bucket_settings(ENDPOINT, "reviews"))


def test_a_session_without_the_jars_is_told_which_are_missing(session: MagicMock) -> None:
    get = session.sparkContext._jvm.org.apache.hadoop.fs.FileSystem.get
    get.side_effect = RuntimeError("ClassNotFoundException: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found")
    with pytest.raises(DatabranchError, match="jars of hadoop-aws are missing"):
        configure_session(session, ENDPOINT, "reviews")
