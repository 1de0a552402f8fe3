// Reads which event a bus event tells of.
//
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "ddblog/event.h"

namespace ddblog {

// The stream and version that a bus event names.
struct Hint {
  StreamName stream;
  std::uint64_t version;
};

// Throws InvalidEvent unless it is a bus event of the log: {"detail": {"key": {"pk", "sk"}, …}, …}.
Hint parseHint(std::string_view bus_event);

}  // namespace ddblog
