"""The pytest plugin: the fixture `ddblog`, an offline cloud for each test.

  def test_signup(ddblog):
      signup = NewEvent("signup", {"name": "Ada"})
      ddblog.given("users", "42").when_append(signup).then_read_model("users#42", name="Ada")

A process is started once for each worker (of pytest-xdist), and reset before each test, which takes
milliseconds. In pytest.ini, or in pyproject.toml:

  ddblog_template    the application's; without it: the tables, the bus and the trigger
  ddblog_program     by default the variable DYNAMODB_LOG, or `dynamodb-log` in PATH
  ddblog_arguments   more options of `dynamodb-log offline`: --retry-delay-ms 10

Paths are relative to the file that has the settings. While the fixture is used, the AWS variables
of the environment lead to the cloud, so the tested code finds it. `ddblog_async` is the event log
for asyncio tests.
"""

from __future__ import annotations

from typing import Any, Iterator, Optional

import pytest

from .async_event_log import AsyncEventLog
from .event import NewEvent
from .offline_cloud import OfflineCloud
from .scenario import Scenario, given

SHOWN_LINES = 60
CLOUD = pytest.StashKey[OfflineCloud]()


class Ddblog(OfflineCloud):
    """What the fixture is: an offline cloud, and the beginning of a scenario."""

    def given(self, log: str, id: str, *events: NewEvent) -> Scenario:
        """A stream with these events."""
        return given(self, log, id, *events)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("ddblog_template", "The application's template, for the fixture ddblog", "paths")
    parser.addini("ddblog_program", "The program dynamodb-log, for the fixture ddblog", "paths")
    parser.addini("ddblog_arguments", "More options of `dynamodb-log offline`", "args")


def _path(config: pytest.Config, name: str) -> Optional[str]:
    paths = config.getini(name)
    return str(paths[0]) if paths else None


@pytest.fixture(scope="session")
def ddblog_cloud(request: pytest.FixtureRequest) -> Iterator[Ddblog]:
    """The process, for the whole session. Override it in conftest.py to start it otherwise."""
    config = request.config
    cloud = Ddblog(
        _path(config, "ddblog_template"),
        program=_path(config, "ddblog_program"),
        arguments=config.getini("ddblog_arguments"),
    )
    with cloud:
        config.stash[CLOUD] = cloud
        yield cloud


@pytest.fixture
def ddblog(ddblog_cloud: Ddblog, monkeypatch: pytest.MonkeyPatch) -> Ddblog:
    """An offline cloud as after a start."""
    for name, value in ddblog_cloud.environment.items():
        monkeypatch.setenv(name, value)
    ddblog_cloud.reset()
    return ddblog_cloud


@pytest.fixture
def ddblog_async(ddblog: Ddblog) -> AsyncEventLog:
    """The event log for asyncio tests."""
    return AsyncEventLog(ddblog.log)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]") -> Any:
    """A failed test shows the last lines that the cloud and its functions wrote."""
    outcome = yield
    report = outcome.get_result()
    cloud = item.config.stash.get(CLOUD, None)
    if report.failed and cloud is not None and "ddblog_cloud" in getattr(item, "fixturenames", ()):
        lines = cloud.output().splitlines()[-SHOWN_LINES:]
        report.sections.append((f"offline cloud at {cloud.url}", "\n".join(lines)))
