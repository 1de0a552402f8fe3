"""`dynamodb-log init`: each project starts, takes an event through it, and passes its own test."""
import json
import os
import pathlib
import shutil
import sys

import pytest

from cloud import BINARY, ROOT, Cloud, run

BUILD = BINARY.parent
PREFIX = "prefix"


@pytest.fixture(scope="module")
def projects(folder):
    """A project in each language."""
    for language in ("node", "python", "cpp"):
        run(BINARY, "init", language + "-shop", "--lang", language, cwd=folder)
    return folder


def build_cpp(folder):
    run("cmake", "--install", BUILD, "--component", "client", "--prefix", folder / PREFIX)
    run("cmake", "-B", "build", "-G", "Ninja", "-DCMAKE_PREFIX_PATH=%s" % (folder / PREFIX), cwd=folder / "cpp-shop", seconds=120)
    run("cmake", "--build", "build", cwd=folder / "cpp-shop", seconds=240)


TESTS = {
    "node": ("npm", "test", "--silent"),
    "python": (sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"),
    "cpp": ("ctest", "--test-dir", "build", "--output-on-failure"),
}


@pytest.mark.parametrize("language", list(TESTS))
def test_a_project_passes_its_test_and_takes_an_event(projects, language):
    project = projects / (language + "-shop")
    if language == "cpp":
        build_cpp(projects)
    run(*TESTS[language], cwd=project, environment={"DYNAMODB_LOG": str(BINARY)}, seconds=120)
    with Cloud(project, in_memory=True) as cloud:  # finds ./template.yaml
        cloud.ddblog("append", "orders", "1", "placed", '{"customer": "Ada", "total": 12.5}', "--expect", "none")
        cloud.ddblog("append", "orders", "1", "paid", "{}", "--expect", "1")
        cloud.ddblog("settle", "--timeout", "60")
        order = json.loads(cloud.ddblog("query", "core", "--pk", "orders#1", "-o", "jsonl").stdout)
        assert (order["customer"], order["total"], order["status"], order["version"]) == ("Ada", 12.5, "paid", 2)


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_stands_in_a_project(projects):
    assert (projects / "node-shop/.gitignore").is_file()
    assert json.loads((projects / "node-shop/package.json").read_text())["name"] == "node-shop"
    assert "# cpp-shop" in (projects / "cpp-shop/README.md").read_text()
    for path in projects.rglob("*"):
        if path.is_file() and not path.is_symlink() and "build" not in path.parts and PREFIX not in path.parts:
            assert "@NAME@" not in path.read_text(errors="replace"), path
    for licence in ("node-shop/vendor/dynamodb-log/LICENSE", "python-shop/src/dynamodb_log/LICENSE"):
        assert "Apache License" in (projects / licence).read_text()
    assert names(projects / "node-shop/vendor/dynamodb-log") == {
        name for name in names(ROOT / "clients/node")
        if name.split("/")[0] in ("src", "types", "package.json", "README.md", "LICENSE")}
    library = {str(path.relative_to(ROOT / "clients/python/src")) for path in (ROOT / "clients/python/src").rglob("*.py")}
    assert library == {str(path.relative_to(projects / "python-shop/src"))
                       for path in (projects / "python-shop/src/dynamodb_log").rglob("*.py")}


def test_npm_installs_the_same_as_init_wrote(projects, tmp_path):
    project = tmp_path / "shop"
    shutil.copytree(projects / "node-shop", project, symlinks=True)
    shutil.rmtree(project / "node_modules")
    run("npm", "install", "--offline", "--silent", "--no-audit", "--no-fund", cwd=project)
    assert os.readlink(project / "node_modules/dynamodb-log") == "../vendor/dynamodb-log"


def test_it_writes_into_an_empty_directory_only(tmp_path):
    (tmp_path / "file").write_text("mine")
    done = run(BINARY, "init", ".", "--lang", "node", cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (2, "dynamodb-log: The directory . is not empty: name a new one\n")
    assert [path.name for path in pathlib.Path(tmp_path).iterdir()] == ["file"]
    done = run(BINARY, "init", "file", "--lang", "node", cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (2, "dynamodb-log: file is not a directory\n")
    done = run(BINARY, "init", "shop", "--lang", "nod", cwd=tmp_path, check=False)
    assert done.returncode == 2 and "must be cpp, node or python, not 'nod'" in done.stderr
    (tmp_path / "empty").mkdir()
    assert "template.yaml" in run(BINARY, "init", "empty", "--lang", "python", cwd=tmp_path).stdout
