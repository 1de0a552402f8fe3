"""The code blocks of the project's Markdown files, and the marks that say how each one is tested.

A block stands between lines of three backticks; the first one names its language. A comment on the
line above the block is its mark:

    <!-- test: MARK -->

  any      file NAME         written to the file NAME, for later blocks
  sh       (no mark)         run; must succeed
           background        started; must listen. Runs until the next one starts or the document ends
           eventually        run until it succeeds and prints something
           fails: TEXT       run; must fail and print TEXT
           not run: REASON   only checked: the programs, subcommands and options that it names exist
  text     output            printed by the block before, in this order; "…" stands for anything
           output of cloud   printed by the block in the background, likewise
           folders of src    a drawing; each line that begins with a folder names one that exists
  js       (no mark)         run by Node.js, with the AWS SDK; must succeed
  cpp      (no mark)         a whole program: compiled (CMake calls this file for that) and run
           not run: REASON   compiled
           excerpt of FILE   its lines are in FILE, in this order; a line "…" stands for any lines
  text, cmake, js, ts
           excerpt of FILE   likewise
  json     (no mark)         must be JSON
           shape of NAME     and each of its members exists in the real NAME (docs_test.py)
  mermaid  (no mark)         a drawing, not checked
           rooms             a drawing whose rooms and arrows are those of rooms.txt

Every other mark is an error, and so is a block without a language: no block is left out by mistake.

    python3 docs_blocks.py DIRECTORY    writes each cpp block that is compiled to DIRECTORY
"""
import pathlib
import re
import sys
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]

MARKS = {
    "sh": ("", "background", "eventually", "fails:", "not run:", "file"),
    "text": ("output", "output of cloud", "folders of src", "excerpt of", "file"),
    "js": ("", "excerpt of", "file"),
    "cpp": ("", "not run:", "excerpt of", "file"),
    "ts": ("excerpt of",),
    "json": ("", "shape of", "file"),
    "yaml": ("file",),
    "cmake": ("excerpt of",),
    "mermaid": ("", "rooms"),
}
WITH_ARGUMENT = ("fails:", "not run:", "file", "excerpt of", "shape of")


class BadBlock(Exception):
    """What is wrong with a document's blocks, with the file and line."""


@dataclass
class Block:
    document: pathlib.Path
    line: int  # of the opening backticks, from 1 on
    language: str
    mark: str = ""  # one of MARKS[language]
    argument: str = ""  # what stands after the mark
    lines: list = field(default_factory=list)

    @property
    def text(self):
        return "\n".join(self.lines) + "\n"

    @property
    def where(self):
        return "%s:%d" % (self.document.relative_to(ROOT), self.line)


def documents():
    named = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "bench/README.md")]
    return named + sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "examples").glob("*/README.md"))


def split_mark(language, text, where):
    for mark in sorted(MARKS[language], key=len, reverse=True):
        argument = text[len(mark):].strip()
        if text.startswith(mark) and bool(argument) == (mark in WITH_ARGUMENT):
            return mark, argument
    raise BadBlock("%s: a block of %s cannot be marked %r" % (where, language, text))


def blocks_of(document):
    blocks, current, mark, mark_line = [], None, "", 0
    for number, line in enumerate(document.read_text().splitlines(), 1):
        where = "%s:%d" % (document.relative_to(ROOT), number)
        if current:
            if line == "```":
                blocks.append(current)
                current = None
            else:
                current.lines.append(line)
        elif line.startswith("```"):
            language = line[3:]
            if language not in MARKS:
                raise BadBlock("%s: a block of no language that can be tested: %r" % (where, language))
            above = mark if mark_line == number - 1 else ""
            current = Block(document, number, language, *split_mark(language, above, where))
            mark = ""
        elif found := re.fullmatch(r"<!-- test: (.+) -->", line):
            mark, mark_line = found.group(1), number
        elif line.startswith("    ") and line.strip() and not in_list(document, number):
            raise BadBlock("%s: an indented block: put it between backticks, with its language" % where)
        if mark and number > mark_line:
            raise BadBlock("%s: a mark without a block" % where)
    if current:
        raise BadBlock("%s: the block does not end" % current.where)
    return blocks


def in_list(document, number):
    """Whether a line that begins with spaces goes on a list's item: some line before it, up to an empty one, is one."""
    for line in reversed(document.read_text().splitlines()[:number - 1]):
        if not line.strip():
            return False
        if re.match(r"\s*([-*]|\d+\.) ", line):
            return True
    return False


def compiled_blocks():
    """{name: block} of the C++ programs in all documents."""
    found = {}
    for document in documents():
        name = document.relative_to(ROOT).with_suffix("").as_posix().replace("/", "_").lower()
        programs = [one for one in blocks_of(document) if one.language == "cpp" and one.mark != "excerpt of"]
        found.update({"docs_%s_%d" % (name, number): block for number, block in enumerate(programs, 1)})
    return found


def main(directory):
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    programs = compiled_blocks()
    for file in directory.glob("docs_*.cc"):
        if file.stem not in programs:
            file.unlink()
    for name, block in programs.items():
        file = directory / (name + ".cc")
        text = '#line %d "%s"\n%s' % (block.line + 1, block.document, block.text)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1])
