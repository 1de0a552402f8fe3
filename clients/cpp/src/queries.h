// Reads a stream from the log table, page by page.
//
// Thread safety: free functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/json.h"
#include "ddblog/event.h"
#include "ddblog/transport.h"

namespace ddblog {

// The events of the stream `pk` with a version of at least `from`, in order, all pages, read
// consistently, until `visit` returns false. Throws InvalidEvent for an item that is no event,
// after the events before it were visited.
void queryStream(Transport& transport, const std::string& table, const std::string& pk, std::uint64_t from,
                 const std::function<bool(const Event&)>& visit);

// The version of the stream's last event, strongly consistent; 0 if there is none.
std::uint64_t queryLastVersion(Transport& transport, const std::string& table, const std::string& pk);

}  // namespace ddblog
