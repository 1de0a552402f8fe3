// The items that a Projector (ddblog/projector.h) writes, in any language:
//
//   pk = sk = [<generation>/]<log>#<id>   type S   id S   version N
//
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace ddblog::cli {

std::string readModelKey(std::string_view generation, std::string_view log, std::string_view id);

// std::nullopt: the item has none.
std::optional<std::uint64_t> readModelVersion(const json::object& item);

struct ReadModelName {
  std::string log, generation;
};
// What the key of a read model with this id says; std::nullopt: it is no read model's. `is_log`: whether there is such
// a log, because the names of logs and of generations may have slashes.
std::optional<ReadModelName> readModelName(std::string_view key, std::string_view id,
                                           const std::function<bool(const std::string&)>& is_log);

}  // namespace ddblog::cli
