"""Settle while faults are injected: whenever it answers, everything is done. The read models are what the log says, or the
failure of the event that is missing in one is in the answer."""
import random

from cloud import CORE_TABLE, LOG_TABLE, USERS, Cloud, Refused, Wire, event_put
from faults_test import expected_models

FAULTS = "seed=20261128,duplicate=0.2,reorder=0.2,partial-failure=0.1,throttle=0.1,slow=0.05"
CRASHES = ",crash-function=0.3"
POOL = 12   # users
EVENTS = 4  # of a round, at most


class Application:
    def __init__(self, cloud, draw):
        self.cloud, self.draw, self.wire = cloud, draw, Wire(cloud.url)
        self.events = {}       # by pk of the stream: the items
        self.given_up = set()  # (pk, version) of events whose handler has failed
        self.last_failure = 0

    def call(self, operation, request):
        while True:
            try:
                return self.wire.call(operation, request)
            except Refused as refused:
                assert refused.type == "ProvisionedThroughputExceededException", refused

    def append(self, id, **payload):
        """The next event of a user. `payload`: of the first one."""
        events = self.events.setdefault("users#%s#stream" % id, [])
        version = len(events) + 1
        more = {"phoneNumber": {"S": "+46 %d" % version}} if version > 1 else payload
        put = event_put(id, version, "signup" if version == 1 else "addPhoneNumber", **more)
        self.call("PutItem", {"TableName": LOG_TABLE, "Item": put["Item"]})
        events.append(put["Item"])

    def append_some(self, number):
        """A few events; sometimes one that the handler cannot handle: it has no name. Returns that one's key, if any."""
        for _ in range(self.draw.randrange(1, EVENTS + 1)):
            self.append("%d-%d" % (number // 25, self.draw.randrange(POOL)))
        if self.draw.random() < 0.8:
            return set()
        self.append("nameless-%d" % number, email={"S": "nobody@example.com"})
        return {("users#nameless-%d#stream" % number, 1)}

    def settle(self):
        answer = self.cloud.settle(advance=True)
        assert answer["settled"] and not answer["moreFailures"], answer
        return answer

    def kept_failures(self):
        """The ids of the failures since the last call, oldest first."""
        _, answer = self.cloud.local("GET", "failures?limit=100")
        new = [failure["id"] for failure in answer["failures"] if int(failure["id"]) > self.last_failure]
        if new:
            self.last_failure = int(new[0])
        return new[::-1]

    def note(self, failures):
        """What was given up: an event of the bus, or the record of one that the on-failure destination was to get."""
        keys = set()
        for failure in failures:
            payload = failure["payload"]
            key = payload.get("requestPayload", payload)["detail"]["key"]
            keys.add((key["pk"], int(key["sk"])))
        self.given_up |= keys
        return keys

    def check(self):
        """Each read model is what its stream says up to its version. That is the last one whose event was handled, or more."""
        for pk, events in self.events.items():
            key = pk.removesuffix("#stream")
            found = self.call("GetItem", {"TableName": CORE_TABLE, "ConsistentRead": True,
                                          "Key": {"pk": {"S": key}, "sk": {"S": key}}}).get("Item")
            version = int(found["version"]["N"]) if found else 0
            handled = [int(event["sk"]["N"]) for event in events if (pk, int(event["sk"]["N"])) not in self.given_up]
            assert version >= max(handled, default=0), "%s is at %d, and %s are handled" % (key, version, handled)
            assert found == expected_models(events[:version]).get(key)


def faults(cloud):
    return cloud.local("GET", "faults")[1]["faults"]


def test_it_is_right_whenever_it_answers(tmp_path, whole, figures):
    """Nothing at all happens after its answer."""
    rounds, draw = 300 if whole else 100, random.Random(1)
    with Cloud(tmp_path, USERS / "template.yaml", ["--faults", FAULTS], in_memory=True) as cloud:
        application = Application(cloud, draw)
        for number in range(rounds):
            poisoned = application.append_some(number)
            answer = application.settle()
            invoked = faults(cloud)["slow"]["asked"]
            assert [failure["id"] for failure in answer["failures"]] == application.kept_failures()
            assert application.note(answer["failures"]) == poisoned
            assert all('"name" is missing' in failure["errorLine"] for failure in answer["failures"])
            again = application.settle()
            assert (again["advanced"], again["failures"]) == (0, []), again
            assert set(again["counts"].values()) == {0}, again
            assert faults(cloud)["slow"]["asked"] == invoked
            application.check()
        counts = faults(cloud)
        assert [kind for kind, count in counts.items() if count["injected"] == 0] == ["crash-function"], counts
    figures(rounds=rounds, failures=len(application.given_up))


def test_it_is_right_when_functions_crash(tmp_path, whole, figures):
    """A request of a function that was killed may still be on its way when it answers, as one of any other client: it can
    only repeat what was done."""
    rounds, draw = 100 if whole else 30, random.Random(2)
    with Cloud(tmp_path, USERS / "template.yaml", ["--faults", FAULTS + CRASHES], in_memory=True) as cloud:
        application = Application(cloud, draw)
        for number in range(rounds):
            poisoned = application.append_some(number)
            answer = application.settle()
            assert application.note(answer["failures"]) >= poisoned
            application.check()
        assert faults(cloud)["crash-function"]["injected"] > 0
    figures(rounds=rounds, failures=len(application.given_up))
