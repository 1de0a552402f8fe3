// The shards of a mapping's stream that it has not read to their ends, and how far it has come in each.
//
// Thread safety: a stateless function.
#pragma once

#include <string>
#include <vector>

#include "rpc/event_source.h"
#include "services/lambda/mappings/checkpoints.h"
#include "services/lambda/mappings/mapping_settings.h"
#include "store/store.h"

namespace ddblog::lambda {

struct OpenShard {
  std::string arn, id;
  std::vector<std::string> after_by_lane;  // the position of each lane
};

// `checkpoints` need not be found. Empty if the mapping is disabled, or begins with what is written later.
std::vector<OpenShard> openShards(const Reader& reader, const MappingSettings& settings, const rpc::EventSource& source,
                                  Checkpoints checkpoints);

}  // namespace ddblog::lambda
