// The faults of a stream's mapping: records come out of order, but never those of one item, and a batch
// that the function has handled comes once more.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "base/fnv.h"
#include "services/lambda/mappings/mapping_reader.h"

namespace ddblog::lambda {

// Takes the records of some items out of the batch, to be handled first: as if their items were in
// another shard, which is read ahead. The first record's item stays, so that it is overtaken.
std::optional<MappingReader::Batch> MappingReader::takeAhead(Batch& batch) const {
  if (!dependencies_.faults || !dependencies_.faults->wants(Fault::kReorder) || tumbles()) return std::nullopt;
  const std::string first = batch.records.front().order_key;
  const auto isOfFirst = [&](const Record& record) { return record.order_key == first; };
  if (std::ranges::all_of(batch.records, isOfFirst)) return std::nullopt;  // nothing can overtake it
  const auto strike = dependencies_.faults->strike(Fault::kReorder, name() + ' ' + first);
  if (!strike) return std::nullopt;
  // How hard the fault is differs each time, and so do the items.
  const auto half = [salt = static_cast<std::uint64_t>(*strike * 0x1p53)](std::string_view order_key) {
    return fnv1a(order_key, kFnvBasis ^ salt) >> 32 & 1;
  };
  const auto stays = [&](const Record& record) { return half(record.order_key) == half(first); };
  auto begin = std::stable_partition(batch.records.begin(), batch.records.end(), stays);
  if (begin == batch.records.end()) begin = std::stable_partition(batch.records.begin(), begin, isOfFirst);
  Batch ahead;
  ahead.shard_id = batch.shard_id;
  ahead.read_to = batch.read_to;
  ahead.is_ahead = true;
  ahead.records.assign(std::make_move_iterator(begin), std::make_move_iterator(batch.records.end()));
  batch.records.erase(begin, batch.records.end());
  return ahead;
}

// Whether the function gets the part once more, as if its success had not been recorded.
bool MappingReader::comesAgain(const Batch& batch, const Part& part) const {
  if (!dependencies_.faults || !dependencies_.faults->wants(Fault::kDuplicate)) return false;
  const std::string identity = name() + ' ' + batch.records[part.begin].order_key;
  return dependencies_.faults->strike(Fault::kDuplicate, identity).has_value();
}

}  // namespace ddblog::lambda
