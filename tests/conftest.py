"""A failed test shows the last lines of every offline cloud that it may have used."""
import pytest

import cloud

LINES = 60


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        for one in {id(one): one for one in cloud.clouds[-2:]}.values():
            tail = "\n".join(one.output().splitlines()[-LINES:])
            report.sections.append(("offline cloud at %s" % one.url, tail))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of the test module's own."""
    return tmp_path_factory.mktemp("e2e")
