"""16 writers in three languages append to one stream while the server is killed (kill -9) again and again: no version is
missing, no event is there twice, and nobody is told to have won what another one has."""
import collections

from cloud import LOG_TABLE, Cloud, eventually
from library_programs import Programs

WRITERS = {"cpp": 6, "node": 5, "python": 5}
SECONDS = 600  # in which the writers must be done, on a busy machine too
STREAM = {"S": "race#1#stream"}


def query(cloud, **options):
    return cloud.call("Query", dict(options, TableName=LOG_TABLE, KeyConditionExpression="pk = :pk", ConsistentRead=True,
                                    ExpressionAttributeValues={":pk": STREAM}))


def version(cloud):
    items = query(cloud, ScanIndexForward=False, Limit=1)["Items"]
    return int(items[0]["sk"]["N"]) if items else 0


def all_events(cloud):
    items, start = [], {}
    while True:
        page = query(cloud, **start)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return [(int(item["sk"]["N"]), item["eventId"]["S"]) for item in items]
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def race(tmp_path, mode, of_each, events, kills):
    """Lets all write; kills the server while they do. Returns what the stream holds, and what the writers were told, both
    (version, event id) in the order of versions."""
    told = []
    with Cloud(tmp_path) as cloud, Programs(tmp_path) as programs:
        for language, writers in WRITERS.items():
            file = tmp_path / (language + ".txt")
            told.append(file)
            with open(file, "wb") as output:
                programs.start(language, "race_writer", cloud, mode, language, writers, of_each, stdout=output)
        for kill in range(1, kills + 1):
            eventually(lambda: version(cloud) >= kill * events // (kills + 1), "the writers get on", SECONDS)
            cloud.kill()
            cloud.start()
        for process in programs.running:
            assert process.wait(SECONDS) == 0, programs.errors()
        lines = [line.split() for file in told for line in file.read_text().splitlines()]
        return all_events(cloud), sorted((int(number), event_id) for number, event_id in lines)


def test_at_any_version_each_event_is_there_once_and_none_is_missing(tmp_path, whole, figures):
    each, kills = (625, 8) if whole else (25, 2)
    events, told = race(tmp_path, "any", each, 16 * each, kills)
    assert [number for number, _ in events] == list(range(1, 16 * each + 1))
    ids = collections.Counter(event_id for _, event_id in events)
    expected = {"%s/%d/%d" % (language, writer, number) for language, writers in WRITERS.items() for writer in range(writers)
                for number in range(each)}
    assert set(ids) == expected and max(ids.values()) == 1
    assert told == events
    figures(events=len(events), kills=kills)


def test_at_an_exact_version_one_writer_wins(tmp_path, whole, figures):
    count, kills = (2000, 4) if whole else (200, 2)
    events, told = race(tmp_path, "exact", count, count, kills)
    assert [number for number, _ in events] == list(range(1, count + 1))
    assert told == events, "each version has one writer that was told to have won it"
    winners = collections.Counter(event_id.split("/")[0] for _, event_id in events)
    figures(events=count, kills=kills, **winners)
