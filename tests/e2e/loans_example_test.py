"""examples/loans: its own tests pass, with the libraries as they are installed from packages."""
import os
import pathlib
import re
import shutil
import sys
import tarfile

import pytest

from cloud import BINARY, ROOT, run

EXAMPLE = ROOT / "examples/loans"


@pytest.fixture
def project(tmp_path):
    """A copy of the example in one language, without what somebody has installed there."""
    def copy(language):
        ignore = shutil.ignore_patterns("node_modules", "__pycache__", ".pytest_cache")
        return shutil.copytree(EXAMPLE / language, tmp_path / language, ignore=ignore)
    return copy


def test_nodejs(project, tmp_path):
    folder = project("node")
    run("npm", "pack", "--silent", "--pack-destination", tmp_path, cwd=ROOT / "clients/node")
    tarball, = tmp_path.glob("dynamodb-log-*.tgz")
    with tarfile.open(tarball) as archive:
        archive.extractall(folder / "node_modules")
    (folder / "node_modules/package").rename(folder / "node_modules/dynamodb-log")
    done = run("node", "--test", cwd=folder, check=False, seconds=200, environment={"DYNAMODB_LOG": str(BINARY)})
    assert done.returncode == 0 and re.search(r"^. pass 10$", done.stdout, re.MULTILINE), done.stdout


def test_python(project, tmp_path):
    folder, source = project("python"), tmp_path / "source"
    shutil.copytree(ROOT / "clients/python", source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    pip = (sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps")
    run(*pip, "--no-build-isolation", "--target", tmp_path / "packages", source)
    done = run(sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder, check=False, seconds=200,
               environment={"DYNAMODB_LOG": str(BINARY), "PYTHONPATH": str(tmp_path / "packages"), "PATH": path()})
    assert done.returncode == 0 and "10 passed" in done.stdout, done.stdout + done.stderr


def path():
    """The tests' own Python comes first: functions run in it, which has boto3."""
    return os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
