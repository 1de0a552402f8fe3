"""The pytest plugin, as an application's tests use it."""

import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

from chain_test import application
from cloud import BINARY

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "src"


@pytest.fixture
def project(tmp_path):
    """A folder with the application of tests/app, and the settings of the fixture."""
    application(tmp_path)
    (tmp_path / "pytest.ini").write_text(textwrap.dedent(f"""
        [pytest]
        python_files = *_test.py
        addopts = -p dynamodb_log.pytest_plugin -p no:cacheprovider
        ddblog_template = template.yaml
        ddblog_program = {BINARY}
        ddblog_arguments = --retry-delay-ms 10
        """))
    return tmp_path


def run_pytest(project, *arguments):
    path = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=240)


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_the_applications_tests_pass(project, workers):
    done = run_pytest(project, *workers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 passed" in done.stdout


def test_a_failed_test_shows_what_the_functions_wrote(project):
    (project / "users_test.py").write_text(textwrap.dedent("""
        from dynamodb_log import NewEvent

        def test_fails(ddblog):
            scenario = ddblog.given("users", "42").when_append(NewEvent("signup", {"name": "Ada"}))
            scenario.then_read_model("users#42", name="Eve")
        """))
    done = run_pytest(project)
    assert done.returncode == 1
    assert "offline cloud at http://127.0.0.1:" in done.stdout
    assert "users#42 is at version 1" in done.stdout


def test_a_program_that_does_not_start_is_said(project):
    (project / "template.yaml").write_text("Resources: 7")
    done = run_pytest(project, "-k", "signs_up")
    assert done.returncode == 1
    assert "ended with status" in done.stdout
