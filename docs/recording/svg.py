"""Renders an asciicast as a moving picture: an SVG of frames side by side, of which CSS shows one after another.

A row that is shown in several frames is there once. Whoever wants no motion (prefers-reduced-motion) sees the last frame.
"""
import json
from xml.sax.saxutils import escape

import pyte

FRAME_SECONDS = 0.1     # frames that are closer together are one
LAST_SECONDS = 6.0      # how long the last frame stays
CHARACTER, ROW = 8.4, 18  # pixels
SIZE = 14               # of the letters
MARGIN = 16
COLORS = {"default": "#c9d1d9", "black": "#484f58", "red": "#ff7b72", "green": "#3fb950", "brown": "#d29922",
          "blue": "#58a6ff", "magenta": "#bc8cff", "cyan": "#39c5cf", "white": "#f0f6fc"}
BACKGROUND, DIM = "#0d1117", "#8b949e"


def frames_of(events, columns, lines):
    """[(seconds, rows)]: what the terminal shows from then on; a row is a tuple of (text, color, is bold)."""
    screen = pyte.Screen(columns, lines)
    stream = pyte.Stream(screen)
    frames = []
    for at, _, text in events:
        stream.feed(text.replace("\x1b[2m", "\x1b[37m"))  # pyte knows no dim letters
        rows = tuple(row_of(screen, number) for number in range(lines))
        if frames and frames[-1][1] == rows:
            continue
        if frames and at - frames[-1][0] < FRAME_SECONDS:
            at = frames.pop()[0]
        frames.append((at, rows))
    return frames


def row_of(screen, number):
    pieces, cells = [], screen.buffer[number]
    for column in range(screen.columns):
        cell = cells[column]
        style = (cell.fg, cell.bold)
        if pieces and pieces[-1][1:] == style:
            pieces[-1] = (pieces[-1][0] + cell.data, *style)
        else:
            pieces.append((cell.data, *style))
    if pieces and not pieces[-1][0].strip():
        pieces.pop()
    return tuple(pieces)


def text_of(row):
    """The row as an SVG text. Each piece begins at its column, whatever the letters' width is."""
    pieces, column = [], 0
    for text, color, is_bold in row:
        shown = text.rstrip()
        if shown:
            begin = column + len(shown) - len(shown.lstrip())
            style = "" if color == "default" else ' fill="%s"' % (DIM if color == "white" else COLORS.get(color, "#" + color))
            weight = ' font-weight="bold"' if is_bold else ""
            word = shown.strip()
            pieces.append('<tspan x="%g" textLength="%g"%s%s>%s</tspan>' % (
                begin * CHARACTER, len(word) * CHARACTER, style, weight, escape(word)))
        column += len(text)
    return "".join(pieces)


def picture(cast, commands):
    """`commands`: the blocks that were run, for those who read the picture and do not see it."""
    header, *events = [json.loads(line) for line in cast.splitlines()]
    frames = frames_of(events, header["width"], header["height"])
    duration = frames[-1][0] + LAST_SECONDS
    width, height = header["width"] * CHARACTER + 2 * MARGIN, header["height"] * ROW + 2 * MARGIN
    names, rows, shown, steps = {}, [], [], []
    for index, (at, screen) in enumerate(frames):
        uses = []
        for number, row in enumerate(screen):
            if not row:
                continue
            if row not in names:
                names[row] = "r%d" % len(names)
                rows.append('<text id="%s">%s</text>' % (names[row], text_of(row)))
            uses.append('<use href="#%s" y="%d"/>' % (names[row], number * ROW + SIZE))
        shown.append('<g transform="translate(%g)">%s</g>' % (index * width, "".join(uses)))
        steps.append("%.3f%%{transform:translateX(%gpx)}" % (100 * at / duration if index else 0, -index * width))
    last = -(len(frames) - 1) * width
    return "\n".join([
        '<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="%g" height="%g" viewBox="0 0 %g %g" role="img">' % (
            width, height, width, height),
        "<title>%s</title>" % escape(header["title"]),
        "<desc>%s</desc>" % escape("\n".join(block.strip() for block in commands)),
        "<style>text{font:%dpx ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:%s;white-space:pre}" % (
            SIZE, COLORS["default"]),
        "#frames{animation:play %.1fs step-end infinite}" % duration,
        "@media (prefers-reduced-motion){#frames{animation:none;transform:translateX(%gpx)}}" % last,
        "@keyframes play{%s}</style>" % "".join(steps),
        '<rect width="100%%" height="100%%" rx="8" fill="%s"/>' % BACKGROUND,
        "<defs>%s</defs>" % "\n".join(rows),
        '<svg x="%d" y="%d" width="%g" height="%d"><g id="frames">' % (
            MARGIN, MARGIN, header["width"] * CHARACTER, header["height"] * ROW),
        "\n".join(shown), "</g></svg>", "</svg>", ""])
