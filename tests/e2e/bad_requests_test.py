"""Requests that are wrong in every way, over bare sockets: a clear error, and the server goes on."""
import concurrent.futures
import gzip
import json
import socket
import zlib

import pytest

from cloud import BUS, LOG_TABLE, SIGNED, Cloud, app

DYNAMODB, STREAMS, EVENTS = "DynamoDB_20120810", "DynamoDBStreams_20120810", "AWSEvents"


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder, app("failures", folder, RETRIES=0, AGE=21600)) as running:
        yield running


@pytest.fixture(autouse=True)
def goes_on(cloud):
    yield
    assert cloud.answers()


class Answer:
    def __init__(self, raw):
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0].startswith("HTTP/1.") else 0
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}

    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.json().get("__type", "").split("#")[-1]


def send(cloud, data, half_close=False, seconds=20, port=None):
    """Sends bytes and reads until the server closes, or until the answer is whole."""
    with socket.create_connection(("127.0.0.1", port or cloud.port), timeout=seconds) as connection:
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has refused already: its answer may still be there
        return read_answer(connection)


def read_answer(connection):
    raw = b""
    try:
        while True:
            head, found, body = raw.partition(b"\r\n\r\n")
            if found:
                length = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                if length and len(body) >= int(length[0]):
                    break
            piece = connection.recv(65536)
            if not piece:
                break
            raw += piece
    except ConnectionResetError:
        pass
    return Answer(raw)


