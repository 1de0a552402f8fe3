#include "wire/runner/wire_file.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace ddblog::wire {
namespace {

constexpr int kMostIncludes = 8;  // one inside another

class Reading {
 public:
  Reading(const std::filesystem::path& file, int depth) : file_(file), depth_(depth) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error(file.string() + ": cannot be read");
    for (std::string line; std::getline(in, line);) lines_.push_back(line);
  }

  std::vector<Step> run() {
    while (at_ < lines_.size()) {
      const std::string line = lines_[at_++];
      if (line.empty() || line[0] == '#') continue;
      if (line.starts_with("@include ")) {
        include(line.substr(9));
      } else if (line.starts_with("! clock +")) {
        moveClock(line.substr(9));
      } else if (line.starts_with("> ")) {
        call(line.substr(2));
      } else {
        fail("a step begins with '> ', '! clock +' or '@include '");
      }
    }
    return std::move(steps_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(file_.string() + ":" + std::to_string(at_) + ": " + what);
  }

  void include(const std::string& name) {
    if (depth_ == kMostIncludes) fail("too many files include one another");
    for (Step& step : Reading(file_.parent_path() / name, depth_ + 1).run()) steps_.push_back(std::move(step));
  }

  void moveClock(const std::string& text) {
    std::size_t end = 0;
    Step step;
    step.kind = Step::Kind::kMoveClock;
    step.line = static_cast<int>(at_);
    step.seconds = std::stoll(text, &end);
    const std::string unit = text.substr(end);
    if (unit == "m") {
      step.seconds *= 60;
    } else if (unit == "h") {
      step.seconds *= 3600;
    } else if (unit == "d") {
      step.seconds *= 86400;
    } else if (unit != "s") {
      fail("a time is a number and s, m, h or d");
    }
    steps_.push_back(step);
  }

  void call(const std::string& target) {
    Step step;
    step.line = static_cast<int>(at_);
    const std::size_t end = target.find_first_of(". ");
    if (end == std::string::npos) fail("a call is '> SERVICE.OPERATION' or '> SERVICE METHOD PATH'");
    step.call.service = target.substr(0, end);
    if (target[end] == '.') {
      step.call.operation = target.substr(end + 1);
    } else if (!(std::istringstream(target.substr(end)) >> step.call.method >> step.call.path)) {
      fail("a REST call is '> SERVICE METHOD PATH'");
    }
    step.call.headers = headers(">> ");
    step.call.body = textUntil("< ");
    if (at_ == lines_.size()) fail("a call has no answer ('< STATUS')");
    std::istringstream status(lines_[at_++].substr(2));
    if (!(status >> step.status)) fail("an answer is '< STATUS [ERROR TYPE]'");
    status >> step.error_type;
    step.expected_headers = headers("<< ");
    for (auto& [name, value] : step.expected_headers) {
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) { return std::tolower(letter); });
    }
    step.expected = textUntil("");
    steps_.push_back(std::move(step));
  }

  // The lines from here on that begin with `mark`: "Name: value".
  std::vector<std::pair<std::string, std::string>> headers(std::string_view mark) {
    std::vector<std::pair<std::string, std::string>> found;
    for (; at_ < lines_.size() && lines_[at_].starts_with(mark); ++at_) {
      const std::string line = lines_[at_].substr(mark.size());
      const std::size_t colon = line.find(": ");
      if (colon == std::string::npos) fail("a header is 'NAME: VALUE'");
      found.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    return found;
  }

  // The lines before the next one that begins with `stop`, or (empty) before the next step or the end.
  std::string textUntil(std::string_view stop) {
    std::string text;
    for (; at_ < lines_.size(); ++at_) {
      const std::string& line = lines_[at_];
      if (!stop.empty() && line.starts_with(stop)) break;
      if (stop.empty() &&
          (line.starts_with("> ") || line.starts_with("! ") || line.starts_with("@") || line.starts_with("#"))) {
        break;
      }
      text += line + "\n";
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
  }

  const std::filesystem::path file_;
  const int depth_;
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> readWireFile(const std::filesystem::path& file) { return Reading(file, 0).run(); }

}  // namespace ddblog::wire
