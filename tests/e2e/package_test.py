"""The C++ library as a program outside the tree uses it: installed, found by CMake, compiled, linked and run."""
import json
import re
import shutil
import subprocess
import sys

import pytest

from cloud import BINARY, ROOT, USERS, Cloud, clean_environment, run

sys.path.append(str(ROOT / "clients/python/src"))
import dynamodb_log  # noqa: E402

BUILD = BINARY.parent


def cmake(*arguments):
    done = subprocess.run(["cmake", *map(str, arguments)], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def build(source, folder, prefix):
    cmake("-S", source, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_PREFIX_PATH=%s" % prefix)
    cmake("--build", folder)


@pytest.fixture(scope="module")
def prefix(folder):
    cmake("--install", BUILD, "--component", "client", "--prefix", folder / "prefix")
    return folder / "prefix"


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder / "cloud") as running:
        yield running


def test_only_the_library_is_installed(prefix):
    """One library, its public headers, its package and the licence: nothing of the program, nothing of the rooms."""
    files = {str(file.relative_to(prefix)) for file in prefix.rglob("*") if file.is_file()}
    assert not [file for file in files if not re.match(
        r"include/ddblog/\w+\.h$|lib/([\w-]+/)?libddblog\.a$|lib/([\w-]+/)?cmake/ddblog/|share/doc/ddblog/LICENSE$", file)], files
    assert {file for file in files if file.startswith("include/")} == {
        "include/ddblog/" + header.name for header in (ROOT / "clients/cpp/include/ddblog").iterdir()} - {
        "include/ddblog/testing.h"}, "the library needs no GoogleTest"


def test_the_public_headers_include_only_each_other_and_the_standard_library(prefix):
    for header in (prefix / "include/ddblog").iterdir():
        for quoted, standard in re.findall(r'^#include (?:"(.*)"|<(.*)>)', header.read_text(), re.MULTILINE):
            assert quoted.startswith("ddblog/") or re.fullmatch(r"[a-z_]+", standard), (header.name, quoted or standard)


def test_the_package_names_no_place_of_this_machine(prefix):
    """It can be moved, and packed."""
    for file in prefix.rglob("*.cmake"):
        assert str(ROOT) not in file.read_text(), file


def test_a_program_outside_the_tree_appends_reads_projects_and_subscribes(prefix, cloud, folder):
    build(ROOT / "tests/package", folder / "program", prefix)
    done = run(folder / "program/package-test", environment=cloud.environment_of_clients())
    found, renamed, projected, rebuilt, subscribed, conflict = done.stdout.splitlines()
    event = json.loads(found, parse_float=str)
    assert (event["version"], event["type"], event["payload"]) == (
        1, "found", {"id": "1", "name": "Göteborg", "long": "11.974560000000000000001"})
    assert json.loads(renamed)["payload"] == {"id": "1", "name": "Gothenburg"}
    assert (projected, rebuilt) == ("at version 2", "rebuilt 1: 0 Gothenburg")
    assert subscribed == "subscribed: version 2"
    assert "is at version 2" in conflict
    key = {"S": "places#1"}
    item = cloud.call("GetItem", {"TableName": "local-core", "Key": {"pk": key, "sk": key}})["Item"]
    assert (item["name"], item["long"]) == ({"S": "Gothenburg"}, {"N": "11.974560000000000000001"})
    names = [item["pk"]["S"] for item in cloud.call("Scan", {"TableName": "local-core"})["Items"]]
    assert [name for name in names if "names#" in name] == ["v2/names#Gothenburg"]
    log = dynamodb_log.EventLog(cloud.client("dynamodb"), dynamodb_log.log_table_name("local"))
    places = dynamodb_log.Projector(log, "places", type="place")
    assert (places.current_generation(), places.get_current("1")["title"]) == ("v2", "Gothenburg"), "as in every language"


def test_an_application_is_tested_on_the_offline_cloud(prefix, folder):
    """The users example with its tests, built on the installed library with its component `testing`."""
    both = folder / "both"
    shutil.copytree(prefix, both)
    cmake("--install", BUILD, "--component", "testing", "--prefix", both)
    build(USERS / "cpp", folder / "users-with-tests", both)
    environment = clean_environment({"DYNAMODB_LOG": str(BINARY)})
    done = subprocess.run([folder / "users-with-tests/users-cpp-test"], env=environment, capture_output=True, text=True,
                          timeout=240)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
    assert "[  PASSED  ] 10 tests." in done.stdout, done.stdout


def test_the_users_example_is_a_project_of_its_own(prefix, folder):
    build(USERS / "cpp", folder / "users", prefix)
    # Not started by a Lambda service, it says so.
    done = subprocess.run([folder / "users/bootstrap"], env=clean_environment({"AWS_REGION": "us-east-1"}),
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and "AWS_LAMBDA_RUNTIME_API" in done.stderr, done
