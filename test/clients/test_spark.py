"""Real Spark, through s3a://, on the 486,000 rows of the quickstart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from databranch.branches import Branch
from databranch.connection import Connection
from databranch.repository import Repository

pytest.importorskip("pyspark", reason="PySpark is not installed; npm run spark adds it")

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROWS = 486_000


@pytest.fixture(scope="module")
def spark(connection: Connection) -> Iterator[SparkSession]:
    from databranch.local_spark.session import start_session
    from databranch.spark import configure_session

    session = start_session("test", {})
    for repository in ("quickstart", "tutorial"):
        configure_session(session, connection.endpoint, repository)
    yield session
    session.stop()


@pytest.fixture
def quickstart(connection: Connection) -> Repository:
    return connection.repository("quickstart")


@pytest.fixture
def branch(quickstart: Repository) -> Iterator[Branch]:
    """A branch of its own for each test, made from main."""
    made = quickstart.create_branch(f"spark-{uuid4().hex[:8]}", "main")
    yield made
    quickstart.delete_branch(made.name)


@pytest.fixture
def reviews(spark: SparkSession) -> DataFrame:
    return spark.read.parquet("s3a://quickstart/main/reviews/")


def verdict(branch: Branch, path: str) -> dict[str, object]:
    """How the only data set below ``path`` compares with main's."""
    compared = branch.compare("main", path).datasets
    assert len(compared) == 1, compared
    return compared[0]


def leftovers(branch: Branch) -> list[str]:
    """What Spark's commit protocol must have cleaned up."""
    return [change.path for change in branch.changes() if "_temporary" in change.path]


def test_spark_reads_what_lies_on_main(reviews: DataFrame) -> None:
    assert reviews.count() == ROWS
    assert len(reviews.columns) == 15


def test_overwrite_below_a_prefix_replaces_the_data_set_and_append_doubles_it(
    reviews: DataFrame, branch: Branch, spark: SparkSession
) -> None:
    target = f"{branch.s3a}/reviews/"
    reviews.write.mode("overwrite").parquet(target)
    assert spark.read.parquet(target).count() == ROWS
    assert verdict(branch, "reviews/")["verdict"] == "equal"

    reviews.write.mode("append").parquet(target)
    assert spark.read.parquet(target).count() == 2 * ROWS
    compared = verdict(branch, "reviews/")
    assert (compared["verdict"], compared["times"]) == ("repeated", 2)
    assert (compared["left_rows"], compared["right_rows"]) == (ROWS, 2 * ROWS)
    assert leftovers(branch) == []
    assert reviews.count() == ROWS


def test_overwrite_at_the_root_of_a_branch_replaces_everything_on_that_branch_alone(
    reviews: DataFrame, branch: Branch, spark: SparkSession, quickstart: Repository
) -> None:
    before = quickstart.rowcount("main").datasets
    reviews.write.mode("overwrite").parquet(f"{branch.s3a}/")
    assert [(found["path"], found["rows"]) for found in branch.rowcount().datasets] == [("", ROWS)]
    reviews.write.mode("append").parquet(f"{branch.s3a}/")
    assert spark.read.parquet(f"{branch.s3a}/").count() == 2 * ROWS
    assert [(found["path"], found["rows"]) for found in branch.rowcount().datasets] == [("", 2 * ROWS)]
    assert quickstart.rowcount("main").datasets == before


def test_csv_with_a_header_is_overwritten_appended_to_and_counted_as_spark_counts(
    reviews: DataFrame, branch: Branch, spark: SparkSession
) -> None:
    target = f"{branch.s3a}/as_csv/"
    for mode, times in (("overwrite", 1), ("append", 2)):
        reviews.write.mode(mode).option("header", True).csv(target)
        assert spark.read.option("header", True).csv(target).count() == times * ROWS
        assert branch.rowcount("as_csv/").rows == times * ROWS


def test_partitions_are_one_data_set_and_a_repeated_one_shows(
    reviews: DataFrame, branch: Branch, spark: SparkSession
) -> None:
    target = f"{branch.s3a}/by_stars/"
    sample = reviews.limit(10_000)
    sample.write.partitionBy("star_rating").mode("overwrite").parquet(target)
    sample.where("star_rating = 5").write.partitionBy("star_rating").mode("append").parquet(target)
    [counted] = branch.rowcount("by_stars/").datasets
    assert counted["path"] == "by_stars/"
    assert counted["rows"] == spark.read.parquet(target).count() > 10_000


