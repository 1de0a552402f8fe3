"""Programs on the libraries for C++, Node.js and Python, which the attacks on the libraries run side by side.

    programs = Programs(folder)
    programs.start(["node", "race_writer"], cloud, "any", "node", "6", "50")
"""
import os
import pathlib
import shutil
import subprocess
import sys

from cloud import ROOT, clean_environment

SOURCES = pathlib.Path(__file__).resolve().parent / "programs"
CPP_PROGRAMS = {
    "race_writer": os.environ.get("RACE_WRITER") or ROOT / "build/release/tests/race_writer",
    "consumer": os.environ.get("SUBSCRIPTION_CONSUMER") or ROOT / "build/release/tests/subscription_consumer",
}


class Programs:
    """Thread safety: one thread."""

    def __init__(self, folder, sources=SOURCES):
        self.folder = pathlib.Path(folder) / "programs"
        shutil.copytree(sources, self.folder)
        (self.folder / "node_modules").mkdir()
        (self.folder / "node_modules/dynamodb-log").symlink_to(ROOT / "clients/node")
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.running:
            process.kill()
            process.wait()

    def start(self, language, program, cloud, *arguments, stdout=None):
        """language: cpp (see CPP_PROGRAMS), node or python. What it writes to stderr is in the file `errors`."""
        command = {"cpp": [CPP_PROGRAMS.get(program)], "node": ["node", program + ".cjs"],
                   "python": [sys.executable, "-B", program + ".py"]}[language]
        environment = clean_environment({"AWS_ENDPOINT_URL": cloud.url, "PYTHONPATH": str(ROOT / "clients/python/src")})
        with open(self.folder / "errors", "ab") as errors:
            process = subprocess.Popen([str(one) for one in (*command, *arguments)], cwd=self.folder, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=stdout, stderr=errors)
        self.running.append(process)
        return process

    def errors(self):
        return (self.folder / "errors").read_text(errors="replace")[-5000:]
