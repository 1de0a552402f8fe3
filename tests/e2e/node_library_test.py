"""The library for Node.js, as it is published: packed by npm, installed from the tarball, and run by node --test against the
offline cloud. Its tests are in node_library/; the cases that all languages run are in clients/cases."""
import pathlib
import re
import shutil
import sys

import pytest

from cloud import BINARY, ROOT, USERS, Cloud, run
from ministack import PROGRAM, Ministack

sys.path.append(str(ROOT / "clients/python/src"))
import dynamodb_log  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent
TESTS = FOLDER / "node_library"
LIBRARY = ROOT / "clients/node"
CASES = ROOT / "clients/cases"
PACKAGES = FOLDER / "node/node_modules"  # the AWS SDK, TypeScript

TSCONFIG = """{"files": ["types.test.mts", "types-of-commonjs.cts"], "compilerOptions": {"strict": true, "noEmit": true,
"target": "ES2022", "module": "Node16", "moduleResolution": "Node16", "lib": ["ES2022", "DOM"], "types": []}}"""
COMMONJS = """import library = require("dynamodb-log");
export const version: Promise<number> = new library.EventLog().version("users", "42");
"""
GENERATIONS = """import { EventLog, Projector } from "dynamodb-log";
const options = { eventLog: new EventLog(), log: "planets", type: "planet", apply: { found: (event, planet) => {
  planet.name = event.payload.name; } } };
const v2 = new Projector({ ...options, generation: "v2" });
"""


@pytest.fixture(scope="module")
def project(folder):
    """A project that has installed the library, and the AWS SDK beside it."""
    target = folder / "project"
    shutil.copytree(TESTS, target)
    run("npm", "pack", "--silent", "--pack-destination", folder, cwd=LIBRARY)
    (target / "package.json").write_text('{"private": true}')
    tarball, = folder.glob("dynamodb-log-*.tgz")
    run("npm", "install", "--offline", "--silent", "--no-audit", "--no-fund", tarball, cwd=target)
    (target / "node_modules/@aws-sdk").symlink_to(PACKAGES / "@aws-sdk")
    return target


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder / "cloud", in_memory=True) as running:
        yield running


def node(project, cloud, *arguments, **environment):
    done = run("node", *arguments, check=False, cwd=project, seconds=120, environment=dict(
        AWS_ENDPOINT_URL=cloud.url, CASES=str(CASES), **environment))
    assert done.returncode == 0, failed_tests(done.stdout) or done.stdout + done.stderr
    return done.stdout


def failed_tests(tap):
    """What node --test says of the tests that failed, without those around them."""
    return "\n".join(re.findall(r"^ *not ok .*?^ *\.\.\.$", tap, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("name", sorted(file.name for file in TESTS.glob("*.test.mjs") if file.name != "testing.test.mjs"))
def test_library(project, cloud, name):
    node(project, cloud, "--test", name)


def test_generations_are_those_of_the_library_for_python(project, cloud):
    def in_node(script):
        return node(project, cloud, "--input-type=module", "--eval", GENERATIONS + script).strip()

    log = dynamodb_log.EventLog(cloud.client("dynamodb"), dynamodb_log.log_table_name("local"))
    log.append("planets", "1", dynamodb_log.NewEvent("found", {"name": "Earth"}), dynamodb_log.Expected.NO_STREAM)
    v3 = dynamodb_log.Projector(log, "planets", type="planet", generation="v3")
    v3.on("found")(lambda event, planet: planet.update(title=event.payload["name"]))
    in_node("await v2.rebuild(); await v2.makeCurrent();")
    assert (v3.current_generation(), v3.get_current("1")["name"]) == ("v2", "Earth")
    v3.rebuild()
    v3.make_current()
    assert in_node('console.log(await v2.currentGeneration(), (await v2.getCurrent("1")).title);') == "v3 Earth"


def test_helpers_for_tests(project, cloud):
    node(project, cloud, "--test", "testing.test.mjs", DYNAMODB_LOG=str(BINARY), TEMPLATE=str(USERS / "template-node.yaml"))


@pytest.mark.parametrize("name", ["cases.test.mjs", "subscription.test.mjs"])
def test_through_the_aws_sdk(project, cloud, name):
    node(project, cloud, "--test", name, THROUGH="sdk")


@pytest.mark.skipif(not PROGRAM.exists(), reason="ministack is not installed")
def test_on_another_server(project, folder):
    """The cases need nothing of the offline cloud."""
    (folder / "ministack").mkdir()
    with Ministack(folder / "ministack") as other:
        node(project, other, "--test", "cases.test.mjs")


def test_types(project):
    (project / "tsconfig.json").write_text(TSCONFIG)
    (project / "types-of-commonjs.cts").write_text(COMMONJS)
    done = run(PACKAGES / ".bin/tsc", "--project", project, check=False, cwd=project)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("entry, types", [
    ("dynamodb-log", "*"), ("dynamodb-log/trigger", "trigger"), ("dynamodb-log/testing", "testing")])
def test_types_name_what_there_is(project, cloud, entry, types):
    """Each value and each method that the types declare exists, in both module formats, and the other way round."""
    files = [LIBRARY / "types" / (types + ".d.ts")] if types != "*" else [
        file for file in (LIBRARY / "types").glob("*.d.ts") if file.stem not in ("trigger.d", "testing.d", "testing-hooks.d")]
    text = "\n".join(file.read_text() for file in files)
    declared = sorted(re.findall(r"^export (?:class|function|const) (\w+)", text, re.MULTILINE))
    for load in ('import("%s")' % entry, 'Promise.resolve(require("%s"))' % entry):
        names = node(project, cloud, "--input-type=commonjs", "--eval", '%s.then((library) => console.log(Object.keys(library)'
                     '.filter((name) => !["default", "module.exports"].includes(name)).sort().join()))' % load)
        assert names.strip().split(",") == declared
    for name, body in re.findall(r"^export class (\w+)[^{]*\{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        methods = sorted(set(re.findall(r"^  (?!static)(\w+)(?:<.*?>)?\(", body, re.MULTILINE)) - {"constructor"})
        there = node(project, cloud, "--eval", 'console.log(Object.getOwnPropertyNames(require("%s").%s.prototype)'
                     '.filter((name) => name !== "constructor").sort().join())' % (entry, name)).strip()
        assert there.split(",") == methods or there == "" == "".join(methods), name


def test_both_module_formats_are_one_library(project, cloud):
    same = node(project, cloud, "--input-type=module", "--eval", 'import { createRequire } from "node:module";'
                'import { EventLog } from "dynamodb-log"; const require = createRequire(process.cwd() + "/");'
                'console.log(EventLog === require("dynamodb-log").EventLog)')
    assert same == "true\n"


def test_without_an_endpoint_the_aws_sdk_is_needed_and_named(folder, cloud):
    alone = folder / "alone"
    shutil.copytree(folder / "project/node_modules/dynamodb-log", alone / "node_modules/dynamodb-log")
    done = run("node", "--eval", 'new (require("dynamodb-log").EventLog)({ stage: "dev" }).version("users", "42")', cwd=alone,
               check=False)
    assert done.returncode == 1
    assert "@aws-sdk/client-dynamodb is not installed. Install it, or name the endpoint" in done.stderr
