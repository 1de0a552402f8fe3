"""One offline cloud for all tests of a process; each test has tables of its own in it."""

import itertools

import pytest

from cloud import Cloud
from tables import Tables

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    with Cloud(tmp_path_factory.mktemp("cloud"), in_memory=True) as cloud:
        yield cloud


@pytest.fixture
def tables(cloud):
    """An empty log table with its stream, and an empty table of read models."""
    return Tables(cloud, f"test{next(numbers)}")


@pytest.fixture
def log(tables):
    return tables.new_log()
