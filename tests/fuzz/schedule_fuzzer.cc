// Any text as a rule's ScheduleExpression: it is refused, or due at times that only grow.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/api_error.h"
#include "check.h"
#include "services/eventbridge/bus/schedule_expression.h"

using namespace ddblog;
using namespace ddblog::eventbridge;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::optional<ScheduleExpression> expression;
  try {
    expression.emplace(text);
  } catch (const ApiError& error) {
    FUZZ_CHECK(error.type() == "ValidationException");
    return 0;
  }
  const Timestamp since(Duration(1'767'225'630'000));
  Timestamp after(Duration(1'767'225'600'000));
  for (int i = 0; i < 3; ++i) {
    const auto due = expression->next(after, since);
    if (!due) break;
    FUZZ_CHECK(*due > after);
    const auto again = expression->next(*due - Duration(1), since);  // nothing is between the two
    FUZZ_CHECK(again == due);
    after = *due;
  }
  return 0;
}
