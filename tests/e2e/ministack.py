"""ministack, which stands in for AWS: a process of its own, in a folder of its own.

It is no test of what AWS does: it does not know AWS::Events::Archive in templates, names that are taken, early
validation, capabilities, FilterArns of replays. The answers of CloudFormation are tested in tests/unit/deploy/aws.
"""
import json
import os
import pathlib
import subprocess
import urllib.request

import boto3
import botocore.config

from cloud import BINARY, REGION, ROOT, clean_environment, eventually, free_ports, run

PROGRAM = ROOT / ".venv-ministack/bin/ministack"
START_SECONDS = 60  # generous: a busy machine


class Ministack:
    def __init__(self, folder, binary=BINARY):
        self.folder = pathlib.Path(folder)
        self.binary = binary
        self.port = free_ports(1)[0]
        self.url = "http://127.0.0.1:%d" % self.port
        self.log = self.folder / "ministack.log"
        self.process = None

    def __enter__(self):
        environment = clean_environment({"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port),
                                         "AWS_ENDPOINT_URL": self.url, "HOME": str(self.folder),
                                         "TMPDIR": str(self.folder)})
        # A function's bootstrap is a program of this machine, and node and python3 are those of the tests.
        environment["PATH"] = "%s:%s" % (PROGRAM.parent, environment["PATH"])
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(PROGRAM)], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=environment, start_new_session=True)
        eventually(self._answers, "ministack listens", START_SECONDS)
        return self

    def _answers(self):
        assert self.process.poll() is None, self.output()
        try:
            urllib.request.urlopen(self.url + "/_ministack/health", timeout=5).close()
            return True
        except OSError:
            return False

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, 15)
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait()

    def output(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="test",
                            aws_secret_access_key="test", config=botocore.config.Config(retries={"max_attempts": 1}))

    def environment(self):
        return {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

    def ddblog(self, *arguments, check=True, seconds=240):
        """A subcommand of the binary, which finds this stand-in as it would find AWS."""
        return run(self.binary, *arguments, check=check, cwd=self.folder, environment=self.environment(), seconds=seconds)

    def popen(self, *arguments, stdin):
        """The same, still running."""
        return subprocess.Popen([str(one) for one in (self.binary, *arguments)], cwd=self.folder, stdin=stdin,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=clean_environment(self.environment()))

    def json_lines(self, *arguments):
        return [json.loads(line) for line in self.ddblog(*arguments, "-o", "json").stdout.splitlines()]
