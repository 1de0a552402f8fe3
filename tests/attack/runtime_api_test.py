"""Other processes of the machine, and web pages, ask a function's Runtime API for its invocations."""
import os
import pathlib
import subprocess

import pytest

from cloud import Cloud, app, eventually, records

THIEF = """
import sys, urllib.error, urllib.request
stolen = refused = 0
for _ in range(int(sys.argv[2])):
    request = urllib.request.Request("http://%s/2018-06-01/runtime/invocation/next" % sys.argv[1])
    for header in sys.argv[3:]:
        request.add_header(*header.split(": "))
    try:
        urllib.request.urlopen(request, timeout=2).read()
        stolen += 1
    except urllib.error.HTTPError as error:
        refused += error.code == 403
    except OSError:
        pass
print(stolen, refused)
"""

PYTHON = "/usr/bin/python3"  # that of the virtual environment may be in a folder that other users cannot enter

THIEVES = {
    "another_user": (65534, []),
    "another_process_of_the_same_user": (os.getuid(), []),
    "a_web_page": (os.getuid(), ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site"]),
}


def runtime_api(cloud, function):
    """Where the function's process asks for invocations."""
    for pid in eventually(lambda: cloud.children_with(function), "the function runs"):
        for entry in pathlib.Path("/proc/%d/environ" % pid).read_bytes().split(b"\0"):
            if entry.startswith(b"AWS_LAMBDA_RUNTIME_API="):
                return entry.decode().partition("=")[2]
    raise AssertionError("no process has AWS_LAMBDA_RUNTIME_API")


@pytest.mark.parametrize("thief", THIEVES)
def test_nobody_else_gets_invocations(tmp_path, thief, whole, figures):
    user, headers = THIEVES[thief]
    if user != os.getuid() and os.getuid() != 0:
        pytest.skip("only root can become another user")
    events, tries = (1500, 1500) if whole else (100, 100)
    with Cloud(tmp_path / "run", app("failures", tmp_path, RETRIES=0, AGE=21600),
               arguments=["--concurrency", "1"]) as cloud:
        address = runtime_api(cloud, "handler")
        robber = subprocess.Popen([PYTHON, "-c", THIEF, address, str(tries), *headers], stdout=subprocess.PIPE,
                                  text=True, user=user, cwd="/")
        for number in range(events):
            cloud.append("u%d" % number, 1)
        eventually(lambda: len({one["id"] for one in records(tmp_path / "failures", "handled")}) == events,
                   "every event is handled by the function", 60)
        stolen, refused = map(int, robber.communicate(timeout=120)[0].split())
        assert stolen == 0 and refused == tries
        assert not records(tmp_path / "failures", "failures")
    figures(tries=tries, stolen=stolen, events=events)
