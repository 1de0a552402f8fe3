"""Every code block of the documentation does what the text around it says (docs_blocks.py: how a block says how it is
tested), and what the documentation names is there: links, files, subcommands, packages.

The blocks of one document are run in their order, in one folder that looks like a clone after `./dev run`, beside an
offline cloud with the users example. They are run as they stand, but for the ports: the cloud listens on free ones, so
`localhost:8000` becomes another address, and `dynamodb-log offline` gets those ports by its options.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request

import pytest

import docs_blocks
from cloud import BINARY, CORE_TABLE, READY_SECONDS, Wire, alive, clean_environment, eventually, free_ports

ROOT = docs_blocks.ROOT
DOCUMENTS = docs_blocks.documents()
NAMES = [str(document.relative_to(ROOT)) for document in DOCUMENTS]
LINE_COLUMNS = 100
RUN_LANGUAGES = ("sh", "js", "cpp")

# What the README says to start before anything else, without the building.
WRAPPER = """#!/bin/sh
case "$*" in
  *--port*) ;;
  offline*) set -- "$@" --port %d --port %d ;;
esac
exec "%s" "$@"
"""
DEV_RUN = "build/release/dynamodb-log offline --template examples/users/template.yaml"


def blocks_of(document):
    return docs_blocks.blocks_of(document)


class Session:
    """A reader who follows one document from its beginning to its end."""

    def __init__(self, folder):
        self.folder = folder
        self.port, self.events_port = free_ports(2)
        self.url = "http://localhost:%d" % self.port
        self.state = folder / ".exported"  # what the blocks have exported so far
        self.printed = ""  # by the last block that was run
        self.background = None
        self.log = folder / "background.log"
        self._lay_out()

    def _lay_out(self):
        """What a clone has after `./dev run`; the program is the tested one, on the ports of this session."""
        shutil.copytree(ROOT / "examples", self.folder / "examples", ignore=shutil.ignore_patterns("node_modules"))
        self._install_packages()
        (self.folder / "bench").symlink_to(ROOT / "bench")
        (self.folder / "dev").symlink_to(ROOT / "dev")
        build = self.folder / "build/release"
        build.mkdir(parents=True)
        (build / "examples").symlink_to(BINARY.parent / "examples")
        program = build / "dynamodb-log"
        program.write_text(WRAPPER % (self.port, self.events_port, BINARY))
        program.chmod(0o755)

    def _install_packages(self):
        """What `npm install` of the AWS SDK and of the project's own library leaves."""
        modules = self.folder / "node_modules"
        modules.mkdir()
        for package in (ROOT / "tests/e2e/node/node_modules").iterdir():
            (modules / package.name).symlink_to(package)
        (modules / "dynamodb-log").symlink_to(ROOT / "clients/node")

    def environment(self):
        environment = clean_environment({"AWS_ENDPOINT_URL": self.url})
        return dict(environment, PATH="%s:%s" % (self.folder / "build/release", environment["PATH"]))

    def _bash(self, script, **options):
        script = script.replace("localhost:8000", "localhost:%d" % self.port)
        script = script.replace("localhost:4010", "localhost:%d" % self.events_port)
        restore = ". %s\n" % self.state if self.state.exists() else ""
        return subprocess.Popen(["bash", "-euo", "pipefail", "-c", restore + script], cwd=self.folder,
                                env=self.environment(), stdin=subprocess.DEVNULL, text=True, **options)

    def run(self, script):
        process = self._bash("%s\nexport -p >%s\n" % (script, self.state), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            self.printed, _ = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError("not done within 120 s:\n" + script)
        return process.returncode

    # --- the program in the background ---

    def start(self, script):
        self.stop()
        with open(self.log, "wb") as log:
            self.background = self._bash("exec " + script.strip(), stdout=log, stderr=log)
        eventually(self._listens, "%s listens" % script.strip(), READY_SECONDS)

    def _listens(self):
        assert self.background.poll() is None, "ended with status %s:\n%s" % (self.background.returncode, self.log.read_text())
        try:
            urllib.request.urlopen(self.url, timeout=5).close()
            return True
        except OSError:
            return False

    def stop(self):
        if self.background:
            self.background.send_signal(signal.SIGINT)  # Ctrl-C
            assert self.background.wait(timeout=20) == 0, self.log.read_text()
            self.background = None

    def needs_cloud(self):
        if not self.background:
            self.start(DEV_RUN)


def normal(block):
    return {"sh": run_shell, "js": run_javascript, "cpp": run_cpp}[block.language]


def run_shell(session, block):
    assert session.run(block.text) == 0, session.printed


def run_javascript(session, block):
    file = session.folder / "block.mjs"
    file.write_text(block.text)
    assert session.run("node block.mjs") == 0, session.printed


def run_cpp(session, block):
    name = next(name for name, one in docs_blocks.compiled_blocks().items() if one.where == block.where)
    assert session.run(str(BINARY.parent / "tests" / name)) == 0, session.printed


def run_until_it_prints(session, block):
    eventually(lambda: session.run(block.text) == 0 and session.printed.strip(), "it succeeds: " + block.text)


def run_to_failure(session, block):
    assert session.run(block.text) != 0, "it succeeds"
    assert block.argument in session.printed


def write_file(session, block):
    file = session.folder / block.argument
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text)


