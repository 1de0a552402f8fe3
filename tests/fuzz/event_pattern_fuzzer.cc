// Three lines: any text as an event pattern, as an event, as an input template. Each is refused, or used; the parts of
// an event are the values that a JSON parser sees.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/json.h"
#include "check.h"
#include "event_patterns/pattern.h"
#include "services/eventbridge/bus/event.h"
#include "services/eventbridge/bus/target_input.h"

namespace {

using namespace ddblog;
using namespace ddblog::event_patterns;
using namespace ddblog::eventbridge;

std::string_view takeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Boost.JSON 1.81 rounds the last digits of a number differently by what stands before it, and 0e400 is no number to it.
bool isClose(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-12 * std::abs(b);
}

void checkSame(JsonText::Value value, const json::value& tree) {
  FUZZ_CHECK(value.isObject() == tree.is_object() && value.isArray() == tree.is_array());
  FUZZ_CHECK(value.isString() == tree.is_string());
  if (value.isString())
    FUZZ_CHECK(value.string() == std::string_view(tree.get_string().data(), tree.get_string().size()));
  const json::value read = parseJson(value.raw());
  if (tree.is_number()) {
    FUZZ_CHECK(read.is_number() && isClose(read.to_number<double>(), tree.to_number<double>()));
  } else if (!value.isObject() && !value.isArray()) {
    FUZZ_CHECK(read == tree);
  }
  if (value.isObject()) {
    for (const auto& member : tree.get_object()) {
      const auto found = value.find({member.key().data(), member.key().size()});
      FUZZ_CHECK(found.has_value());
      checkSame(*found, member.value());
    }
  }
  if (value.isArray()) {
    for (std::size_t i = 0; i < tree.get_array().size(); ++i) {
      const auto found = value.element(i);
      FUZZ_CHECK(found.has_value());
      checkSame(*found, tree.get_array()[i]);
    }
    FUZZ_CHECK(!value.element(tree.get_array().size()));
  }
}

void checkPattern(std::string_view text, const EventFields& fields) {
  try {
    const bool matches = Pattern::compile(text).matches(fields);
    FUZZ_CHECK(Pattern::compile(text).matches(fields) == matches);
  } catch (const ApiError& error) {
    FUZZ_CHECK(error.type() == "InvalidEventPatternException" && !error.message().empty());
  }
}

void checkInput(std::string_view text, const Event& event) {
  static const json::object kPaths = {{"a", "$.detail.a"}, {"b", "$.detail.b[1].c"}, {"all", "$"}};
  json::object target = {{"Id", "1"}, {"Arn", "arn:aws:lambda:us-east-1:000000000000:function:f"}};
  target["InputTransformer"] = {{"InputPathsMap", kPaths}, {"InputTemplate", json::string(text)}};
  try {
    TargetInput(target).make(event, "arn:rule", "rule", Timestamp());
  } catch (const ApiError& error) {
    FUZZ_CHECK(!error.message().empty());
  }
  try {
    const JsonText whole(event.text);
    JsonPath(text).find(whole.root());
  } catch (const std::invalid_argument&) {
    // No path.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view pattern = takeLine(text), detail = takeLine(text);
  Event event;
  json::value tree;
  try {
    tree = parseJson(detail);
  } catch (const std::invalid_argument&) {
    checkPattern(pattern, {});
    return 0;
  }
  const JsonText parts(detail);
  checkSame(parts.root(), tree);
  if (!tree.is_object()) return 0;
  event = makeEvent(
      {.id = "1", .source = "s", .detail_type = "t", .detail = std::string(detail), .resources = {}, .time = {}},
      "us-east-1", "000000000000");
  checkPattern(pattern, event.fields);
  checkInput(text, event);
  return 0;
}
