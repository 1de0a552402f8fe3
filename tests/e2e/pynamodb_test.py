"""pynamodb against the offline cloud: models make their tables, and everything is done through them."""
import datetime
import time

import pytest
from pynamodb.attributes import (BooleanAttribute, JSONAttribute, ListAttribute, MapAttribute, NumberAttribute, TTLAttribute,
                                 UnicodeAttribute, UnicodeSetAttribute, UTCDateTimeAttribute, VersionAttribute)
from pynamodb.connection import Connection
from pynamodb.exceptions import (DeleteError, DoesNotExist, PutError, TableDoesNotExist, TransactGetError, TransactWriteError,
                                 UpdateError)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

from cloud import REGION, Cloud

MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, datetime.timezone.utc)


class Settings:
    region = REGION
    max_retry_attempts = 0
    billing_mode = "PAY_PER_REQUEST"


class ByForum(GlobalSecondaryIndex):
    class Meta:
        index_name = "byForum"
        projection = AllProjection()

    forum = UnicodeAttribute(hash_key=True)
    views = NumberAttribute(range_key=True)


class ByViews(LocalSecondaryIndex):
    class Meta:
        index_name = "byViews"
        projection = KeysOnlyProjection()

    pk = UnicodeAttribute(hash_key=True)
    views = NumberAttribute(range_key=True)


class Address(MapAttribute):
    street = UnicodeAttribute()
    zip = NumberAttribute(null=True)


class Thread(Model):
    class Meta(Settings):
        table_name = "pynamo-threads"

    pk = UnicodeAttribute(hash_key=True)
    sk = NumberAttribute(range_key=True)
    forum = UnicodeAttribute(null=True)
    views = NumberAttribute(default=0)
    pinned = BooleanAttribute(default=False)
    tags = UnicodeSetAttribute(null=True)
    replies = ListAttribute(of=UnicodeAttribute, null=True)
    address = Address(null=True)
    extra = JSONAttribute(null=True)
    moment = UTCDateTimeAttribute(null=True)
    expires = TTLAttribute(null=True)
    by_forum = ByForum()
    by_views = ByViews()


class Versioned(Model):
    class Meta(Settings):
        table_name = "pynamo-versioned"
        billing_mode = "PROVISIONED"
        read_capacity_units = write_capacity_units = 2

    name = UnicodeAttribute(hash_key=True)
    count = NumberAttribute(default=0)
    version = VersionAttribute()


@pytest.fixture(scope="module", autouse=True)
def cloud(folder):
    with pytest.MonkeyPatch.context() as environment, Cloud(folder) as running:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "local")
        for model in (Thread, Versioned):
            model.Meta.host = running.url
            assert not model.exists()
            model.create_table(wait=True)
            assert model.exists()
        yield running
        for model in (Thread, Versioned):
            model.delete_table(wait=True)
            assert not model.exists()


def code(raised):
    return raised.value.cause_response_code


def test_the_tables_are_as_the_models_say():
    table = Thread.describe_table()
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["byForum"]
    assert [index["IndexName"] for index in table["LocalSecondaryIndexes"]] == ["byViews"]
    assert Versioned.describe_table()["ProvisionedThroughput"]["ReadCapacityUnits"] == 2
    connection = Connection(region=REGION, host=Thread.Meta.host)
    assert {"pynamo-threads", "pynamo-versioned"} <= set(connection.list_tables()["TableNames"])
    with pytest.raises(TableDoesNotExist):
        connection.describe_table("nowhere")


def test_time_to_live_is_turned_on_with_the_table(cloud):
    description = cloud.client("dynamodb").describe_time_to_live(TableName="pynamo-threads")["TimeToLiveDescription"]
    assert description == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


def test_every_attribute_comes_back_and_an_item_is_put_once():
    one = Thread("types", 1, forum="f", pinned=True, tags={"a", "b"}, replies=["x", "y"], address=Address(street="Main", zip=12),
                 extra={"deep": [1, None]}, moment=MOMENT, expires=MOMENT + datetime.timedelta(days=36500))
    one.save(Thread.pk.does_not_exist())
    with pytest.raises(PutError) as refused:
        Thread("types", 1).save(Thread.pk.does_not_exist())
    assert code(refused) == "ConditionalCheckFailedException"
    assert refused.value.cause_response_message == "The conditional request failed"
    found = Thread.get("types", 1, consistent_read=True)
    assert found.attribute_values.keys() == one.attribute_values.keys()
    assert (found.tags, found.replies, found.address.as_dict(), found.extra, found.moment) == (
        {"a", "b"}, ["x", "y"], {"street": "Main", "zip": 12}, {"deep": [1, None]}, MOMENT)
    assert set(Thread.get("types", 1, attributes_to_get=["pk", "sk", "forum"]).attribute_values) >= {"pk", "sk", "forum"}
    with pytest.raises(DoesNotExist):
        Thread.get("types", 2)


