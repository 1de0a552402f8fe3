#include "rpc/failures.h"

#include <stdexcept>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"

namespace ddblog::rpc {

namespace {

constexpr std::size_t kMostParsed = 64u << 10;  // bytes of an error; a longer one is shown as text

std::string memberOf(const json::object& object, const char* name) {
  const json::value* member = object.if_contains(name);
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

// "ValueError: no such user"; empty: not an error object.
std::string describe(std::string_view error) {
  if (error.size() > kMostParsed) return {};
  try {
    const json::value parsed = parseJson(error);
    if (!parsed.is_object()) return {};
    const std::string type = memberOf(parsed.get_object(), "errorType");
    const std::string message = memberOf(parsed.get_object(), "errorMessage");
    return type.empty() || message.empty() ? type + message : type + ": " + message;
  } catch (const std::invalid_argument&) {
    return {};
  }
}

}  // namespace

std::string errorLine(std::string_view error, std::size_t most) {
  const std::string described = describe(error);
  const std::string_view text = trim(described.empty() ? error : std::string_view(described));
  return validUtf8(text.substr(0, text.find_first_of("\r\n")), most);
}

void AttemptHistory::add(Timestamp at, std::string_view error) {
  ++count_;
  if (kept_.size() == kKept) kept_.erase(kept_.begin() + 1);
  kept_.push_back({at, errorLine(error)});
}

void AttemptHistory::append(std::string& out) const {
  appendNumber<std::uint32_t>(out, count_);
  appendNumber<std::uint8_t>(out, static_cast<std::uint8_t>(kept_.size()));
  for (const Attempt& attempt : kept_) {
    appendNumber<std::int64_t>(out, attempt.at.time_since_epoch().count());
    appendText(out, attempt.error);
  }
}

AttemptHistory AttemptHistory::take(std::string_view& in) {
  AttemptHistory history;
  history.count_ = takeNumber<std::uint32_t>(in);
  const auto kept = takeNumber<std::uint8_t>(in);
  if (kept > kKept) throw std::runtime_error("stored attempts are not readable");
  for (std::uint8_t i = 0; i < kept; ++i) {
    const Timestamp at(Duration(takeNumber<std::int64_t>(in)));
    history.kept_.push_back({at, std::string(takeText(in))});
  }
  return history;
}

}  // namespace ddblog::rpc
