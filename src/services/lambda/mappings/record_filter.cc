#include "services/lambda/mappings/record_filter.h"

#include <algorithm>
#include <stdexcept>

#include "base/api_error.h"
#include "event_patterns/event_fields.h"
#include "event_patterns/json_text.h"
#include "services/lambda/functions/errors.h"

namespace ddblog::lambda {

RecordFilter::RecordFilter(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    try {
      patterns_.push_back(event_patterns::Pattern::compile(pattern));
    } catch (const ApiError& error) {
      throw invalidParameterValue("Invalid filter pattern definition. " + error.message());
    }
  }
}

bool RecordFilter::passes(std::string_view record_json) const {
  if (patterns_.empty()) return true;
  const event_patterns::JsonText text(record_json);
  event_patterns::EventFields fields;
  try {
    fields = event_patterns::EventFields(text.root());
  } catch (const std::invalid_argument&) {
    return true;
  }
  return std::ranges::any_of(patterns_,
                             [&](const event_patterns::Pattern& pattern) { return pattern.matches(fields); });
}

}  // namespace ddblog::lambda
