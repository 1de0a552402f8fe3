// Any text as a JSON path (InputPath): it is refused, or what it finds in an event is a JSON value of that event.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json.h"
#include "check.h"
#include "event_patterns/json_text.h"
#include "services/eventbridge/bus/target_input.h"

using namespace ddblog;
using namespace ddblog::eventbridge;

namespace {

const std::string kEvent =
    R"({"id":"1","source":"s","detail":{"a":[{"b":1,"c d":"x"},{"b":[2,3]},"é"],"n":-1.50e3,"":{"":null},"a":true}})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::optional<JsonPath> path;
  try {
    path.emplace(text);
  } catch (const std::invalid_argument&) {
    return 0;
  }
  FUZZ_CHECK(text.starts_with('$'));
  const event_patterns::JsonText event(kEvent);
  const auto found = path->find(event.root());
  FUZZ_CHECK(found == path->find(event.root()));
  if (!found) return 0;
  parseJson(*found);  // throws if it is none
  const bool is_list_of_found = text.find('*') != std::string_view::npos;
  FUZZ_CHECK(is_list_of_found ? found->front() == '[' : kEvent.find(*found) != std::string::npos);
  return 0;
}
