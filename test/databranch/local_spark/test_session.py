from __future__ import annotations

from pathlib import Path

import pytest

from databranch.local_spark import session as session_module
from databranch.local_spark.missing import SparkMissing
from databranch.local_spark.session import prepare, session_conf


def test_without_pyspark_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "find_spec", lambda name: None)
    with pytest.raises(SparkMissing, match="Spark is not installed in this environment.*npm run spark") as raised:
        prepare()
    # What IPython shows: no traceback.
    assert raised.value._render_traceback_() == [str(raised.value)]


def test_a_session_listens_to_this_machine_only_and_says_errors_only(tmp_path: Path) -> None:
    conf = session_conf(tmp_path)
    assert conf["spark.driver.bindAddress"] == conf["spark.driver.host"] == "127.0.0.1"
    assert conf["spark.ui.enabled"] == "false"
    log4j = conf["spark.driver.extraJavaOptions"].removeprefix("-Dlog4j2.configurationFile=file://")
    assert "rootLogger.level = error" in Path(log4j).read_text()


def test_jars_are_put_on_the_class_path_where_they_lie(tmp_path: Path) -> None:
    assert session_conf(tmp_path)["spark.driver.extraClassPath"] == str(tmp_path / "*")
