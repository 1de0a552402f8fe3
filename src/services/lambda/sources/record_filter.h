// FilterCriteria of an event source mapping: which of a source's records the function gets.
//
// A record passes if one of the patterns matches it; without patterns every record does. They are
// event patterns, on the record as the function gets it: {"eventName": ["INSERT"], "dynamodb":
// {"NewImage": {"log": {"S": ["users"]}}}}. Source:
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html Thread safety: immutable
// once made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "event_patterns/pattern.h"

namespace ddblog::lambda {

class RecordFilter {
 public:
  // Throws ApiError InvalidParameterValueException for a pattern that is not valid.
  explicit RecordFilter(const std::vector<std::string>& patterns);
  bool passes(std::string_view record_json) const;

 private:
  std::vector<event_patterns::Pattern> patterns_;
};

}  // namespace ddblog::lambda
