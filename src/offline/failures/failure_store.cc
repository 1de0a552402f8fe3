#include "offline/failures/failure_store.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/bytes.h"
#include "offline/failures/key_spaces.h"
#include "offline/failures/stored_failure.h"

namespace ddblog::offline {

namespace {

constexpr std::size_t kMostListed = 1'000;  // failures that one page looks at

std::string summaryKey(std::uint64_t number) {
  return KeyBuilder(key_spaces::kFailures).number(1).number(number).str();
}
std::string detailsKey(std::uint64_t number) {
  return KeyBuilder(key_spaces::kFailures).number(2).number(number).str();
}
std::string countsKey() { return KeyBuilder(key_spaces::kFailures).number(3).str(); }

std::uint64_t numberIn(std::string_view summary_key) {
  KeyParser key(summary_key);
  key.number();
  return key.number();
}

struct Counts {
  std::uint64_t failures = 0;
  std::uint64_t bytes = 0;
  std::uint64_t first = 1;
  std::uint64_t next = 1;
};

Counts readCounts(const Reader& reader) {
  Counts counts;
  const auto stored = reader.get(countsKey());
  if (!stored) return counts;
  std::string_view bytes = *stored;
  for (std::uint64_t* count : {&counts.failures, &counts.bytes, &counts.first, &counts.next}) {
    *count = takeNumber<std::uint64_t>(bytes);
  }
  return counts;
}

void putCounts(Transaction& transaction, const Counts& counts) {
  std::string stored;
  for (const std::uint64_t count : {counts.failures, counts.bytes, counts.first, counts.next}) {
    appendNumber<std::uint64_t>(stored, count);
  }
  transaction.put(countsKey(), std::move(stored));
}

void eraseRows(Transaction& transaction, const FailureSummary& summary, Counts& counts) {
  transaction.erase(summaryKey(summary.number));
  transaction.erase(detailsKey(summary.number));
  counts.failures -= std::min<std::uint64_t>(counts.failures, 1);
  counts.bytes -= std::min<std::uint64_t>(counts.bytes, summary.detail_bytes);
}

bool matches(const FailureSummary& summary, const FailureStore::Filter& filter) {
  if (filter.kind && summary.kind != *filter.kind) return false;
  return filter.function.empty() || functionNameOf(summary.place_arn) == filter.function ||
         functionNameOf(summary.source_arn) == filter.function;
}

}  // namespace

std::string functionNameOf(std::string_view arn) {
  constexpr std::string_view marker = ":function:";
  const std::size_t found = arn.find(marker);
  if (found == std::string_view::npos) return {};
  const std::string_view name = arn.substr(found + marker.size());
  return std::string(name.substr(0, name.find(':')));
}

bool FailureStore::isTooOld(const FailureSummary& summary) const {
  return clock_.runningTime() - summary.recorded_in >= limits_.age;
}

void FailureStore::record(Transaction& transaction, const rpc::Failure& failure) {
  std::string details = encodeDetails(failure, limits_.error_bytes);
  FailureSummary summary;
  summary.kind = failure.kind;
  summary.recorded_at = clock_.now();
  summary.recorded_in = clock_.runningTime();
  summary.attempts = failure.attempts.count();
  summary.detail_bytes = static_cast<std::uint32_t>(details.size());
  summary.payload_bytes = static_cast<std::uint32_t>(failure.message.body.text().size());
  summary.source_arn = failure.source_arn;
  summary.place_arn = failure.message.recipient_arn;
  summary.condition = failure.condition;
  summary.request_id = failure.request_id;
  summary.error_line = rpc::errorLine(failure.error);
  summary.destinations = failure.destinations;

  Counts counts = readCounts(transaction);
  const auto isFull = [&] {
    return counts.failures >= limits_.failures || counts.bytes + details.size() > limits_.bytes;
  };
  std::size_t removed = 0;
  const auto cursor = transaction.cursor(summaryKey(counts.first), summaryKey(counts.next));
  for (; cursor->valid(); cursor->next()) {
    const FailureSummary oldest = decodeSummary(numberIn(cursor->key()), cursor->value());
    counts.first = oldest.number;
    if (!isFull() && (!isTooOld(oldest) || removed >= limits_.removed_at_once)) break;
    eraseRows(transaction, oldest, counts);
    counts.first = oldest.number + 1;
    ++removed;
  }
  summary.number = counts.next++;
  ++counts.failures;
  counts.bytes += details.size();
  transaction.put(summaryKey(summary.number), encodeSummary(summary));
  transaction.put(detailsKey(summary.number), std::move(details));
  putCounts(transaction, counts);
}

FailureStore::Page FailureStore::list(const Reader& reader, const Filter& filter, std::optional<std::uint64_t> before,
                                      std::size_t limit) const {
  const Counts counts = readCounts(reader);
  Page page;
  std::size_t looked_at = 0;
  const std::uint64_t end = std::min(before.value_or(counts.next), counts.next);
  if (end <= counts.first) return page;
  const auto cursor = reader.cursor(summaryKey(counts.first), summaryKey(end), Direction::kBackward);
  for (; cursor->valid(); cursor->next()) {
    FailureSummary summary = decodeSummary(numberIn(cursor->key()), cursor->value());
    if (isTooOld(summary)) break;
    if (page.failures.size() == limit || looked_at == kMostListed) {
      page.next = summary.number + 1;
      break;
    }
    ++looked_at;
    if (matches(summary, filter)) page.failures.push_back(std::move(summary));
  }
  return page;
}

std::uint64_t FailureStore::count(const Reader& reader) const {
  const Counts counts = readCounts(reader);
  std::uint64_t left = counts.failures;
  const auto cursor = reader.cursor(summaryKey(counts.first), summaryKey(counts.next));
  for (; cursor->valid() && left > 0; cursor->next(), --left) {
    if (!isTooOld(decodeSummary(numberIn(cursor->key()), cursor->value()))) break;
  }
  return left;
}

std::optional<FailureSummary> FailureStore::find(const Reader& reader, std::uint64_t number) const {
  const auto stored = reader.get(summaryKey(number));
  if (!stored) return std::nullopt;
  FailureSummary summary = decodeSummary(number, *stored);
  if (isTooOld(summary)) return std::nullopt;
  return summary;
}

rpc::Failure FailureStore::load(const Reader& reader, const FailureSummary& summary) const {
  const auto stored = reader.get(detailsKey(summary.number));
  if (!stored) throw std::runtime_error("the details of failure " + std::to_string(summary.number) + " are missing");
  return decodeDetails(summary, *stored);
}

void FailureStore::noteRedriven(Transaction& transaction, FailureSummary& summary) const {
  ++summary.redrives;
  summary.redriven_at = clock_.now();
  transaction.put(summaryKey(summary.number), encodeSummary(summary));
}

void FailureStore::erase(Transaction& transaction, const FailureSummary& summary) const {
  Counts counts = readCounts(transaction);
  eraseRows(transaction, summary, counts);
  putCounts(transaction, counts);
}

std::uint64_t FailureStore::eraseAll(Transaction& transaction) const {
  Counts counts = readCounts(transaction);
  std::uint64_t erased = 0;
  const auto cursor = transaction.cursor(summaryKey(counts.first), summaryKey(counts.next));
  for (; cursor->valid(); cursor->next(), ++erased) {
    const std::uint64_t number = numberIn(cursor->key());
    transaction.erase(summaryKey(number));
    transaction.erase(detailsKey(number));
  }
  counts.failures = 0;
  counts.bytes = 0;
  counts.first = counts.next;
  putCounts(transaction, counts);
  return erased;
}

}  // namespace ddblog::offline
