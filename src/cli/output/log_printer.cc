#include "cli/output/log_printer.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/json.h"
#include "cli/terminal/printable.h"

namespace ddblog::cli {
namespace {

constexpr std::array kColours = {36, 33, 35, 32, 34, 31};  // ANSI: cyan, yellow, magenta, green, blue, red
constexpr std::size_t kWidestName = 64;                    // Lambda's longest name

}  // namespace

LogPrinter::LogPrinter(std::ostream& out, bool as_json, bool has_colours, const std::vector<std::string>& functions)
    : out_(out), as_json_(as_json), has_colours_(has_colours) {
  for (const std::string& name : functions) {
    coloured(name);
    width_ = std::max(width_, std::min(name.size(), kWidestName));
  }
}

void LogPrinter::print(const deploy::LogLine& line) {
  const std::string time = toIso8601(line.time, true);
  if (as_json_) {
    out_ << json::serialize(json::object{{"time", time}, {"function", line.function}, {"message", line.text}}) << '\n';
    return;
  }
  width_ = std::max(width_, std::min(line.function.size(), kWidestName));
  const std::string padding(width_ - std::min(width_, line.function.size()), ' ');
  out_ << time << ' ' << coloured(line.function) << padding << "  " << printable(line.text) << '\n';
}

std::string LogPrinter::coloured(const std::string& name) {
  const int next = kColours[colours_.size() % kColours.size()];
  const int colour = colours_.emplace(name, next).first->second;
  return has_colours_ ? "\x1b[" + std::to_string(colour) + "m" + printable(name) + "\x1b[0m" : printable(name);
}

}  // namespace ddblog::cli
