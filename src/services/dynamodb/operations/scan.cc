// Scan: all items of a table or an index, or one segment of them; partitions come in no particular
// order.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "base/api_error.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/items/legacy_conditions.h"
#include "services/dynamodb/items/page_parameters.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class Scan {
 public:
  Scan(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  void checkSegments() const;
  StoredRange rangeToRead(const Table& table, const Index* index) const;

  Context& context_;
  PageParameters page_;
  std::optional<std::int64_t> segment_;
  std::optional<std::int64_t> total_segments_;
};

constexpr std::int64_t kMostSegments = 1'000'000;
constexpr std::int64_t kMostLimit = std::numeric_limits<std::int32_t>::max();

struct ScanNumbers {
  explicit ScanNumbers(rpc::ObjectReader& fields)
      : segment(WholeNumber::read(fields, "Segment")), total(WholeNumber::read(fields, "TotalSegments")) {}

  static std::optional<std::int64_t> of(const std::optional<WholeNumber>& number) {
    return number ? std::optional(number->value) : std::nullopt;
  }
  bool coerced() const { return (segment && segment->coerced) || (total && total->coerced); }

  std::optional<WholeNumber> segment;
  std::optional<WholeNumber> total;
};

// Checks single fields in Scan's order. The older validation handles a request without a table name
// or an operator, and one whose numbers did not fit their type.
void checkMembers(MemberChecks checks, const PageParameters& page, const LegacyConditions& filter,
                  const ScanNumbers& numbers) {
  const auto segment = ScanNumbers::of(numbers.segment);
  const auto total = ScanNumbers::of(numbers.total);
  const auto limit = ScanNumbers::of(page.limit);
  if (!page.table || filter.lacksOperator() || numbers.coerced() || (page.limit && page.limit->coerced)) {
    checks.select(page.select);
    checks.numberLegacy(total, "totalSegments", 1, kMostSegments);
    checks.capacity(page.capacity);
    checks.present(page.table.has_value(), "tableName");
    checks.emptyTableNameLegacy(page.table);
    filter.checkJoin(checks);
    filter.checkMembers(checks);
    checks.numberLegacy(segment, "segment", 0, kMostSegments - 1);
    checks.numberLegacy(limit, "limit", 1, kMostLimit);
    checks.finish();
  }
  checks.atLeast(limit, "Limit", 1);
  checks.atLeast(segment, "Segment", 0);
  checks.atMost(segment, "Segment", kMostSegments - 1);
  checks.atLeast(total, "TotalSegments", 1);
  checks.atMost(total, "TotalSegments", kMostSegments);
  checks.emptyTableName(page.table);
  checks.finish();
  checks.tableName(page.table);
  checks.capacity(page.capacity);
  checks.finish();
}

Scan::Scan(rpc::RequestReader& request, Context& context)
    : context_(context), page_(request.fields(), PageParameters::Verb::kScan) {
  rpc::ObjectReader& fields = request.fields();
  const ScanNumbers numbers(fields);
  segment_ = ScanNumbers::of(numbers.segment);
  total_segments_ = ScanNumbers::of(numbers.total);
  LegacyConditions legacy_filter(fields, LegacyConditions::kScanFilter);
  ExpressionParameters expressions(fields, {"ProjectionExpression", "FilterExpression"},
                                   {"AttributesToGet", "ScanFilter", "ConditionalOperator"},
                                   {.style = MessageStyle::kCurrent, .names_sizes = true});
  MemberChecks checks(request);
  checkMembers(checks, page_, legacy_filter, numbers);
  expressions.checkTogether();

  std::optional<Condition> legacy = legacy_filter.condition();
  page_.checkAttributes();
  page_.takeStartKey();
  expressions.readSubstitutions();
  page_.filter = expressions.filter();
  page_.projection = expressions.projection();
  checks.select(page_.select);
  checks.finish();
  inEnvelope([&] { page_.checkSelect(expressions.has("ProjectionExpression")); });
  checkSegments();
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
  const auto table = context_.catalog.get(reader, *page_.table);
  const Index* index = page_.findIndex(*table);
  page_.checkAllAttributes(index);
  page_.checkStartKey(*table, index);
  page_.checkExpressions(*table, index);
  return page_.answer(readPage(reader, page_.pageRequest(*table, index, rangeToRead(*table, index))));
}

}  // namespace

void addScan(rpc::JsonApi& service, Context& context) { rpc::addRead<Scan>(service, "Scan", context); }

}  // namespace ddblog::dynamodb