def post(body, target=DYNAMODB + ".ListTables", path="/", host="localhost", **headers):
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode()
    lines = ["POST %s HTTP/1.1" % path, "Host: " + host, "Content-Length: %d" % len(body)]
    if target:
        signed = dict(SIGNED, **{"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1." + ("1" if EVENTS in target else "0")})
        lines += ["%s: %s" % one for one in signed.items()]
    lines += ["%s: %s" % (name.replace("_", "-"), value) for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


# --- the services' own protocols ---

NOT_JSON = ["", "{", "[", "nonsense", '{"a": }', '{"a": 1,}', "{} {}", '{"a": "\\ud800"', "\x00", '"text', "{'a': 1}"]


@pytest.mark.parametrize("target", [DYNAMODB + ".PutItem", STREAMS + ".GetRecords", EVENTS + ".PutEvents"])
@pytest.mark.parametrize("body", NOT_JSON + ["[]", "1", "null", '"text"'], ids=repr)
def test_what_is_no_json_object_is_refused(cloud, target, body):
    answer = send(cloud, post(body, target))
    assert answer.status == 400
    if body not in ("", "null"):  # AWS takes them as {}: then a field is missing
        assert answer.type == "SerializationException", answer.raw
    assert answer.headers["content-type"] == ("application/x-amz-json-1.1" if target.startswith(EVENTS) else "application/x-amz-json-1.0")


@pytest.mark.parametrize("target", [DYNAMODB + ".Nonsense", DYNAMODB + ".", STREAMS + ".PutItem", EVENTS + ".Nonsense",
                                    "DynamoDB_19990101.PutItem", "nonsense", "." * 1000])
def test_an_operation_that_does_not_exist_is_refused(cloud, target):
    answer = send(cloud, post("{}", target))
    assert answer.status in (400, 404)
    assert answer.type == "UnknownOperationException"


def test_a_request_without_credentials_is_refused(cloud):
    request = post("{}").replace(b"Authorization", b"X-Authorization")
    answer = send(cloud, request)
    assert (answer.status, answer.type) == (400, "MissingAuthenticationTokenException")


def test_a_request_for_nobody_is_refused(cloud):
    for request in (post("{}", None), post("{}", None, "/nowhere"), post("{}", None, "/2015-03-31/nonsense")):
        assert send(cloud, request).status in (400, 403, 404)


PUT = {"TableName": LOG_TABLE, "Item": {"pk": {"S": "a"}, "sk": {"N": "1"}}}


@pytest.mark.parametrize("operation, request_, type, words", [
    ("PutItem", {}, "ValidationException", "tableName"),
    ("PutItem", {"TableName": LOG_TABLE}, "ValidationException", "item"),
    ("PutItem", dict(PUT, TableName=5), "SerializationException", ""),
    ("PutItem", dict(PUT, TableName=["a"]), "SerializationException", ""),
    ("PutItem", dict(PUT, Item="text"), "SerializationException", ""),
    ("PutItem", dict(PUT, Item={"pk": "text"}), "SerializationException", ""),
    ("PutItem", dict(PUT, Item={"pk": {"S": 5}}), "SerializationException", ""),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}, "sk": {"N": 5}}), "SerializationException", ""),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}}), "ValidationException", "Missing the key sk in the item"),
    ("PutItem", dict(PUT, Item={"pk": {"S": ""}, "sk": {"N": "1"}}), "ValidationException", "empty string"),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}, "sk": {"S": "1"}}), "ValidationException", "Type mismatch for key sk"),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}, "sk": {"N": "NaN"}}), "ValidationException", "cannot be converted to a numeric value"),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}, "sk": {"N": "1"}, "x": {}}), "ValidationException", "Supplied AttributeValue is empty"),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}, "sk": {"N": "1"}, "x": {"S": "x", "N": "1"}}), "ValidationException", "more than one"),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}, "sk": {"N": "1"}, "x": {"B": "no base64!"}}), "SerializationException", ""),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}, "sk": {"N": "1"}, "x": {"SS": []}}), "ValidationException", ""),
    ("PutItem", dict(PUT, Item={"pk": {"S": "a"}, "sk": {"N": "1"}, "x": {"S": "x" * 410_000}}), "ValidationException",
     "Item size has exceeded the maximum allowed size"),
    ("PutItem", dict(PUT, ConditionExpression="nonsense("), "ValidationException", "Invalid ConditionExpression: Syntax error"),
    ("PutItem", dict(PUT, ConditionExpression="a = :missing"), "ValidationException", ":missing"),
    ("PutItem", dict(PUT, ReturnValues="SOME"), "ValidationException", "ALL_OLD, UPDATED_OLD, ALL_NEW"),
    ("GetItem", {"TableName": "x", "Key": {"pk": {"S": "a"}}}, "ValidationException", ""),
    ("GetItem", {"TableName": "nowhere", "Key": {"pk": {"S": "a"}}}, "ResourceNotFoundException", ""),
    ("GetItem", {"TableName": LOG_TABLE, "Key": {"pk": {"S": "a"}}}, "ValidationException", "does not match the schema"),
    ("Query", {"TableName": LOG_TABLE}, "ValidationException", ""),
    ("Query", {"TableName": LOG_TABLE, "Limit": 0, "KeyConditionExpression": "pk = :a"}, "ValidationException", "Limit"),
    ("Query", {"TableName": LOG_TABLE, "Limit": "many"}, "SerializationException", ""),
    ("UpdateItem", {"TableName": LOG_TABLE, "Key": {"pk": {"S": "a"}, "sk": {"N": "1"}}, "UpdateExpression": "SET pk = :a",
                    "ExpressionAttributeValues": {":a": {"S": "b"}}}, "ValidationException", "part of the key"),
    ("BatchWriteItem", {"RequestItems": {}}, "ValidationException", ""),
    ("CreateTable", {"TableName": "no"}, "ValidationException", ""),
])
def test_fields_that_are_missing_or_wrong_are_refused(cloud, operation, request_, type, words):
    answer = send(cloud, post(request_, DYNAMODB + "." + operation))
    assert (answer.status, answer.type) == (400, type), answer.raw[-500:]
    message = answer.json().get("message") or answer.json().get("Message") or ""
    assert words in message, message
    assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.body)


def test_fields_that_nobody_knows_are_ignored(cloud):
    """As AWS does: newer SDKs may send what this server does not know yet."""
    answer = send(cloud, post({"Surplus": {"a": [1]}, "Limit": 5}, DYNAMODB + ".ListTables"))
    assert answer.status == 200 and LOG_TABLE in answer.json()["TableNames"]


