"""Fault mode: the users example stays right while everything that AWS may do to it is done to it."""
import json
import re
import urllib.error
import urllib.request

import pytest

from cloud import BINARY, CORE_TABLE, LOG_TABLE, USERS, Cloud, eventually, run

KINDS = ("duplicate", "reorder", "partial-failure", "throttle", "slow", "crash-function")
FAULTS = "seed=20261128," + ",".join("%s=%s" % (kind, 0.05 if kind == "crash-function" else 0.1) for kind in KINDS)
USER_COUNT = 200
EVENTS_OF_A_USER = 4
MINUTE = 60_000


def get(cloud, path, method="GET"):
    request = urllib.request.Request(cloud.url + path, method=method)
    return json.loads(urllib.request.urlopen(request, timeout=10).read())


def faults(cloud):
    return get(cloud, "/_local/faults")["faults"]


def let_time_pass(cloud):
    """Back-offs and retries are over. If much is at work, the clock does not come as far, and says so."""
    try:
        cloud.move_clock(3 * MINUTE)
    except urllib.error.HTTPError as error:
        assert error.code == 409, error
    except TimeoutError:
        pass  # the next one waits for this one


def redrive_failures(cloud, redriven):
    """Delivers what was given up once more, as somebody would who looks after the application."""
    for failure in get(cloud, "/_local/failures?limit=100")["failures"]:
        if failure["id"] not in redriven:
            get(cloud, "/_local/failures/%s/redrive" % failure["id"], "POST")
            redriven.add(failure["id"])


def scan(dynamodb, table, **request):
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, **request)
    return [item for page in pages for item in page["Items"]]


def expected_models(events):
    """What the log says, by key."""
    models = {}
    for event in sorted(events, key=lambda event: (event["pk"]["S"], int(event["sk"]["N"]))):
        key = event["pk"]["S"].removesuffix("#stream")
        payload = event["payload"]["M"]
        model = models.setdefault(key, {"pk": {"S": key}, "sk": {"S": key}, "type": {"S": "user"}, "id": payload["id"]})
        if event["type"]["S"] == "signup":
            model.update(name=payload["name"], email=payload["email"])
        elif event["type"]["S"] == "addPhoneNumber":
            model.update(phoneNumber=payload["phoneNumber"], verifiedPhoneNumber={"BOOL": False})
        elif event["type"]["S"] == "verifyPhoneNumber":
            if payload["phoneNumber"] == model["phoneNumber"]:
                model["verifiedPhoneNumber"] = {"BOOL": True}
        else:
            model["location"] = {"M": {"long": payload["long"], "lat": payload["lat"]}}
        model["version"] = event["sk"]
    return models


@pytest.mark.parametrize("template", ["template.yaml", "template-node.yaml", "template-python.yaml"])
def test_the_read_models_are_what_the_log_says_under_all_faults(template, tmp_path):
    with Cloud(tmp_path, USERS / template, ["--faults", FAULTS], retry_delay_ms=MINUTE) as cloud:
        cloud.ddblog("fake-data", "--users", USER_COUNT)
        dynamodb = cloud.client("dynamodb", retries={"max_attempts": 10, "mode": "standard"})
        events = scan(dynamodb, LOG_TABLE)
        assert len(events) == USER_COUNT * EVENTS_OF_A_USER
        expected = expected_models(events)
        redriven, differing = set(), []

        def models_are_right():
            let_time_pass(cloud)
            redrive_failures(cloud, redriven)
            users = scan(dynamodb, CORE_TABLE, FilterExpression="#type = :user", ExpressionAttributeNames={"#type": "type"},
                         ExpressionAttributeValues={":user": {"S": "user"}})
            found = {item["pk"]["S"]: item for item in users}
            differing[:] = [(found.get(key), model) for key, model in expected.items() if found.get(key) != model]
            return not differing
        try:
            eventually(models_are_right, "every read model is what its stream says", 240)
        except AssertionError:
            raise AssertionError("%d read models differ, the first (found, expected): %s" % (len(differing), differing[:1]))

        keys = sorted((event["pk"]["S"], int(event["sk"]["N"])) for event in events)
        eventually(lambda: sorted(cloud.archived_keys()) == keys, "the archive has each event once")
        counts = faults(cloud)
        assert [kind for kind in KINDS if counts[kind]["injected"] == 0] == [], counts
        # Each delivery is one that may be repeated, so more are invoked than there are events.
        assert counts["slow"]["asked"] > USER_COUNT * EVENTS_OF_A_USER, counts


