"""--help, completion and the manual page, of the real program."""
import re
import shutil
import subprocess

import pytest

from cloud import BINARY, clean_environment, run


def completed(*words):
    """What bash offers after these words, of which the last one is begun."""
    script = ('set -eu\nsource <("$1" completion bash)\nshift\nCOMP_WORDS=(dynamodb-log "$@")\nCOMP_CWORD=$#\n'
              '_dynamodb_log\nprintf "%s\\n" "${COMPREPLY[@]:-}"')
    done = subprocess.run(["bash", "-c", script, "bash", BINARY, *words], capture_output=True, text=True, timeout=20,
                          env=clean_environment())
    assert done.returncode == 0, done
    return [line for line in done.stdout.splitlines() if line]


def test_bash_completes_what_is_typed():
    assert completed("off") == ["offline"]
    assert "query" in completed("") and "trigger" not in completed("")
    assert completed("read", "users", "--rev") == ["--reverse"]
    assert completed("query", "t", "-o", "j") == ["json", "jsonl"]
    assert completed("query", "t", "--output", "") == ["table", "json", "jsonl"]
    assert completed("snapshot", "l") == ["load"]
    assert completed("snapshot", "load", "--da") == ["--data"]
    assert completed("read", "--endpoint-url", "") == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_can_read_their_scripts(shell):
    script = run(BINARY, "completion", shell).stdout
    assert "made-up users" in script
    if shutil.which(shell):
        done = subprocess.run([shell, "--no-execute" if shell == "fish" else "-n"], input=script, capture_output=True,
                              text=True, timeout=20)
        assert done.returncode == 0, done


def subcommands(*above):
    text = run(BINARY, *above, "--help").stdout
    listed = text.split("Subcommands:")[1].split("Examples:")[0] if "Subcommands:" in text else ""
    return re.findall(r"^  ([a-z-]+) ", listed, re.M)


def test_the_manual_page_has_every_subcommand_and_every_help_two_examples():
    page = run(BINARY, "manual").stdout
    for name in subcommands():
        below = subcommands(name)
        for path in [(name, inner) for inner in below] if below else [(name,)]:
            assert ".SS %s\n" % " ".join(path).replace("-", "\\-") in page
        examples = run(BINARY, name, "--help").stdout.split("Examples:")[1]
        assert len(re.findall(r"^  .*dynamodb-log ", examples, re.M)) >= 2, name
