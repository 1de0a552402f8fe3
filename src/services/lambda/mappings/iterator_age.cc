#include "services/lambda/mappings/iterator_age.h"

#include <algorithm>

#include "services/lambda/functions/limits.h"
#include "services/lambda/mappings/open_shards.h"
#include "services/lambda/mappings/record_filter.h"

namespace ddblog::lambda {

std::optional<Duration> iteratorAge(const MappingDependencies& dependencies, const Reader& reader,
                                    const MappingSettings& settings) {
  std::optional<Duration> oldest;
  if (settings.source_kind != SourceKind::kStream) return oldest;
  const auto source = dependencies.sources.open(settings.event_source_arn);
  if (!source) return oldest;
  const RecordFilter filter(settings.filters);
  const RunningTime now = dependencies.clock.runningTime();
  const Checkpoints checkpoints(settings.function_name, settings.event_source_arn, settings.lanes);
  for (const OpenShard& shard : openShards(reader, settings, *source, checkpoints)) {
    const std::string& slowest = *std::ranges::min_element(shard.after_by_lane);
    for (const rpc::EventSource::Record& record :
         source->read(reader, shard.arn, shard.id, slowest, limits::kBacklogPage, limits::kMappingBatchBytes, now)) {
      const auto lane = static_cast<std::size_t>(laneOf(record.order_key, settings.lanes));
      if (record.position <= shard.after_by_lane[lane] || !filter.passes(record.json)) continue;
      oldest = std::max(oldest.value_or(Duration(0)), Duration(now - record.added_at));
      break;
    }
  }
  return oldest;
}

}  // namespace ddblog::lambda
