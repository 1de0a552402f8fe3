"""The cases on a server that is not the offline cloud: the library needs only DynamoDB's protocol."""

import itertools

import pytest

import cases_test
from ministack import PROGRAM, Ministack
from tables import Tables

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    if not PROGRAM.exists():
        pytest.skip("ministack is not installed")
    with Ministack(tmp_path_factory.mktemp("ministack")) as server:
        yield server


@pytest.mark.parametrize("case", list(cases_test.cases()))
def test_case(case, server):
    cases_test.test_case(case, Tables(server, f"other{next(numbers)}"))
