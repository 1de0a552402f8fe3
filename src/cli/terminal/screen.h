// What the terminal behind a descriptor is, if there is one.
//
// Thread safety: stateless functions.
#pragma once

namespace ddblog::cli {

struct Screen {
  int width = 0;   // columns; 0: it is no terminal, or has no size
  int height = 0;  // lines
};

bool isTerminal(int descriptor);
Screen screenOf(int descriptor);

// Whether what is written there may have colours: it is a terminal, not TERM=dumb, and NO_COLOR is
// unset or empty. Source: https://no-color.org
bool hasColours(int descriptor);

}  // namespace ddblog::cli
