// How far a mapping is behind its stream.
//
// Thread safety: a stateless function.
#pragma once

#include <optional>

#include "base/clock.h"
#include "services/lambda/mappings/mapping_reader.h"
#include "services/lambda/mappings/mapping_settings.h"
#include "store/store.h"

namespace ddblog::lambda {

// How old the oldest record is that passes the mapping's filters and waits for it, in running time;
// std::nullopt: none waits, the source is a queue, or nothing serves it.
std::optional<Duration> iteratorAge(const MappingDependencies& dependencies, const Reader& reader,
                                    const MappingSettings& settings);

}  // namespace ddblog::lambda
