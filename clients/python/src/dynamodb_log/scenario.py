"""Given events, when something happens, then this is the outcome: tests that read like the domain.

  ddblog.given("users", "42", NewEvent("signup", {"name": "Ada"}))
        .when_append(NewEvent("rename", {"name": "Grace"}))
        .then_events("signup", "rename")
        .then_read_model("users#42", name="Grace")
"""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Type, Union

from .event import Appended, Event, ExpectedVersion, NewEvent
from .offline_cloud import OfflineCloud

When = Callable[[], Any]


class Scenario:
    """One stream, from what is given to what is looked at. The checks are assertions, and return
    the scenario."""

    def __init__(self, cloud: OfflineCloud, log: str, id: str, version: int) -> None:
        self._cloud = cloud
        self._log = log
        self._id = id
        self._version = version
        self._settled = True
        self.result: Any = None  # of what happened
        self.error: Optional[Exception] = None  # that it raised

    def when(self, action: When) -> Scenario:
        """Calls a function, of your own code for example. What it raises is kept for
        `then_raises`."""
        self._fail_if_raised()
        self._settled = False
        try:
            self.result = action()
        except Exception as error:
            self.error = error
        return self

    def when_append(self, *events: NewEvent, expected: Optional[ExpectedVersion] = None) -> Scenario:
        """Appends events to the stream, by default after its last event."""

        def append() -> Appended:
            version = self._cloud.log.version(self._log, self._id) if expected is None else expected
            return self._cloud.log.append(self._log, self._id, events, version)

        return self.when(append)

    def then_raises(self, error: Type[Exception], match: str = "") -> Scenario:
        """What happened raised this error, and its message contains `match`."""
        raised, self.error = self.error, None
        assert isinstance(raised, error), f"{error.__name__} was expected, and not {raised!r}"
        assert match in str(raised), f"{match!r} is not in {str(raised)!r}"
        return self

    def then_events(self, *expected: Union[str, NewEvent]) -> Scenario:
        """The stream has these events and no others: types, or events, whose payloads are compared
        as well."""
        self._fail_if_raised()
        events = list(self._cloud.log.read(self._log, self._id))
        assert [event.type for event in events] == [_type_of(one) for one in expected]
        for event, one in zip(events, expected):
            if isinstance(one, NewEvent):
                assert event.payload == {**one.payload, "id": self._id}
        return self

    def then_new_events(self, *expected: str) -> Scenario:
        """These types of events were appended since what was given."""
        self._fail_if_raised()
        assert [event.type for event in self.new_events()] == list(expected)
        return self

    def then_read_model(self, pk: str, sk: Optional[str] = None, **attributes: Any) -> Scenario:
        """When everything is settled, the read model has these attributes; None: it lacks the
        attribute."""
        self._settle()
        item = self._cloud.get(pk, sk)
        assert item is not None, f"There is no read model {pk}."
        assert {name: item.get(name) for name in attributes} == attributes
        return self

    def then_no_read_model(self, pk: str, sk: Optional[str] = None) -> Scenario:
        self._settle()
        item = self._cloud.get(pk, sk)
        assert item is None, f"There is a read model {pk}: {item}"
        return self

    def then(self, check: Callable[[Any], None]) -> Scenario:
        """When everything is settled, a check of your own gets what the action returned."""
        self._settle()
        check(self.result)
        return self

    def new_events(self) -> List[Event]:
        """The events that were appended since what was given."""
        return list(self._cloud.log.read(self._log, self._id, from_version=self._version + 1))

    def _settle(self) -> None:
        self._fail_if_raised()
        if not self._settled:
            self._cloud.settle()
            self._settled = True

    def _fail_if_raised(self) -> None:
        if self.error is not None:
            raise self.error


def given(cloud: OfflineCloud, log: str, id: str, *events: NewEvent) -> Scenario:
    """A stream with these events; what they led to is done."""
    version = 0
    for begin in range(0, len(events), 100):
        version = cloud.log.append(log, id, events[begin : begin + 100], version).version
    if events:
        cloud.settle()
    return Scenario(cloud, log, id, version)


def _type_of(event: Union[str, NewEvent]) -> str:
    return event if isinstance(event, str) else event.type