def lines_in_order(expected, actual):
    """The first of the expected lines that is not found after the ones before it; "…" stands for anything."""
    rest = iter(actual)
    for line in expected:
        pattern = re.compile(".*?".join(re.escape(part) for part in line.strip().split("…")))
        if line.strip() and not any(pattern.fullmatch(one.strip()) for one in rest):
            return line
    return None


def compare_output(session, block):
    missing = lines_in_order(block.lines, session.printed.splitlines())
    assert missing is None, "not printed: %s\n%s" % (missing, session.printed)


def compare_output_of_cloud(session, block):
    try:
        eventually(lambda: lines_in_order(block.lines, session.log.read_text().splitlines()) is None, "it is printed")
    except AssertionError:
        raise AssertionError("not printed: %s\n%s" % (lines_in_order(block.lines, session.log.read_text().splitlines()),
                                                      session.log.read_text()))


STEPS = {
    ("sh", ""): run_shell, ("js", ""): run_javascript, ("cpp", ""): run_cpp,
    ("sh", "background"): lambda session, block: session.start(block.text),
    ("sh", "eventually"): run_until_it_prints,
    ("sh", "fails:"): run_to_failure,
    ("text", "output"): compare_output,
    ("text", "output of cloud"): compare_output_of_cloud,
}


def step_of(block):
    return write_file if block.mark == "file" else STEPS.get((block.language, block.mark))


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_blocks_do_what_the_document_says(document, tmp_path):
    blocks = [block for block in blocks_of(document) if step_of(block)]
    if not any(block.language in RUN_LANGUAGES for block in blocks):
        assert not [block.where for block in blocks], "output of nothing"
        return
    session = Session(tmp_path)
    try:
        for block in blocks:
            if block.mark not in ("file", "background"):
                session.needs_cloud()
            try:
                step_of(block)(session, block)
            except AssertionError as failed:
                raise AssertionError("%s: %s" % (block.where, failed)) from None
        session.stop()
    finally:
        if session.background and session.background.poll() is None:
            session.background.kill()
            session.background.wait()


# --- what is not run ---

