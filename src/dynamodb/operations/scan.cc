#include "dynamodb/operations/scan.h"

#include "base/api_error.h"
#include "dynamodb/item_keys.h"
#include "dynamodb/legacy_conditions.h"

namespace ddblog::dynamodb {

Scan::Scan(api::RequestReader& request, Context& context)
    : context_(context), page_(request.fields(), PageParameters::Verb::kScan) {
  api::ObjectReader& fields = request.fields();
  segment_ = fields.integer("Segment", {.min = 0, .max = 999'999});
  total_segments_ = fields.integer("TotalSegments", {.min = 1, .max = 1'000'000});
  LegacyConditions legacy_filter(fields, LegacyConditions::kScanFilter);
  ExpressionParameters expressions(fields, {"ProjectionExpression", "FilterExpression"},
                                   {"AttributesToGet", "ScanFilter", "ConditionalOperator"});
  request.finish();
  expressions.checkTogether();

  page_.checkAttributes(expressions.has("ProjectionExpression"));
  std::optional<Condition> legacy = legacy_filter.condition();
  page_.takeStartKey();
  checkSegments();
  expressions.readSubstitutions();
  page_.filter = expressions.filter();
  page_.projection = expressions.projection();
  expressions.refuseUnused();
  if (legacy) page_.filter = std::move(legacy);
  if (!page_.attributes_to_get.empty()) page_.projection = Projection::ofAttributes(page_.attributes_to_get);
}

void Scan::checkSegments() const {
  if (segment_ && !total_segments_) {
    throw validationError(
        "The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
  }
  if (!total_segments_) return;
  if (!segment_) {
    throw validationError(
        "The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
  }
  if (*segment_ >= *total_segments_) {
    throw validationError(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " +
        std::to_string(*segment_) + " is not less than TotalSegments: " + std::to_string(*total_segments_));
  }
}

StoredRange Scan::rangeToRead(const Table& table, const Index* index) const {
  StoredRange range =
      total_segments_ ? segmentRange(table, index, *segment_, *total_segments_) : wholeRange(table, index);
  if (!page_.has_start_key) return range;
  const std::string start = page_.startKey(table, index);
  if (start < range.begin || start >= range.end) {
    throw validationError(
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct "
        "Segment. TotalSegments: " +
        std::to_string(*total_segments_) + " Segment: " + std::to_string(*segment_));
  }
  return after(std::move(range), start, Direction::kForward);
}

std::string Scan::run(const Reader& reader) const {
  const auto table = context_.catalog.get(reader, page_.table_name);
  const Index* index = page_.findIndex(*table);
  page_.checkStartKey(*table, index);
  page_.checkExpressions(*table, index);
  return page_.answer(readPage(reader, page_.pageRequest(*table, index, rangeToRead(*table, index))));
}

}  // namespace ddblog::dynamodb
