// Any text as a ScheduleExpression: it is refused, or due at times that only grow.
// A text of an odd length is in a time zone with daylight saving time.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "check.h"
#include "schedules/schedule_expression.h"

using namespace ddblog;
using namespace ddblog::schedules;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::optional<ScheduleExpression> expression;
  try {
    expression.emplace(text);
  } catch (const std::invalid_argument&) {
    return 0;
  }
  const TimeZone zone = size % 2 == 0 ? TimeZone() : TimeZone::find("Europe/Berlin").value_or(TimeZone());
  const Timestamp since(Duration(1'767'225'630'000));
  Timestamp after(Duration(1'767'225'600'000));
  for (int i = 0; i < 3; ++i) {
    const auto due = expression->next(after, since, zone);
    if (!due) break;
    FUZZ_CHECK(*due > after);
    const auto again = expression->next(*due - Duration(1), since, zone);  // nothing is between the two
    FUZZ_CHECK(again == due);
    after = *due;
  }
  return 0;
}
