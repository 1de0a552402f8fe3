"""The trigger in Python, by the cases that the triggers of all languages share
(clients/cases/README.md)."""

import json
import pathlib

import pytest

from case_values import value_of
from dynamodb_log import EventLogError
from dynamodb_log.trigger import Publisher, answer_of, settings_of
from tables import FakeEnvironment, not_sent

CASES = json.loads((pathlib.Path(__file__).resolve().parents[2] / "cases/trigger.json").read_text())["cases"]


class Bus:
    """Answers as a case says."""

    def __init__(self, failures=0, rejects=None, unreachable=False):
        self.failures, self.rejects, self.unreachable = failures, rejects, unreachable
        self.taken, self.calls = [], []

    def put_events(self, Entries):
        self.calls.append(len(Entries))
        if self.unreachable:
            not_sent(None, None)
        return {"Entries": [self._answer(entry) for entry in Entries]}

    def _answer(self, entry):
        self.failures -= 1
        if self.failures >= 0 or (self.rejects and self.rejects in entry["Detail"]):
            return {"ErrorCode": "InternalFailure"}
        self.taken.append(entry)
        return {"EventId": "1"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_case(case, capsys):
    bus, environment, then = Bus(**case.get("bus", {})), FakeEnvironment(), case["then"]
    try:
        publisher = Publisher(bus, environment=environment, **settings_of(case.get("environment", {})))
        answer = answer_of(publisher, value_of(case["batch"]))
    except EventLogError as error:
        assert type(error).__name__ == then.get("error"), error
        return
    seen = {
        "answer": answer,
        "details": [entry["Detail"] for entry in bus.taken],
        "entries": bus.taken,
        "calls": bus.calls,
        "reports": len(capsys.readouterr().err.splitlines()),
        "pauses": len(environment.pauses),
    }
    assert {name: seen.get(name) for name in then} == then