@pytest.mark.parametrize("operation, request_, type", [
    ("PutEvents", {}, "ValidationException"),
    ("PutEvents", {"Entries": []}, "ValidationException"),
    ("PutEvents", {"Entries": [{}] * 11}, "ValidationException"),
    ("PutEvents", {"Entries": "text"}, "SerializationException"),
    ("PutEvents", {"Entries": [{"Source": 5}]}, "SerializationException"),
    ("PutRule", {"Name": "r"}, "ValidationException"),
    ("PutRule", {"Name": "r", "EventPattern": "{"}, "InvalidEventPatternException"),
    ("PutRule", {"Name": "r", "EventPattern": '{"source": "text"}'}, "InvalidEventPatternException"),
    ("PutRule", {"Name": "r", "EventPattern": '{"source": [{"nonsense": 1}]}'}, "InvalidEventPatternException"),
    ("PutRule", {"Name": "r" * 65, "EventPattern": '{"source": ["a"]}'}, "ValidationException"),
    ("PutRule", {"Name": "r", "EventPattern": '{"source": ["a"]}', "EventBusName": "nowhere"}, "ResourceNotFoundException"),
    ("PutTargets", {"Rule": "nowhere", "Targets": [{"Id": "1", "Arn": "arn:aws:lambda:us-east-1:0:function:a"}]}, "ResourceNotFoundException"),
    ("DeleteEventBus", {"Name": "default"}, "ValidationException"),
    ("CreateEventBus", {"Name": BUS}, "ResourceAlreadyExistsException"),
])
def test_events_refuses_too(cloud, operation, request_, type):
    answer = send(cloud, post(request_, EVENTS + "." + operation), port=cloud.events_port)
    assert (answer.status, answer.type) == (400, type), answer.raw


@pytest.mark.parametrize("operation, request_, type", [
    ("DescribeStream", {}, "ValidationException"),
    ("DescribeStream", {"StreamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/a/stream/2026-01-01T00:00:00.000"}, "ResourceNotFoundException"),
    ("GetRecords", {"ShardIterator": "nonsense"}, "ValidationException"),
    ("GetRecords", {"ShardIterator": "A" * 4000}, "ValidationException"),
    ("GetShardIterator", {"StreamArn": "x", "ShardId": "y", "ShardIteratorType": "SOMEWHERE"}, "ValidationException"),
])
def test_streams_refuses_too(cloud, operation, request_, type):
    answer = send(cloud, post(request_, STREAMS + "." + operation))
    assert (answer.status, answer.type) == (400, type), answer.raw


@pytest.mark.parametrize("path, body, status, type, headers", [
    ("/2015-03-31/functions/nobody/invocations", "{}", 404, "ResourceNotFoundException", {}),
    ("/2015-03-31/functions/handler/invocations", "no json", 400, "InvalidRequestContentException", {}),
    ("/2015-03-31/functions/handler/invocations", '"' + "x" * 6_300_000 + '"', 413, "RequestTooLargeException", {}),
    ("/2015-03-31/functions/handler/invocations", '"' + "x" * 1_100_000 + '"', 413, "RequestTooLargeException", {"X-Amz-Invocation-Type": "Event"}),
    ("/2015-03-31/functions/handler/invocations", "{}", 400, "ValidationException", {"X-Amz-Invocation-Type": "Nonsense"}),
    ("/2015-03-31/functions/handler/invocations?Qualifier=7", "{}", 404, "ResourceNotFoundException", {}),
    ("/2015-03-31/functions/no%20name/invocations", "{}", 400, "ValidationException", {}),
    ("/2015-03-31/functions/arn%3Aaws%3As3%3A%3A%3Abucket/invocations", "{}", 400, "ValidationException", {}),
    ("/2015-03-31/functions/handler/invocations?Qualifier=no%20name", "{}", 400, "ValidationException", {}),
    ("/2015-03-31/functions/%zz/invocations", "{}", 400, "ValidationException", {}),
])
def test_lambda_refuses_too(cloud, path, body, status, type, headers):
    answer = send(cloud, post(body, None, path, **headers))
    assert answer.status == status, answer.raw[:500]
    if type:
        assert answer.headers["x-amzn-errortype"].split(":")[0] == type
        assert answer.json().get("Message") or answer.json().get("message")