def test_a_committed_branch_reads_the_same_from_its_commit(
    reviews: DataFrame, branch: Branch, spark: SparkSession
) -> None:
    reviews.limit(1_000).write.parquet(f"{branch.s3a}/few/")
    commit = branch.commit("A few reviews")
    branch.discard()
    reviews.limit(10).write.mode("overwrite").parquet(f"{branch.s3a}/few/")
    assert spark.read.parquet(f"s3a://quickstart/{commit.id}/few/").count() == 1_000
    assert spark.read.parquet(f"{branch.s3a}/few/").count() == 10


def test_a_write_to_a_branch_that_does_not_exist_fails_soon_and_leaves_nothing(
    reviews: DataFrame, quickstart: Repository
) -> None:
    began = time.monotonic()
    with pytest.raises(Exception, match="no-such-branch"):
        reviews.limit(10).write.parquet("s3a://quickstart/no-such-branch/reviews/")
    assert time.monotonic() - began < 60
    assert "no-such-branch" not in list(quickstart.branches())


def test_the_tutorial_word_for_word(spark: SparkSession, connection: Connection, reviews: DataFrame) -> None:
    tutorial = connection.create_repository("tutorial")
    main = tutorial.branch("main")
    upload_csv(reviews, main)
    main.commit("lakefs_test.csv")
    branch = tutorial.create_branch("test-env", "main")

    frame = spark.read.csv("s3a://tutorial/main/lakefs_test.csv")
    frame.write.mode("overwrite").parquet("s3a://tutorial/test-env/")
    frame.write.mode("append").parquet("s3a://tutorial/test-env/")

    compared = verdict(branch, "")
    assert (compared["verdict"], compared["times"]) == ("repeated", 2)
    assert compared["compared_as"] == "text"
    assert "lakefs_test.csv" in str(compared["message"])
    assert "header" in str(compared["message"])
    assert spark.read.parquet("s3a://tutorial/test-env/").count() == 2 * (ROWS + 1)
    assert main.rowcount().rows == ROWS


def test_a_sandbox_cell_cannot_append_to_main_through_a_session_that_was_there_before(
    spark: SparkSession, connection: Connection, quickstart: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    from databranch import current

    interactive = pytest.importorskip("IPython.core.interactiveshell")
    for name, value in (
        ("DATABRANCH_ENDPOINT", connection.endpoint.url),
        ("DATABRANCH_ACCESS_KEY_ID", connection.endpoint.access_key_id),
        ("DATABRANCH_SECRET_ACCESS_KEY", connection.endpoint.secret_access_key),
        ("DATABRANCH_REPOSITORY", quickstart.name),
        # A user's own setting, which stays: nothing of this test is left to the ones after it.
        ("LAKECTL_SERVER_ENDPOINT_URL", connection.endpoint.url),
    ):
        monkeypatch.setenv(name, value)
    interactive.InteractiveShell.clear_instance()
    shell = interactive.InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.run_cell("%load_ext databranch").raise_error()
    shell.push({"spark": spark})
    before = quickstart.rowcount("main").datasets
    key = spark.conf.get("fs.s3a.bucket.quickstart.access.key")

    ran = shell.run_cell(
        "%%sandbox --from main\n"
        "reviews = spark.read.parquet('s3a://quickstart/main/reviews/')\n"
        "reviews.limit(1000).write.parquet(f'{branch.s3a}/few/')\n"
        "reviews.write.mode('append').parquet('s3a://quickstart/main/reviews/')\n"
    )
    card = shell.run_cell("%sandbox").result
    assert "AccessDenied" in str(ran.error_in_exec) and "A sandbox cell runs in this kernel" in str(ran.error_in_exec)
    assert [(each.branch, each.path) for each in card.refused] == [("main", "reviews/")]
    assert "Refused: a write to reviews/ on main." in repr(card)
    assert "main was not touched." in repr(card)
    assert [(pair["path"], pair["verdict"], pair["right_rows"]) for pair in card.datasets] == [("few/", "added", 1000)]
    assert quickstart.rowcount("main").datasets == before
    assert not quickstart.changes("main")

    # The session is as it was, and writes where it likes.
    assert spark.conf.get("fs.s3a.bucket.quickstart.access.key") == key
    after = quickstart.create_branch(f"spark-{uuid4().hex[:8]}", "main")
    spark.range(10).write.parquet(f"{after.s3a}/ten/")
    assert after.rowcount("ten/").rows == 10

    shell.run_cell("%sandbox discard").raise_error()
    quickstart.delete_branch(after.name)
    current.forget()
    interactive.InteractiveShell.clear_instance()


def upload_csv(reviews: DataFrame, main: Branch) -> None:
    """The reviews as one CSV file with a header, as a person would upload it."""
    from pyarrow import csv

    with main.filesystem().open_output_stream(f"{main.path}/lakefs_test.csv") as file:
        csv.write_csv(reviews.toArrow(), file)
