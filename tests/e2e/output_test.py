"""What the offline cloud and its functions say, to a reader that reads, does not read, or has gone."""
import json
import os
import pty
import re
import signal
import subprocess

import pytest

from cloud import Cloud, NotReady, clean_environment, eventually

TALKS = """
def handler(event, context):
    for number in range(event["lines"]):
        print("%d %s" % (number, "." * 100))
    print(event.get("say", ""))
    return "said"
"""
TEMPLATE = """
Resources:
  Talks:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: talks, Runtime: python3.13, Handler: index.handler, CodeUri: ., Timeout: 20}
  Logs:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: local-dynamodb-logs
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: N}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
"""


@pytest.fixture
def cloud(tmp_path):
    (tmp_path / "index.py").write_text(TALKS)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    cloud = Cloud(tmp_path / "run", tmp_path / "template.yaml")
    yield cloud
    if cloud.process and cloud.process.poll() is None:  # the test has failed
        cloud.process.kill()


def start(cloud, output):
    """Starts it with another standard output than a file."""
    cloud.process = subprocess.Popen(cloud.command(), cwd=cloud.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                     env=clean_environment(cloud.environment))
    os.close(output)
    eventually(cloud._answers, "it listens")


def invoke(cloud, **event):
    answer = cloud.client("lambda").invoke(FunctionName="talks", Payload=json.dumps(event))
    assert json.load(answer["Payload"]) == "said"


def work(cloud):
    """More output than any pipe and any buffer holds (6 MB), and appends meanwhile."""
    for number in range(1, 11):
        invoke(cloud, lines=6000)
        cloud.append("1", number)
    assert cloud.answers()


def stop_in_time(process, by):
    process.send_signal(by)
    try:
        assert process.wait(10) == 0
    finally:
        process.kill()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_pipe_that_nobody_reads_stops_nothing(cloud, by):
    reader, writer = os.pipe()
    start(cloud, writer)
    work(cloud)
    stop_in_time(cloud.process, by)
    os.close(reader)


def test_a_terminal_that_nobody_reads_stops_nothing(cloud):
    master, terminal = pty.openpty()
    start(cloud, terminal)
    work(cloud)
    stop_in_time(cloud.process, signal.SIGTERM)
    os.close(master)


def test_who_reads_late_learns_how_much_was_dropped(cloud):
    reader, writer = os.pipe()
    start(cloud, writer)
    work(cloud)
    with open(reader, "rb") as lines:
        cloud.process.send_signal(signal.SIGTERM)
        text = lines.read()
    assert cloud.process.wait(10) == 0
    dropped = re.findall("^… ([0-9,]+) lines dropped: nobody read the output$", text.decode(), re.MULTILINE)
    assert dropped, text[:2000]
    said = re.findall(rb"talks: \d+ \.{100}\n", text)
    assert sum(int(number.replace(",", "")) for number in dropped) + len(said) >= 60_000
    assert text.endswith(b" stopping\n")


def test_a_reader_that_has_gone_stops_nothing(cloud):
    reader, writer = os.pipe()
    start(cloud, writer)
    os.close(reader)
    work(cloud)
    stop_in_time(cloud.process, signal.SIGTERM)


def test_closed_descriptors_are_not_given_to_files(cloud):
    """A line for the terminal would be written into one of the store's."""
    cloud.start(preexec_fn=lambda: os.closerange(0, 3))
    assert [os.readlink("/proc/%d/fd/%d" % (cloud.process.pid, number)) for number in range(3)] == ["/dev/null"] * 3
    work(cloud)
    cloud.stop()


def test_a_disk_that_is_full_stops_nothing(cloud):
    start(cloud, os.open("/dev/full", os.O_WRONLY))
    work(cloud)
    stop_in_time(cloud.process, signal.SIGTERM)


def test_an_error_for_nobody_ends_all_the_same(tmp_path):
    """A full pipe that nobody reads: the exit status is what is left."""
    cloud = Cloud(tmp_path, tmp_path / "nowhere.yaml", in_memory=True)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writer, b"." * 4096)
    os.set_blocking(writer, True)
    with pytest.raises(NotReady):
        start(cloud, writer)
    assert cloud.process.returncode in (1, 2)
    os.close(reader)


def test_functions_cannot_control_the_terminal(cloud):
    with cloud:
        invoke(cloud, lines=0, say="\x1b]0;title\x07\x1b[31mred \u009b2J \x00 naïve")
        eventually(lambda: r"talks: \x1b]0;title\x07\x1b[31mred \xc2\x9b2J \x00 naïve" in cloud.output(), "the line is shown")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", cloud.output())