def test_updates_of_every_kind():
    one = Thread("update", 1, views=1, tags={"a", "b"}, replies=["x"], address=Address(street="Main", zip=1), forum="f")
    one.save()
    one.update(actions=[
        Thread.views.set(Thread.views + 4), Thread.tags.delete({"a"}), Thread.replies.set(Thread.replies.append(["y"])),
        Thread.address.zip.set(2), Thread.forum.remove(), Thread.moment.set(Thread.moment | MOMENT)],
        condition=(Thread.views < 2) & Thread.tags.contains("a") & (Thread.replies[0] == "x") & ~Thread.extra.exists())
    assert (one.views, one.tags, list(one.replies), one.address.zip, one.forum, one.moment) == (5, {"b"}, ["x", "y"], 2, None, MOMENT)
    with pytest.raises(UpdateError) as refused:
        one.update(actions=[Thread.views.add(1)], condition=Thread.forum.exists() | Thread.views.is_in(1, 2))
    assert code(refused) == "ConditionalCheckFailedException"
    one.refresh()
    assert one.views == 5


def test_versions_are_locked_optimistically():
    first = Versioned("locked")
    first.save()
    second = Versioned.get("locked")
    second.count = 2
    second.save()
    assert second.version == 2
    first.count = 1
    with pytest.raises(PutError) as refused:
        first.save()
    assert code(refused) == "ConditionalCheckFailedException"
    with pytest.raises(DeleteError):
        first.delete()
    second.update(actions=[Versioned.count.set(3)])
    assert (second.version, Versioned.get("locked").count) == (3, 3)


def test_tables_and_indexes_are_queried_and_scanned():
    with Thread.batch_write() as batch:
        for number in range(40):
            batch.save(Thread("query", number, forum="odd" if number % 2 else "even", views=100 - number))
    found = Thread.query("query", Thread.sk.between(3, 9), filter_condition=Thread.forum == "odd", scan_index_forward=False)
    assert [one.sk for one in found] == [9, 7, 5, 3]
    pages = Thread.query("query", page_size=7)
    assert [one.sk for one in pages] == list(range(40))
    limited = Thread.query("query", limit=5)
    assert [one.sk for one in limited] == list(range(5))
    assert limited.last_evaluated_key == {"pk": {"S": "query"}, "sk": {"N": "4"}}
    assert [one.sk for one in Thread.query("query", limit=2, last_evaluated_key=limited.last_evaluated_key)] == [5, 6]
    assert [one.views for one in Thread.by_forum.query("odd", Thread.views > 95)] == [97, 99]
    assert [one.sk for one in Thread.by_views.query("query", Thread.views <= 63)] == [39, 38, 37]
    assert Thread.by_forum.count("even") == 20
    assert Thread.count("query", Thread.sk < 10) == 10
    assert len(list(Thread.scan(Thread.pk.startswith("quer"), page_size=11))) == 40
    segments = [list(Thread.scan(Thread.pk == "query", segment=segment, total_segments=3)) for segment in range(3)]
    assert sorted(one.sk for segment in segments for one in segment) == list(range(40))


def test_items_are_got_and_deleted_in_batches():
    keys = [("batch", number) for number in range(30)]
    with Thread.batch_write() as batch:
        for key in keys:
            batch.save(Thread(*key))
    assert sorted(one.sk for one in Thread.batch_get(keys + [("batch", 99)], consistent_read=True)) == list(range(30))
    with Thread.batch_write() as batch:
        for key in keys:
            batch.delete(Thread(*key))
    assert Thread.count("batch") == 0


def test_transactions():
    connection = Connection(region=REGION, host=Thread.Meta.host)
    for number in (1, 2, 3):
        Thread("transaction", number, views=number).save()

    def write(views, token=None):
        with TransactWrite(connection=connection, client_request_token=token) as transaction:
            transaction.condition_check(Thread, "transaction", 1, condition=Thread.views == views)
            transaction.update(Thread("transaction", 2), actions=[Thread.views.add(10)])
            transaction.delete(Thread("transaction", 3))
            transaction.save(Thread("transaction", 4, views=4), condition=Thread.pk.does_not_exist())
            transaction.save(Versioned("in a transaction"))

    with pytest.raises(TransactWriteError) as refused:
        write(9)
    assert code(refused) == "TransactionCanceledException"
    assert [reason and reason.code for reason in refused.value.cancellation_reasons] == [
        "ConditionalCheckFailed", None, None, None, None]
    write(1, "pynamo-token")
    write(1, "pynamo-token")  # the same token: carried out once
    with TransactGet(connection=connection) as transaction:
        futures = [transaction.get(Thread, "transaction", number) for number in (1, 2, 4)]
        gone = transaction.get(Thread, "transaction", 3)
    assert [future.get().views for future in futures] == [1, 12, 4]
    with pytest.raises(DoesNotExist):
        gone.get()
    assert Versioned.get("in a transaction").version == 1
    with pytest.raises(TransactGetError):
        with TransactGet(connection=connection) as transaction:
            transaction.get(Thread, "transaction", 1)
            transaction.get(Thread, "transaction", 1)


def test_items_are_deleted_on_a_condition():
    one = Thread("delete", 1, views=int(time.time()))
    one.save()
    with pytest.raises(DeleteError) as refused:
        one.delete(Thread.views == 1)
    assert code(refused) == "ConditionalCheckFailedException"
    one.delete(Thread.views == one.views)
    with pytest.raises(DoesNotExist):
        one.refresh()