def subcommand_help(arguments):
    done = subprocess.run([BINARY, *arguments, "--help"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, "there is no subcommand %s" % " ".join(arguments)
    return done.stdout


def commands_of(text):
    """The commands of a script, a list of words each, without comments and what is assigned before them."""
    text = text.replace("\\\n", " ")
    for line in text.splitlines():
        words = re.sub(r"(^|\s)#.*", "", line).split()
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words.pop(0)
        if words:
            yield words


def check_command(words):
    program, arguments = words[0], words[1:]
    if program == "./dev":
        usage = subprocess.run([ROOT / "dev"], capture_output=True, text=True, timeout=20).stdout
        assert re.search(r"^  %s\b" % re.escape(arguments[0]), usage, re.M), "./dev has no command " + arguments[0]
    elif program.endswith("dynamodb-log"):
        named = [one for one in arguments[:2] if re.fullmatch("[a-z][a-z-]*", one)]
        if named and named[0] not in ("snapshot", "rules"):
            named = named[:1]
        text = subcommand_help(named)
        for option in re.findall(r"(?:^|\s)(--[a-z-]+)", " ".join(arguments)):
            assert re.search(re.escape(option) + r"\b", text), "%s has no option %s" % (" ".join(named), option)
    elif "/" in program:
        assert (ROOT / program).exists(), "there is no " + program


@pytest.mark.parametrize("block", [pytest.param(block, id=block.where) for document in DOCUMENTS
                                   for block in blocks_of(document) if (block.language, block.mark) == ("sh", "not run:")])
def test_what_is_not_run_calls_what_there_is(block):
    subprocess.run(["bash", "-n", "-c", block.text], check=True)
    for words in commands_of(block.text):
        check_command(words)


# --- blocks that are no commands ---

def test_json_is_json():
    for document in DOCUMENTS:
        for block in blocks_of(document):
            if block.language == "json":
                try:
                    json.loads(block.text)
                except ValueError as wrong:
                    raise AssertionError("%s: %s" % (block.where, wrong)) from None


def test_excerpts_stand_in_their_files():
    for document in DOCUMENTS:
        for block in blocks_of(document):
            if block.mark == "excerpt of":
                file = ROOT / block.argument
                assert file.exists(), "%s: there is no %s" % (block.where, block.argument)
                shown = [line for line in block.lines if line.strip() != "…"]
                missing = lines_in_order(shown, file.read_text().splitlines())
                assert missing is None, "%s: not in %s, or not there: %s" % (block.where, block.argument, missing)


def test_named_folders_are_there():
    for document in DOCUMENTS:
        for block in blocks_of(document):
            if block.mark == "folders of src":
                for line in block.lines:
                    found = re.match(r"\s*([a-z_]+(?:/[a-z_]+)*)/\s", line)
                    if found:
                        assert (ROOT / "src" / found.group(1)).is_dir() or (ROOT / found.group(1)).is_dir(), \
                            "%s: there is no folder %s" % (block.where, found.group(1))


def rooms():
    """rooms.txt: {room: rooms that it may include}"""
    result = {}
    for line in (ROOT / "rooms.txt").read_text().splitlines():
        fields = [field.strip() for field in line.split("|")]
        if len(fields) == 3 and not line.startswith("#"):
            result[fields[0]] = set(fields[1].split())
    return result


def test_the_drawing_of_the_rooms_is_true():
    """Each room is in it; each arrow is allowed by rooms.txt, to the room itself or to one inside it."""
    drawings = [block for document in DOCUMENTS for block in blocks_of(document) if block.mark == "rooms"]
    assert len(drawings) == 1
    inside = lambda room, outer: room == outer or room.startswith(outer + "/")
    labels = dict(re.findall(r'(\w+)\["([a-z_/]+)"\]', drawings[0].text))
    arrows = re.findall(r"(\w+) --> (\w+)", drawings[0].text)
    assert arrows
    for room in rooms():
        assert any(inside(room, shown) for shown in labels.values()), "%s is not drawn" % room
    for shown in labels.values():
        assert any(inside(room, shown) for room in rooms()), "%s is drawn, and is no room" % shown
    for source, target in arrows:
        assert any(inside(room, labels[source]) and any(inside(one, labels[target]) for one in allowed)
                   for room, allowed in rooms().items()), "%s may not include %s" % (labels[source], labels[target])


# --- what the text names ---

def prose_of(document):
    """(number, line) of the lines outside code blocks."""
    in_block = False
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if line.startswith("```"):
            in_block = not in_block
        elif not in_block:
            yield number, line


def test_lines_are_short():
    """Rows of tables cannot be wrapped; an address alone on its line neither."""
    long = ["%s:%d" % (document.relative_to(ROOT), number) for document in DOCUMENTS for number, line in prose_of(document)
            if len(line) > LINE_COLUMNS and not line.startswith("|") and not re.fullmatch(r"\S*https?://\S+|\s*\[[^]]*\]\(\S+\)\S*", line)]
    assert not long, "longer than %d columns: %s" % (LINE_COLUMNS, ", ".join(long))


def test_the_policy_for_deploying_allows_each_call():
    """The calls of `deploy`, `remove`, `logs`, `status` and `replay`, but for those that list what is in an offline
    cloud. Batches need the permission of their single calls."""
    without = {"FilterArns", "GetCallerIdentity", "ListEventBuses", "ListRules", "ListTables"}
    verbs = "Cancel|Continue|Create|Delete|Describe|Execute|Filter|Get|List|Put|Receive|Remove|Set|Start|Tag"
    called = {name.removesuffix("Batch") for folder in ("aws", "replays")
              for source in (ROOT / "src/deploy" / folder).glob("*.cc")
              for name in re.findall(r'"((?:%s)[A-Z]\w+)"' % verbs, source.read_text())}
    text = (ROOT / "docs/aws.md").read_text()
    policy = json.loads(next(block for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL) if "Statement" in block))
    allowed = {action.split(":")[1] for statement in policy["Statement"] for action in statement["Action"]}
    assert called - without - allowed == set()


def test_links_lead_somewhere():
    broken = []
    for document in DOCUMENTS:
        for number, line in prose_of(document):
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", line):
                if not target.startswith(("http://", "https://", "mailto:")) and not (document.parent / target).exists():
                    broken.append("%s:%d: %s" % (document.relative_to(ROOT), number, target))
    assert not broken, broken


def test_named_files_are_there():
    missing = []
    for document in DOCUMENTS:
        if document.name == "CHANGELOG.md":
            continue  # says what was
        for number, line in prose_of(document):
            for name in re.findall(r"`((?:src|tests|clients|docs|examples|bench|cmake)/[\w./-]*)`", line):
                if not (ROOT / name).exists():
                    missing.append("%s:%d: %s" % (document.relative_to(ROOT), number, name))
    assert not missing, missing


def test_the_readme_lists_every_subcommand():
    table = set(re.findall(r"^\| `dynamodb-log ([a-z-]+)`", (ROOT / "README.md").read_text(), re.M))
    listed = subcommand_help([]).split("Subcommands:")[1].split("Examples:")[0]
    assert table == set(re.findall(r"^  ([a-z-]+) ", listed, re.M))


def test_the_readme_lists_every_package_that_is_installed():
    rows = re.findall(r"^\| ([a-z0-9][^|]*) \|", (ROOT / "README.md").read_text().split("## Dependencies")[1], re.M)
    listed = {name for row in rows if row != "package" for name in row.split(", ")}
    script = (ROOT / "dev").read_text()
    arrays = re.findall(r"^[A-Z_]+PACKAGES=\(([^)]*)\)", script, re.M)
    named = re.findall(r"install_packages ([^\n]*)", script)
    installed = {name for text in arrays + named for name in text.split() if re.fullmatch(r"[a-z][a-z0-9.+-]*", name)}
    assert listed == installed


# --- shapes ---

def members(value, path=""):
    """The paths of all members of objects, without those whose name or place is left open ("…")."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "…":
                yield path + "/" + name
                yield from members(inner, path + "/" + name)


def archived_event(session):
    assert session.run("dynamodb-log append users shape signup '{\"name\": \"Ada\", \"email\": \"a@localhost\"}'") == 0
    def look():
        connection = sqlite3.connect("file:%s?mode=ro" % (session.folder / ".dynamodb-log/archive.sqlite"), uri=True)
        try:
            rows = connection.execute("select event from events where event like '%users#shape#stream%'").fetchall()
            return json.loads(rows[0][0]) if rows else None
        finally:
            connection.close()
    return eventually(look, "the event is archived")


def on_failure_record(session):
    assert session.run("dynamodb-log append users broken signup '{\"name\": 1}'") == 0
    def look():
        items = Wire(session.url.replace("localhost", "127.0.0.1")).call("Scan", {"TableName": CORE_TABLE})["Items"]
        records = [item["record"]["S"] for item in items if item["pk"]["S"].startswith("failure#")]
        return json.loads(records[0]) if records else None
    return eventually(look, "the record is kept", 30)


SHAPES = {"an event on the bus": archived_event, "an on-failure record": on_failure_record}


def test_shapes_are_the_real_ones(tmp_path):
    session = Session(tmp_path)
    try:
        session.needs_cloud()
        shown = [block for document in DOCUMENTS for block in blocks_of(document) if block.mark == "shape of"]
        assert {block.argument for block in shown} == set(SHAPES)
        for block in shown:
            missing = set(members(json.loads(block.text))) - set(members(SHAPES[block.argument](session)))
            assert not missing, "%s: the real one has no %s" % (block.where, sorted(missing))
        session.stop()
    finally:
        if session.background and session.background.poll() is None:
            session.background.kill()
            session.background.wait()
