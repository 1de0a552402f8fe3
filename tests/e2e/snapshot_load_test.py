"""`dynamodb-log snapshot load` while the offline cloud runs: its state is replaced whole, or not at all."""
import http.server
import json
import os
import random
import resource
import signal
import subprocess
import threading
import urllib.error
import urllib.request

import pytest

from cloud import (BINARY, CORE_TABLE, USERS, Cloud, Refused, Wire, clean_environment, event_put, eventually, free_ports,
                   run)
from snapshot_test import versions


def load(cloud, file, *more, **options):
    return cloud.ddblog("snapshot", "load", file, "--yes", *more, **options)


def local(cloud, method, path, body=b""):
    """A request to the cloud's own routes: (status, answer)."""
    request = urllib.request.Request(cloud.url + path, body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def run_of(cloud):
    return local(cloud, "GET", "/_local/health", None)[1]["run"]


def leftovers(cloud):
    """What a load has left in the data directory."""
    ours = ("in-use.lock", "store", "archive.sqlite", "archive.sqlite-wal", "archive.sqlite-shm")
    return sorted(entry.name for entry in cloud.data.iterdir() if entry.name not in ours)


def one_line(done, status, words):
    assert done.returncode == status and words in done.stderr and done.stderr.count("\n") == 1, done


class Writer:
    """Appends to a stream of its own until the connection breaks or it is stopped; knows what was acknowledged."""

    def __init__(self, cloud, stream):
        self.cloud, self.stream, self.acknowledged, self.stopping = cloud, stream, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        wire, version = Wire(self.cloud.url), 0
        while not self.stopping.is_set():
            version += 1
            try:
                wire.call("PutItem", event_put(self.stream, version))
                self.acknowledged = version
            except (OSError, Refused, ValueError):
                wire.close()  # between the old state and the new one nothing listens
            except Exception as broken:  # http.client's own: the connection was closed in the middle
                assert type(broken).__module__ == "http.client", broken
                wire.close()

    def stop(self):
        self.stopping.set()
        self.thread.join()


def test_replaces_the_state_while_events_are_appended(tmp_path):
    file = tmp_path / "state.snapshot"
    with Cloud(tmp_path) as cloud:
        for version in range(1, 6):
            cloud.append("kept", version)
        eventually(lambda: len(cloud.archive()) == 5, "the five events are archived")
        cloud.ddblog("snapshot", "save", file)
        before = run_of(cloud)
        for round in range(2):
            writers = [Writer(cloud, "%d-%d" % (round, number)) for number in range(3)]
            eventually(lambda: min(writer.acknowledged for writer in writers) > 50)
            cloud.append("kept", 6)
            known = [writer.acknowledged for writer in writers]
            loaded = load(cloud, file)
            assert loaded.stdout.startswith("5 items of 2 tables, 5 archived events loaded into the offline cloud at %s, as of "
                                            % cloud.url)
            for writer in writers:
                writer.stop()
            assert versions(cloud, "kept") == [1, 2, 3, 4, 5]
            for writer, then in zip(writers, known):
                # Of what was written before the new state was there, nothing; after that all of it.
                found = versions(cloud, writer.stream)
                first = found[0] if found else then + 1
                assert first > then and found == list(range(first, first + len(found)))
            assert [key for key in cloud.archived_keys() if key[0] == "users#kept#stream"] == [
                ("users#kept#stream", version) for version in range(1, 6)]
            assert leftovers(cloud) == []
        assert run_of(cloud) != before
        cloud.append("kept", 6)
        eventually(lambda: ("users#kept#stream", 6) in cloud.archived_keys(), "the trigger sends events on")
        cloud.restart()
        assert versions(cloud, "kept") == [1, 2, 3, 4, 5, 6]


def test_functions_triggers_and_rules_go_on(tmp_path):
    file = tmp_path / "state.snapshot"
    with Cloud(tmp_path, USERS / "template-python.yaml") as cloud:
        cloud.append("1", 1)
        cloud.wait_for_version("1", 1)
        cloud.ddblog("snapshot", "save", file)
        cloud.append("1", 2, "addPhoneNumber", phoneNumber={"S": "+46 1"})
        cloud.wait_for_version("1", 2)
        load(cloud, file)
        assert cloud.read_model("1")["version"] == {"N": "1"}
        cloud.append("1", 2, "addPhoneNumber", phoneNumber={"S": "+46 2"})
        assert cloud.wait_for_version("1", 2)["phoneNumber"] == {"S": "+46 2"}


def test_of_a_cloud_in_memory_that_wants_signatures(tmp_path):
    file, large = tmp_path / "state.snapshot", random.Random(1)
    with Cloud(tmp_path, in_memory=True, arguments=["--access-key", "me:secret"]) as cloud:
        signed = dict(cloud.environment_of_clients(), AWS_ACCESS_KEY_ID="me", AWS_SECRET_ACCESS_KEY="secret")
        append = ("append", "users", "1", "signup", '{"name": "N", "email": "e@example.com"}', "--expect")
        cloud.ddblog(*append, "none", environment=signed)
        for number in range(30):  # several pieces
            cloud.ddblog("append", "users", str(number + 2), "note", "-", environment=signed,
                         stdin=json.dumps({"filler": large.randbytes(150_000).hex()}))
        cloud.ddblog("snapshot", "save", file, environment=signed)
        assert file.stat().st_size > 4 << 20
        cloud.ddblog(*append, "1", environment=signed)
        one_line(load(cloud, file, check=False), 5, "The service returned an error: ")
        for round in range(2):
            loaded = load(cloud, file, environment=signed)
            assert "31 items of 2 tables" in loaded.stdout and "the offline cloud at " + cloud.url in loaded.stdout
            read = cloud.ddblog("read", "users", "1", environment=signed).stdout
            assert len(read.splitlines()) == 1, read
        damaged = tmp_path / "damaged.snapshot"
        damaged.write_bytes(file.read_bytes()[:-1])
        cloud.ddblog(*append, "1", environment=signed)
        one_line(load(cloud, damaged, environment=signed, check=False), 1, "damaged (it is cut off). Nothing was changed.")
        assert len(cloud.ddblog("read", "users", "1", environment=signed).stdout.splitlines()) == 2


def test_refuses_and_changes_nothing(tmp_path):
    file, damaged = tmp_path / "state.snapshot", tmp_path / "damaged.snapshot"
    with Cloud(tmp_path) as cloud:
        cloud.append("1", 1)
        cloud.ddblog("snapshot", "save", file)
        cloud.append("1", 2)
        before, whole = run_of(cloud), file.read_bytes()
        for content, words in ((whole[:-1], "cut off"), (whole[:len(whole) // 2], "cut off"), (b"", "not a snapshot"),
                               (b"something else", "not a snapshot"), (b"dynamodb-log snapshot 9\n", "has format 9"),
                               (whole[:500] + b"\0" + whole[501:], "damaged"), (whole + b"x", "follows its end")):
            damaged.write_bytes(content)
            one_line(load(cloud, damaged, check=False), 1, words)
            assert leftovers(cloud) == []
        one_line(load(cloud, tmp_path / "none", check=False), 1, "no file")
        asks = cloud.ddblog("snapshot", "load", file, check=False)
        one_line(asks, 2, "--yes")
        cloud.process.send_signal(signal.SIGUSR1)  # nothing of ours: nothing happens
        assert (run_of(cloud), versions(cloud, "1"), leftovers(cloud)) == (before, [1, 2], [])


def test_one_at_a_time(tmp_path):
    file = tmp_path / "state.snapshot"
    with Cloud(tmp_path) as cloud:
        cloud.append("1", 1)
        cloud.ddblog("snapshot", "save", file)
        cloud.append("1", 2)
        status, answer = local(cloud, "POST", "/_local/restores", b'{"name": "another"}')
        assert status == 200
        path = "/_local/restores/" + answer["restore"]
        one_line(load(cloud, file, check=False), 5, "Another snapshot is being loaded")
        assert local(cloud, "PUT", path + "?offset=0", b"some") == (200, {"received": 4})
        assert local(cloud, "PUT", path + "?offset=5", b"more")[0] == 400
        assert local(cloud, "DELETE", path) == (200, {})
        assert local(cloud, "PUT", path + "?offset=4", b"more")[0] == 404
        load(cloud, file)
        assert versions(cloud, "1") == [1]
        results = []
        threads = [threading.Thread(target=lambda: results.append(load(cloud, file, check=False))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert any(done.returncode == 0 for done in results), results
        for done in results:
            if done.returncode != 0:
                assert done.returncode in (4, 5) and done.stderr.count("\n") == 1, done
        eventually(lambda: versions(cloud, "1") == [1])


def test_which_state_it_is(tmp_path):
    """Without --data: the cloud that runs; when none does, the default data directory; never anything else unsaid."""
    file, folder = tmp_path / "state.snapshot", tmp_path / "run"
    cloud = Cloud(folder, data=".dynamodb-log")
    with cloud:
        cloud.append("1", 1)
        cloud.ddblog("snapshot", "save", file)
        elsewhere = {"AWS_ENDPOINT_URL": "http://localhost:%d" % free_ports(1)[0]}
        one_line(load(cloud, file, environment=elsewhere, check=False), 6,
                 "No offline cloud responds at %s, and the data directory .dynamodb-log is in use" % elsewhere["AWS_ENDPOINT_URL"])
        cloud.append("1", 2)
    loaded = load(cloud, file)
    assert "loaded into the data directory .dynamodb-log, as of" in loaded.stdout
    asked = subprocess.run([str(BINARY), "snapshot", "load", str(file), "--data", str(cloud.data)], capture_output=True,
                           text=True, stdin=subprocess.DEVNULL, env=clean_environment(), timeout=60)
    one_line(asked, 2, "--yes")
    one_line(load(cloud, file, "--endpoint-url", cloud.url, check=False), 4, "Nothing responds at " + cloud.url)
    aws = run(BINARY, "snapshot", "load", file, "--yes", "--stage", "prod", environment={"AWS_ENDPOINT_URL": ""}, check=False,
              cwd=folder)
    one_line(aws, 7, "restore-table-from-backup")
    with cloud:
        assert versions(cloud, "1") == [1]

    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"healthy: something else")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever).start()
    try:
        url = {"AWS_ENDPOINT_URL": "http://127.0.0.1:%d" % server.server_port}
        one_line(load(cloud, file, environment=url, check=False), 1, "is not an offline cloud")
    finally:
        server.shutdown()
        server.server_close()


def test_a_full_disk_leaves_the_old_state(tmp_path):
    file = tmp_path / "state.snapshot"
    cloud = Cloud(tmp_path)
    cloud.start(preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN), restore_signals=False)
    with_room = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    try:
        for number in range(3):
            cloud.call("PutItem", {"TableName": CORE_TABLE, "Item": {
                "pk": {"S": str(number)}, "sk": {"S": "x"}, "filler": {"S": random.Random(number).randbytes(150_000).hex()}}})
        cloud.ddblog("snapshot", "save", file)
        cloud.append("1", 1)
        before, size = run_of(cloud), file.stat().st_size
        # First the file has no room, then the state that is built of it.
        for limit in (size // 2, size + 1000):
            resource.prlimit(cloud.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            one_line(load(cloud, file, check=False), 1, "The snapshot cannot be loaded: ")
            assert (versions(cloud, "1"), run_of(cloud), leftovers(cloud)) == ([1], before, [])
        resource.prlimit(cloud.process.pid, resource.RLIMIT_FSIZE, with_room)
        load(cloud, file)
        assert versions(cloud, "1") == []
        assert cloud.client("dynamodb").scan(TableName=CORE_TABLE, Select="COUNT")["Count"] == 3
    finally:
        cloud.stop()


def test_what_the_template_contradicts_is_refused(tmp_path):
    def table(key):
        return {"TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}

    file, template = tmp_path / "state.snapshot", tmp_path / "template.json"
    with Cloud(tmp_path / "one") as cloud:
        cloud.call("CreateTable", table("number"))
        cloud.ddblog("snapshot", "save", file)
    template.write_text(json.dumps({"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": table("id")}}}))
    for in_memory in (False, True):
        with Cloud(tmp_path / ("memory" if in_memory else "disk"), template, in_memory=in_memory) as cloud:
            before = run_of(cloud)
            cloud.call("PutItem", {"TableName": "orders", "Item": {"id": {"S": "1"}}})
            one_line(load(cloud, file, check=False), 1, "The snapshot cannot be loaded: the table orders exists")
            assert cloud.call("Scan", {"TableName": "orders"})["Count"] == 1
            assert run_of(cloud) == before and (in_memory or leftovers(cloud) == [])


def test_rules_that_leave_no_room_for_the_templates_are_refused(tmp_path):
    file, template = tmp_path / "state.snapshot", tmp_path / "template.json"
    with Cloud(tmp_path / "one") as cloud:
        for number in range(2000):
            cloud.call("PutRule", {"Name": "rule%d" % number, "EventPattern": '{"source": ["one"]}'}, "AWSEvents")
        cloud.ddblog("snapshot", "save", file)
    template.write_text(json.dumps({"Resources": {"Mine": {"Type": "AWS::Events::Rule", "Properties": {
        "Name": "mine", "EventPattern": {"source": ["one"]}}}}}))
    with Cloud(tmp_path / "two", template) as cloud:
        before = run_of(cloud)
        one_line(load(cloud, file, check=False), 1, "The snapshot cannot be loaded: rule mine")
        assert [rule["Name"] for rule in cloud.client("events").list_rules()["Rules"]] == ["mine"]
        assert run_of(cloud) == before and leftovers(cloud) == []


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_cloud_ends_while_it_is_sent(tmp_path, end):
    cloud = Cloud(tmp_path)
    with cloud:
        cloud.append("1", 1)
        path = "/_local/restores/" + local(cloud, "POST", "/_local/restores", b'{"name": "x"}')[1]["restore"]
        assert local(cloud, "PUT", path + "?offset=0", b"x" * 1_000_000) == (200, {"received": 1_000_000})
        if end == signal.SIGKILL:
            cloud.kill()
            cloud.start()
        else:
            cloud.stop(end)
            assert leftovers(cloud) == []
            cloud.start()
        assert leftovers(cloud) == []
        assert local(cloud, "POST", path + "/finish")[0] == 404
        assert versions(cloud, "1") == [1]


@pytest.mark.parametrize("seed", [1])
def test_killed_while_it_loads(tmp_path, seed):
    """kill -9 of the cloud at any moment: the old state or the new one, whole, and the client says one line."""
    chance, files = random.Random(seed), {}
    cloud = Cloud(tmp_path)
    with cloud:
        for name, count in (("old", 60), ("new", 90)):
            for number in range(count):
                cloud.call("PutItem", {"TableName": CORE_TABLE, "Item": {
                    "pk": {"S": name}, "sk": {"S": str(number)}, "filler": {"S": chance.randbytes(10_000).hex()}}})
            files[name] = tmp_path / (name + ".snapshot")
            cloud.ddblog("snapshot", "save", files[name])
            for number in range(count):
                cloud.call("DeleteItem", {"TableName": CORE_TABLE, "Key": {"pk": {"S": name}, "sk": {"S": str(number)}}})
        for round in range(10):
            load(cloud, files["old"])
            # By --endpoint-url: if the client asks while the cloud is down, it must not load into its own directory.
            client = subprocess.Popen([str(BINARY), "snapshot", "load", str(files["new"]), "--yes", "--endpoint-url", cloud.url],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                                      env=clean_environment(cloud.environment_of_clients()))
            try:
                client.wait(timeout=chance.uniform(0, 0.4))
            except subprocess.TimeoutExpired:
                pass
            cloud.kill()
            cloud.start()
            out, err = client.communicate(timeout=90)
            items = cloud.client("dynamodb").get_paginator("scan").paginate(TableName=CORE_TABLE).build_full_result()["Items"]
            found = ({item["pk"]["S"] for item in items}, len(items))
            assert found in (({"old"}, 60), ({"new"}, 90)), (round, found)
            assert leftovers(cloud) == []
            if client.returncode == 0:
                assert found[0] == {"new"}, out
            else:
                assert client.returncode in (1, 4, 5) and err.count("\n") == 1, (client.returncode, err)