@pytest.mark.parametrize("body", ["", "{", '{"move": "far"}', '{"move": 1e300}', '{"jump": 1}', '{"move": 99999999999999999}'])
def test_the_local_endpoints_refuse_too(cloud, body):
    answer = send(cloud, post(body, None, "/_local/clock"))
    assert answer.status in (200, 400), answer.raw
    if body not in ("", '{"jump": 1}'):
        assert answer.status == 400


# --- sizes ---

@pytest.mark.parametrize("origin, allowed", [
    ("https://example.com", False), ("null", False), ("http://localhost.example.com", False), ("http://192.168.0.7:8000", False),
    ("http://localhost:3000", True), ("http://127.0.0.1", True), ("http://[::1]:5173", True), ("https://LOCALHOST", True)])
@pytest.mark.parametrize("path, body", [("/_local/clock", "{}"), ("/2015-03-31/functions/handler/invocations", "{}")])
def test_pages_of_other_sites_cannot_send_what_needs_no_preflight(cloud, origin, allowed, path, body):
    """A browser sends such a POST (text/plain) without asking first."""
    answer = send(cloud, post(body, None, path, Origin=origin, Content_Type="text/plain"))
    assert answer.status == (200 if allowed else 403), answer.raw


def test_pages_of_other_sites_can_neither_read_nor_write_tables(cloud):
    for origin, allowed in (("https://example.com", False), ("null", False), ("http://localhost:3000", True)):
        preflight = send(cloud, b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\nAccess-Control-Request-Method: POST\r\n"
                                b"Access-Control-Request-Headers: x-amz-target\r\n\r\n" % origin.encode())
        call = send(cloud, post({}, Origin=origin))
        for answer in (preflight, call):
            assert answer.status == (200 if allowed else 403), answer.raw
            assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)


def test_further_pages_are_allowed_by_an_option(folder):
    with Cloud(folder / "cors", arguments=["--cors-origin", "https://app.example.com"], in_memory=True) as running:
        for origin, status in (("https://app.example.com", 200), ("https://example.com", 403)):
            assert send(running, post({}, Origin=origin)).status == status
        refused = running.ddblog("offline", "--cors-origin", "app.example.com", check=False)
        assert refused.returncode != 0 and "is not an origin" in refused.stderr


def test_a_body_of_more_than_16_mib_is_refused_before_it_is_read(cloud):
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\nContent-Length: %d\r\n\r\n"
    for length in (17 << 20, 1 << 40, (1 << 63) - 1):
        assert send(cloud, head % length + b"{").status == 413


def test_a_chunked_body_of_more_than_16_mib_is_refused(cloud):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert send(cloud, head + chunk * 18).status == 413


def test_a_gzip_body_that_grows_beyond_16_mib_is_refused(cloud):
    body = gzip.compress(b"{" + b" " * (40 << 20) + b"}")
    answer = send(cloud, post(body, Content_Encoding="gzip"))
    assert answer.status in (400, 413)
    assert send(cloud, post(b"no gzip", Content_Encoding="gzip")).status == 500  # as in AWS


def test_a_body_of_nearly_16_mib_is_read(cloud):
    answer = send(cloud, post('{"Limit": 1' + " " * (15 << 20) + "}"))
    assert answer.status == 200


@pytest.mark.parametrize("head", [b"X-Long: " + b"x" * 10_000_000, b"".join(b"X-%d: x\r\n" % n for n in range(200_000)),
                                  b"X" * 10_000_000], ids=["one", "many", "name"])
def test_headers_without_an_end_are_refused(cloud, head):
    answer = send(cloud, b"POST / HTTP/1.1\r\nHost: localhost\r\n" + head)
    assert answer.status in (0, 400)  # 0: closed without a word while we still wrote


def test_a_request_line_without_an_end_is_refused(cloud):
    assert send(cloud, b"GET /" + b"x" * 1_000_000).status in (0, 400)


