"""The configuration files of jest-dynamodb, jest-dynalite and vitest-dynamodb-lite as they are, with the presets of the
library for Node.js, in the real Jest and Vitest. The projects are in node_presets/."""
import json
import pathlib
import re
import shutil
import tarfile

import pytest

from cloud import BINARY, ROOT, Cloud, free_ports, run

FOLDER = pathlib.Path(__file__).resolve().parent
PROJECTS = FOLDER / "node_presets"
PACKAGES = FOLDER / "node/node_modules"
INSTALLED = ("@aws-sdk", "jest", "vite", "vitest")

pytestmark = pytest.mark.skipif(
    not all((PACKAGES / name).exists() for name in INSTALLED), reason="Jest or Vitest is not installed")


@pytest.fixture(scope="module")
def packages(folder):
    """A node_modules with the packed library, Jest, Vitest and the AWS SDK."""
    run("npm", "pack", "--silent", "--pack-destination", folder, cwd=ROOT / "clients/node")
    modules = folder / "node_modules"
    tarball, = folder.glob("dynamodb-log-*.tgz")
    with tarfile.open(tarball) as archive:
        archive.extractall(modules)
    (modules / "package").rename(modules / "dynamodb-log")
    for name in INSTALLED:
        (modules / name).symlink_to(PACKAGES / name)
    return modules


@pytest.fixture
def test_run(packages, tmp_path):
    """Runs a project's tests; returns whether they passed, and what was printed."""
    def run_tests(name, *command, files=(), **environment):
        project = tmp_path / name
        if not project.exists():
            shutil.copytree(PROJECTS / name, project)
            (project / "node_modules").symlink_to(packages)
            (project / "package.json").write_text('{"private": true}')
        for path, text in dict(files).items():
            (project / path).parent.mkdir(exist_ok=True)
            (project / path).write_text(text)
        done = run("node", *command, cwd=project, check=False, seconds=200, environment=dict(
            DYNAMODB_LOG=str(BINARY), NO_COLOR="1", CI="1", **environment))
        return done.returncode == 0, done.stdout + done.stderr
    return run_tests


JEST = PACKAGES / "jest/bin/jest.js"
VITEST = PACKAGES / "vitest/vitest.mjs"


def table(name, **more):
    return {"TableName": name, "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST", **more}


def passed(output):
    """How many tests."""
    return int(re.search(r"Tests: +(?:\d+ failed, )?(\d+) passed", output)[1])


def test_jest_dynamodb(test_run):
    port, = free_ports(1)
    good, output = test_run("jest-dynamodb", JEST, PORT=str(port))
    assert good and passed(output) == 3, output


def test_jest_dynamodb_uses_a_server_that_is_there(test_run, packages, folder):
    """And creates the tables anew: what an earlier run has left is gone."""
    template = packages / "dynamodb-log/src/testing/presets/no-tables.yaml"
    with Cloud(folder / "there", template=template, in_memory=True) as cloud:
        port = cloud.url.rpartition(":")[2]
        for _ in range(2):
            good, output = test_run("jest-dynamodb", JEST, PORT=port)
            assert good, output
        assert cloud.client("dynamodb").list_tables()["TableNames"] == ["files"]


@pytest.mark.parametrize("named, extension, begin", [
    ("./other/settings", ".js", "module.exports = "),
    ("./other/settings", ".json", ""),
    ("./other/settings.mjs", "", "export default "),
])
def test_jest_dynamodb_takes_the_file_that_is_named(test_run, named, extension, begin):
    """The name may lack the extension, as with `require`."""
    port, = free_ports(1)
    settings = json.dumps({"tables": [table("files", data=[{"id": "first", "size": 1}])], "port": port})
    good, output = test_run("jest-dynamodb", JEST, files={named + extension: begin + settings},
                            PORT=str(port), JEST_DYNAMODB_CONFIG=named)
    assert good and passed(output) == 3, output


@pytest.mark.parametrize("has_base_port", [False, True])
def test_jest_dynalite(test_run, has_base_port):
    ports = {"BASE_PORT": str(free_ports(1)[0] - 1)} if has_base_port else {}
    good, output = test_run("jest-dynalite", JEST, "--runInBand", **ports)
    assert good and passed(output) == 4, output


def test_jest_dynalite_takes_the_file_nearest_to_the_test(test_run):
    """As in a repository of several packages, whose root has a file, too."""
    good, output = test_run("jest-dynalite", JEST, "nested", files={
        "nested/jest-dynalite-config.js": f"exports.tables = [{json.dumps(table('nested'))}]",
        "nested/near.test.js": """
            const { DynamoDBClient, ListTablesCommand } = require("@aws-sdk/client-dynamodb");
            test("the tables are those of the nearest file", async () => {
              const client = new DynamoDBClient({ endpoint: process.env.MOCK_DYNAMODB_ENDPOINT, region: "local" });
              expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["nested"]);
            });"""})
    assert good and passed(output) == 1, output


def test_vitest_dynamodb_lite(test_run):
    good, output = test_run("vitest-dynamodb-lite", VITEST, "run")
    assert good and "2 passed" in output, output


@pytest.mark.parametrize("name, command, file, text, message", [
    ("jest-dynalite", (JEST,), "jest-dynalite-config.js", "exports.tables = 1", '"tables" must be an array'),
    ("jest-dynalite", (JEST,), "jest-dynalite-config.js", "exports.basePort = 0", '"basePort" must be a number from 1'),
    ("vitest-dynamodb-lite", (VITEST, "run"), "vitest-dynamodb-lite-config.ts", "export default {tables: 1}",
     '"tables" must be an array'),
])
def test_what_is_wrong_in_the_file_is_said(test_run, name, command, file, text, message):
    good, output = test_run(name, *command, files={file: text})
    assert not good and message in output
