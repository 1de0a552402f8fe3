#include "cli/terminal/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace ddblog::cli {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

bool isTerminal(int descriptor) { return isatty(descriptor) == 1; }

Screen screenOf(int descriptor) {
  winsize size{};
  if (!isTerminal(descriptor) || ::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

bool hasColours(int descriptor) {
  return isTerminal(descriptor) && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

}  // namespace ddblog::cli
