"""The cases through the light client."""

import itertools

import pytest

import cases_test
from dynamodb_log import connect
from tables import Tables

numbers = itertools.count(1)


class LightTables(Tables):
    def new_log(self, client=None, **options):
        return super().new_log(client or connect("dynamodb", "local", self.cloud.url), **options)


@pytest.mark.parametrize("case", list(cases_test.cases()))
def test_case(case, cloud):
    cases_test.test_case(case, LightTables(cloud, f"light{next(numbers)}"))
