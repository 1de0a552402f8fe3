"""What the attacks share: how hard they attack, and the figures that they report.

ATTACK=whole attacks as hard as docs/reliability.md says (`./dev attack`); otherwise each attack takes a few seconds.
A test reports its figures with `figures(kills=75, appends=47_476)`; they are printed together at the end.
"""
import os

import pytest

reported = []


@pytest.fixture
def whole():
    return os.environ.get("ATTACK") == "whole"


@pytest.fixture
def figures(request):
    def report(*, of="", **values):
        reported.append((request.node.name + (", " + of if of else ""), values))
    return report


def pytest_terminal_summary(terminalreporter):
    if not reported:
        return
    terminalreporter.section("what the attacks saw")
    for name, values in reported:
        terminalreporter.write_line("%s: %s" % (name, ", ".join(
            "%s %s" % (word.replace("_", " "), "%.2f" % value if isinstance(value, float) else value)
            for word, value in values.items())))
