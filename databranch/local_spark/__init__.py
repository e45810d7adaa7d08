"""A local Spark for data branches: ``databranch.spark_session()``; ``python -m databranch.local_spark`` adds it."""

from .missing import SparkMissing
from .session import spark_session

__all__ = ["SparkMissing", "spark_session"]
