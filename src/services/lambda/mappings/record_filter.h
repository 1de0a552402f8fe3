// FilterCriteria of an event source mapping: selects the records that the function receives.
//
// A record passes if one of the patterns matches it; without patterns every record passes. They are
// event patterns on the record as the function receives it: {"eventName": ["INSERT"], "dynamodb":
// {"NewImage": {"log": {"S": ["users"]}}}}.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
// Thread safety: immutable after construction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "event_patterns/pattern.h"

namespace ddblog::lambda {

class RecordFilter {
 public:
  // Throws ApiError InvalidParameterValueException for an invalid pattern.
  explicit RecordFilter(const std::vector<std::string>& patterns);
  // Also true of a record in which paths of members are too long to be looked for (EventFields): the function
  // gets it, instead of nothing that comes after it.
  bool passes(std::string_view record_json) const;

 private:
  std::vector<event_patterns::Pattern> patterns_;
};

}  // namespace ddblog::lambda