def test_the_greeting_and_the_end_say_what_was_injected(tmp_path):
    cloud = Cloud(tmp_path, arguments=["--faults", "duplicate=1,throttle=0"])
    with cloud:
        greeting = eventually(lambda: re.search(r"^  faults     repeat them with --faults (\S+)$", cloud.output(), re.M))
        settings = get(cloud, "/_local/faults")
        assert greeting[1] == settings["settings"] == "seed=%d,duplicate=1" % settings["seed"]
        assert set(settings["faults"]) == set(KINDS)
        cloud.append("1", 1)
        eventually(lambda: faults(cloud)["duplicate"]["injected"] > 0, "the trigger's batch comes twice")
        assert faults(cloud)["throttle"] == {"rate": 0, "asked": 0, "injected": 0}
    assert re.search(r"injected faults: \d+ duplicate$", cloud.output(), re.M)


def test_the_same_seed_throttles_the_same_requests(tmp_path):
    def statuses(folder):
        with Cloud(folder, arguments=["--faults", "seed=5,throttle=0.5"], in_memory=True) as cloud:
            dynamodb = cloud.client("dynamodb", retries={"max_attempts": 1, "mode": "standard"})
            found = []
            for number in range(20):
                try:
                    dynamodb.get_item(TableName=LOG_TABLE, Key={"pk": {"S": str(number)}, "sk": {"N": "1"}})
                    found.append(200)
                except dynamodb.exceptions.ProvisionedThroughputExceededException as error:
                    found.append(error.response["ResponseMetadata"]["HTTPStatusCode"])
            return found
    first = statuses(tmp_path / "first")
    assert set(first) == {200, 400}
    assert statuses(tmp_path / "second") == first


@pytest.mark.parametrize("settings, word", [("often", "'often'"), ("slow=2", "from 0 to 1"), ("seed=x", "seed=N"),
                                            ("", "''"), ("seed=7", "injects nothing"),
                                            ("slow=0.1,slow=0.9", "second rate")])
def test_settings_that_mean_nothing_are_refused_in_one_line(settings, word, tmp_path):
    done = run(BINARY, "offline", "--in-memory", "--port", "0", "--faults", settings, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and word in done.stderr and "--faults: " in done.stderr, done.stderr


def test_without_faults_there_is_no_such_route(tmp_path):
    with Cloud(tmp_path, in_memory=True) as cloud:
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(cloud, "/_local/faults")
        assert refused.value.code == 404
        assert "faults" not in cloud.output()


def left_undone(folder):
    """What an application sees of parts of batches that fail."""
    with Cloud(folder, None, ["--faults", "seed=5,partial-failure=0.5", "--in-memory"]) as cloud:
        tables, sqs = cloud.client("dynamodb"), cloud.client("sqs")
        tables.create_table(TableName="items", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                            BillingMode="PAY_PER_REQUEST")
        keys = [{"pk": {"S": str(n)}} for n in range(10)]
        written = tables.batch_write_item(RequestItems={"items": [{"PutRequest": {"Item": key}} for key in keys]})
        unwritten = [request["PutRequest"]["Item"]["pk"]["S"] for request in written["UnprocessedItems"]["items"]]
        assert tables.scan(TableName="items")["Count"] == 10 - len(unwritten)
        unread = tables.batch_get_item(RequestItems={"items": {"Keys": keys}})["UnprocessedKeys"]["items"]["Keys"]
        statements = [{"Statement": "SELECT * FROM items WHERE pk = '%d'" % n} for n in range(10)]
        answers = tables.batch_execute_statement(Statements=statements)["Responses"]
        url = sqs.create_queue(QueueName="entries")["QueueUrl"]
        entries = [{"Id": str(n), "MessageBody": str(n)} for n in range(10)]
        sent = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert {(one["Code"], one["SenderFault"]) for one in sent["Failed"]} == {("InternalError", False)}
        counted = faults(cloud)["partial-failure"]
        return [unwritten, unread, [answer.get("Error", {}).get("Code") for answer in answers],
                [one["Id"] for one in sent["Failed"]], counted]


def test_parts_of_batches_fail_and_the_seed_repeats_it(folder):
    first = left_undone(folder / "first")
    assert left_undone(folder / "second") == first
    unwritten, unread, codes, failed, counted = first
    assert all(0 < len(some) < 10 for some in (unwritten, unread, failed))
    assert set(codes) == {None, "ProvisionedThroughputExceeded"}
    assert (counted["asked"], counted["injected"] > 0) == (40, True)
