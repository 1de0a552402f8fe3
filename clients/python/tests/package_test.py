"""The package: its types, its wheel and sdist, and what an outside program gets of them."""

import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

import pytest

PACKAGE = pathlib.Path(__file__).resolve().parents[1]

PROGRAM = """
import pathlib, sys
import dynamodb_log
from dynamodb_log import EventLog, Expected, NewEvent
assert pathlib.Path(dynamodb_log.__file__).is_relative_to(sys.argv[1]), dynamodb_log.__file__
log = EventLog.connect("local")
print(log.append("packaged", "42", NewEvent("signup"), Expected.ANY).version)
"""


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel and the sdist, built from a copy, without asking any index."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "source")
    return folder / "dist"


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """A folder with the installed wheel."""
    folder = tmp_path_factory.mktemp("installed")
    (wheel,) = built.glob("*.whl")
    pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps", "--target", folder]
    run(sys.executable, *pip, wheel)
    return folder


@pytest.mark.parametrize("arguments", [[], ["--python-version", "3.9", "--exclude", "pytest_plugin"]])
def test_the_types_are_strict(arguments):
    run(sys.executable, "-m", "mypy", "--no-incremental", *arguments, cwd=PACKAGE)


def test_the_sdist_builds_the_same_wheel(built, tmp_path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "src/dynamodb_log/py.typed"} <= names
    pip = ["-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation"]
    run(sys.executable, *pip, "--wheel-dir", tmp_path, sdist)
    assert [file.name for file in tmp_path.iterdir()] == [file.name for file in built.glob("*.whl")]


def test_an_outside_program_appends(installed, cloud, tmp_path):
    environment = {**os.environ, "AWS_ENDPOINT_URL": cloud.url, "PYTHONPATH": str(installed)}
    assert run(sys.executable, "-B", "-c", PROGRAM, installed, env=environment, cwd=tmp_path) == "1\n"
    assert (installed / "dynamodb_log/py.typed").exists()


def test_pytest_finds_the_fixtures(installed, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    printed = run(sys.executable, "-B", "-m", "pytest", "--fixtures", "-q", env=environment, cwd=tmp_path)
    assert "ddblog --" in printed and "ddblog_async --" in printed
