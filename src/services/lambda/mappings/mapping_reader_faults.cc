// The faults of a stream's mapping: records come out of order, but never those of one item, and a batch
// that the function has handled comes once more.
#include <algorithm>
#include <iterator>
#include <utility>

#include "base/fnv.h"
#include "services/lambda/mappings/mapping_reader.h"

namespace ddblog::lambda {

// Takes the records of some items out of the batch, to be handled first: as if their items were in
// another shard, which is read ahead. The first record's item stays, so that it is overtaken.
std::optional<MappingReader::Batch> MappingReader::takeAhead(Batch& batch) const {
  if (!dependencies_.faults || tumbles()) return std::nullopt;
  const std::string& first = batch.records.front().order_key;
  if (!dependencies_.faults->strike(Fault::kReorder, name() + ' ' + first)) return std::nullopt;
  const auto half = [seed = dependencies_.faults->settings().seed](const Record& record) {
    return fnv1a(record.order_key, kFnvBasis ^ seed) >> 32 & 1;
  };
  const auto stays = [half, half_of_first = half(batch.records.front())](const Record& record) {
    return half(record) == half_of_first;
  };
  const auto begin = std::stable_partition(batch.records.begin(), batch.records.end(), stays);
  if (begin == batch.records.end()) return std::nullopt;
  Batch ahead;
  ahead.shard_id = batch.shard_id;
  ahead.read_to = batch.read_to;
  ahead.is_ahead = true;
  ahead.records.assign(std::make_move_iterator(begin), std::make_move_iterator(batch.records.end()));
  batch.records.erase(begin, batch.records.end());
  return ahead;
}

// Whether the function gets the part once more, as if its success had not been recorded.
bool MappingReader::comesAgain(const Batch& batch, Part& part) const {
  if (!dependencies_.faults || std::exchange(part.has_come, true)) return false;
  const std::string identity = name() + ' ' + batch.records[part.begin].order_key;
  return dependencies_.faults->strike(Fault::kDuplicate, identity).has_value();
}

}  // namespace ddblog::lambda
