"""The moving picture in the README shows the commands that the README has now, and what they print."""
import re
import sys
import xml.etree.ElementTree

from cloud import ROOT

sys.path.append(str(ROOT / "docs/recording"))
from record import SVG, commands  # noqa: E402

NAMESPACE = "{http://www.w3.org/2000/svg}"
AGAIN = "the README's first five minutes have changed: run `./dev record`"


def squeezed(text):
    """Without what depends on the width of the terminal, and the prompt of a command's next line."""
    return re.sub(r"\s|(?m:^> )", "", text)


def rows_of(picture):
    return [" ".join("".join(row.itertext()).split("\n")) for row in picture.iter(NAMESPACE + "text")]


def test_it_shows_the_commands_of_the_readme():
    picture = xml.etree.ElementTree.parse(SVG).getroot()
    assert picture.find(NAMESPACE + "desc").text == "\n".join(block.strip() for block in commands()), AGAIN
    shown = [squeezed(row) for row in rows_of(picture)]
    for line in "\n".join(commands()).splitlines():
        begin = squeezed(line)[:60]
        assert any(begin in row for row in shown), "%s: not shown: %s" % (AGAIN, line)


def test_it_ends_with_the_read_model():
    picture = xml.etree.ElementTree.parse(SVG).getroot()
    names = {row.get("id"): "".join(row.itertext()) for row in picture.iter(NAMESPACE + "text")}
    last = [group for group in picture.iter(NAMESPACE + "g") if group.get("transform")][-1]
    shown = [names[use.get("href").removeprefix("#")] for use in last.iter(NAMESPACE + "use")]
    assert "Grace" in shown and shown[-1] == "$", shown


def test_it_is_small():
    assert SVG.stat().st_size < 300_000


def test_the_readme_shows_it():
    assert "](%s)" % SVG.relative_to(ROOT) in (ROOT / "README.md").read_text()
