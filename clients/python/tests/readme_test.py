"""The README's Python does what it says."""

import pathlib
import re

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"


def test_the_code_blocks_run(cloud, monkeypatch, capsys):
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
    blocks = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 8
    reader = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), reader)
    printed = capsys.readouterr().out
    assert "1 signup" in printed and "welcome, Ada" in printed
