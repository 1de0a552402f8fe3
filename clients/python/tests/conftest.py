"""One offline cloud for all tests of a process; each test has tables of its own in it."""

import itertools
import os
import pathlib

import pytest

from dynamodb_log.offline_cloud import OfflineCloud
from tables import Tables

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = pathlib.Path(os.environ.get("DYNAMODB_LOG") or ROOT / "build/release/dynamodb-log").resolve()

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cloud():
    with OfflineCloud(program=str(PROGRAM)) as cloud:
        yield cloud


@pytest.fixture
def tables(cloud):
    """An empty log table with its stream, and an empty table of read models."""
    return Tables(cloud, f"test{next(numbers)}")


@pytest.fixture
def log(tables):
    return tables.new_log()
