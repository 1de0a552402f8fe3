"""The users example from the append to the read model, with its functions in each of the three languages."""
import concurrent.futures
import json
import random

import pytest

from cloud import CORE_TABLE, USERS, Cloud, eventually

USER_COUNT = 20
DIGITS_LONG = "179.12345678901234567890123456789012345"  # 38 digits
DIGITS_LAT = "-0.12345678901234567890123456789012345678"  # 38 significant digits


@pytest.fixture(scope="module", params=["template.yaml", "template-node.yaml", "template-python.yaml"])
def cloud(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param.removesuffix(".yaml"))
    with Cloud(folder, USERS / request.param) as running:
        yield running


def events_of(id, phone, long, lat):
    return [("signup", {"name": {"S": "Åsa " + id}, "email": {"S": id + "@example.com"}}),
            ("addPhoneNumber", {"phoneNumber": {"S": phone}}),
            ("verifyPhoneNumber", {"phoneNumber": {"S": phone}}),
            ("addLocation", {"long": {"N": long}, "lat": {"N": lat}})]


def test_every_field_of_every_user_is_right(cloud):
    rng = random.Random(20260101)
    users = {}
    for number in range(USER_COUNT):
        long, lat = "%.6f" % rng.uniform(1, 179), "-%.6f" % rng.uniform(1, 89)
        if number == 0:
            long, lat = DIGITS_LONG, DIGITS_LAT
        users["u%d" % number] = ("+46 %09d" % rng.randrange(10**9), long, lat)

    def write(id):
        for version, (type, payload) in enumerate(events_of(id, *users[id]), 1):
            cloud.append(id, version, type, **payload)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(write, users))

    for id, (phone, long, lat) in users.items():
        item = cloud.wait_for_version(id, 4)
        assert item == {
            "pk": {"S": "users#" + id}, "sk": {"S": "users#" + id}, "type": {"S": "user"}, "id": {"S": id},
            "name": {"S": "Åsa " + id}, "email": {"S": id + "@example.com"}, "phoneNumber": {"S": phone},
            "verifiedPhoneNumber": {"BOOL": True}, "version": {"N": "4"},
            "location": {"M": {"long": {"N": canonical(long)}, "lat": {"N": canonical(lat)}}}}


def canonical(number):
    """As DynamoDB gives numbers back: without zeros at the end of the fraction."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def test_another_number_is_not_verified_by_the_old_one(cloud):
    cloud.append("other", 1)
    cloud.append("other", 2, "addPhoneNumber", phoneNumber={"S": "+46 1"})
    cloud.append("other", 3, "addPhoneNumber", phoneNumber={"S": "+46 2"})
    cloud.append("other", 4, "verifyPhoneNumber", phoneNumber={"S": "+46 1"})
    item = cloud.wait_for_version("other", 4)
    assert item["phoneNumber"] == {"S": "+46 2"}
    assert item["verifiedPhoneNumber"] == {"BOOL": False}


def test_a_type_that_is_not_known_advances_the_version_and_is_logged(cloud):
    cloud.append("unknown", 1)
    cloud.append("unknown", 2, "somethingNew", what={"S": "ever"})
    cloud.append("unknown", 3, "addPhoneNumber", phoneNumber={"S": "+46 3"})
    assert cloud.wait_for_version("unknown", 3)["phoneNumber"] == {"S": "+46 3"}
    eventually(lambda: "somethingNew" in cloud.output(), "the log names the type")


def test_after_a_gap_nothing_is_applied_until_it_is_closed(cloud):
    cloud.append("gap", 1)
    cloud.wait_for_version("gap", 1)
    cloud.append("gap", 3, "addPhoneNumber", phoneNumber={"S": "+46 4"})
    cloud.append("after-gap", 1)
    cloud.wait_for_version("after-gap", 1)
    eventually(lambda: "gap" in cloud.output(), "the log names the gap")
    assert cloud.read_model("gap")["version"] == {"N": "1"}
    cloud.append("gap", 2, "addPhoneNumber", phoneNumber={"S": "+46 5"})
    assert cloud.wait_for_version("gap", 3)["phoneNumber"] == {"S": "+46 4"}


def test_a_poison_event_holds_up_nobody_else_and_its_record_is_kept(cloud):
    cloud.append("poison", 1, "signup", name={"S": "no email"})
    for number in range(5):
        cloud.append("healthy%d" % number, 1)
    for number in range(5):
        cloud.wait_for_version("healthy%d" % number, 1)

    def failures():
        found = cloud.call("Scan", {"TableName": CORE_TABLE, "FilterExpression": "begins_with(pk, :failure)",
                                    "ExpressionAttributeValues": {":failure": {"S": "failure#"}}})["Items"]
        return [item for item in found if "users#poison#stream" in item["record"]["S"]]
    item = eventually(failures, "the record is kept")[0]
    record = json.loads(item["record"]["S"])
    assert item["condition"] == {"S": "RetriesExhausted"}
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["requestPayload"]["detail"]["key"] == {"pk": "users#poison#stream", "sk": 1}
    assert "email" in record["responsePayload"]["errorMessage"]
    assert cloud.read_model("poison") is None or "email" not in cloud.read_model("poison")


def test_many_events_of_one_user_are_applied_in_order(cloud):
    cloud.append("many", 1)
    for version in range(2, 61):
        cloud.append("many", version, "addPhoneNumber", phoneNumber={"S": "+46 %d" % version})
    assert cloud.wait_for_version("many", 60)["phoneNumber"] == {"S": "+46 60"}