def test_json_that_nests_without_an_end_is_refused(cloud):
    for body in ("[" * 100_000, '{"a":' * 100_000, '{"Item":' + '{"M":{"a":' * 200):
        assert send(cloud, post(body, DYNAMODB + ".PutItem")).status == 400
    deep = {"S": "x"}
    for _ in range(40):
        deep = {"M": {"a": deep}}
    answer = send(cloud, post(dict(PUT, Item=dict(PUT["Item"], deep=deep)), DYNAMODB + ".PutItem"))
    assert (answer.status, answer.type) == (400, "ValidationException")
    assert "Nesting Levels have exceeded supported limits" in answer.json()["message"]


# --- HTTP ---

@pytest.mark.parametrize("data", [
    b"nonsense\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 100, b"GET\r\n\r\n",
    b"POST / HTTP/9.9\r\nHost: localhost\r\n\r\n", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
], ids=lambda data: repr(data[:40]))
def test_what_is_no_http_is_refused_or_closed(cloud, data):
    assert send(cloud, data, half_close=True).status in (0, 400, 501, 505)


@pytest.mark.parametrize("host, allowed", [
    ("localhost", True), ("localhost:8000", True), ("LOCALHOST:1", True), ("127.0.0.1", True), ("127.0.0.1:99", True),
    ("[::1]:8000", True), ("127.1.2.3", True), ("evil.example", False), ("evil.example:8000", False),
    ("localhost.evil.example", False), ("127.0.0.1.evil.example", False), ("10.0.0.1", False), ("[", False),
])
def test_only_hosts_of_this_machine_are_served(cloud, host, allowed):
    """A page in a browser must not reach it by a name that somebody points at 127.0.0.1."""
    answer = send(cloud, post("{}", host=host))
    assert (answer.status == 200) == allowed, answer.raw
    if not allowed:
        assert answer.status in (400, 403, 421)


def test_a_client_that_stops_writing_still_gets_its_answer(cloud):
    answer = send(cloud, post("{}"), half_close=True)
    assert answer.status == 200 and LOG_TABLE in answer.json()["TableNames"]


@pytest.mark.parametrize("data", [b"POST / HTTP/1.1\r\nHost: local", post("{}")[:-1], b"", b"P"], ids=repr)
def test_a_client_that_goes_in_the_middle_is_let_go(cloud, data):
    assert send(cloud, data, half_close=True).status in (0, 400)


def test_slow_clients_do_not_hold_up_the_others(cloud):
    slow = []
    try:
        for number in range(200):
            connection = socket.create_connection(("127.0.0.1", cloud.port), timeout=10)
            connection.sendall(post("{}")[:20 + number % 100])
            slow.append(connection)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda _: cloud.answers(), range(40)))
        rest = post("{}")[20:]
        slow[0].sendall(rest)
        assert read_answer(slow[0]).status == 200
    finally:
        for connection in slow:
            connection.close()


def test_a_request_in_single_bytes_is_answered(cloud):
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in post("{}"):
            connection.sendall(bytes([byte]))
        assert read_answer(connection).status == 200


def test_requests_one_behind_the_other_are_answered_in_order(cloud):
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=10) as connection:
        connection.sendall(post({"Limit": 1}) + post("{", DYNAMODB + ".PutItem") + post("{}", Connection="close"))
        raw = b""
        while piece := connection.recv(65536):
            raw += piece
    assert [answer[:3] for answer in raw.split(b"HTTP/1.1 ")[1:]] == [b"200", b"400", b"200"], raw


def test_clients_that_do_not_read_their_answers_do_no_harm(cloud):
    deaf = []
    try:
        for _ in range(20):
            connection = socket.create_connection(("127.0.0.1", cloud.port), timeout=10)
            connection.setblocking(False)
            try:
                connection.send(post("{}") * 200)
            except BlockingIOError:
                pass
            deaf.append(connection)
        assert all(cloud.answers() for _ in range(20))
    finally:
        for connection in deaf:
            connection.close()


def test_a_browser_is_answered(cloud):
    answer = send(cloud, b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\n"
                         b"Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-amz-target\r\n\r\n")
    assert answer.status == 200
    assert "access-control-allow-origin" in answer.headers
    assert "x-amz-target" in answer.headers["access-control-allow-headers"].lower() or answer.headers["access-control-allow-headers"] == "*"
    health = send(cloud, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert health.status == 200 and b"healthy" in health.body
    old = send(cloud, b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert old.status == 200
