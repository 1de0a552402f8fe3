"""The AWS SDK for JavaScript v3, and what people use on top of it, against the offline cloud: each of node/*.test.mjs is run by node --test."""
import pathlib
import shutil

import pytest

from cloud import Cloud, app, run

FOLDER = pathlib.Path(__file__).resolve().parent / "node"


@pytest.fixture(scope="module")
def cloud(folder):
    with Cloud(folder, app("functions", folder)) as running:
        yield running


@pytest.mark.parametrize("name", sorted(file.name for file in FOLDER.glob("*.test.mjs")))
def test_sdk(cloud, folder, name):
    assert shutil.which("node"), "Node.js is not installed (./dev install tests)"
    assert (FOLDER / "node_modules").is_dir(), "its packages are not installed (./dev install tests)"
    done = run("node", "--test", FOLDER / name, check=False, cwd=FOLDER, environment={
        "AWS_ENDPOINT_URL": cloud.url, "AWS_ENDPOINT_URL_EVENTBRIDGE": cloud.events_url, "RECORDS": str(folder / "functions")})
    assert done.returncode == 0, done.stdout + done.stderr
