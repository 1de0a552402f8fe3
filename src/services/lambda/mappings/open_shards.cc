#include "services/lambda/mappings/open_shards.h"

namespace ddblog::lambda {

std::vector<OpenShard> openShards(const Reader& reader, const MappingSettings& settings, const rpc::EventSource& source,
                                  Checkpoints checkpoints) {
  std::vector<OpenShard> open;
  const bool is_new = !checkpoints.find(reader);
  if (!settings.enabled || (is_new && settings.starting_position == StartingPosition::kLatest)) return open;
  const auto arn = source.currentArn(reader);
  const auto shards = arn ? source.shards(reader, *arn) : std::nullopt;
  if (!shards) return open;
  for (const rpc::EventSource::Shard& shard : *shards) {
    std::vector<std::string> after(static_cast<std::size_t>(settings.lanes));
    bool finished = true;
    for (int lane = 0; lane < settings.lanes; ++lane) {
      const auto checkpoint = is_new ? std::nullopt : checkpoints.find(reader, *arn, shard.id, lane);
      if (checkpoint) after[static_cast<std::size_t>(lane)] = checkpoint->after;
      finished = finished && checkpoint && checkpoint->finished;
    }
    if (!finished) open.push_back({*arn, shard.id, std::move(after)});
  }
  return open;
}

}  // namespace ddblog::lambda
