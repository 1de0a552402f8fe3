// Reads a stream from the log table, page by page.
//
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/json.h"
#include "ddblog/event.h"
#include "ddblog/transport.h"

namespace ddblog {

// Passes the events of the stream `pk` from version `from` on to `visit`, in order, from all pages,
// strongly consistent, until it returns false. Throws InvalidEvent for an item that is not an
// event, after the events before it.
void queryStream(Transport& transport, const std::string& table, const std::string& pk, std::uint64_t from,
                 const std::function<bool(const Event&)>& visit);

// The same backwards: from the last event, or from version `from` if it is not 0. `page`: how many events
// to ask for at a time; 0: as many as a page of the service holds.
void queryStreamBackwards(Transport& transport, const std::string& table, const std::string& pk, std::uint64_t from,
                          std::uint64_t page, const std::function<bool(const Event&)>& visit);

// The version of the stream's last event, strongly consistent; 0 if there is none.
std::uint64_t queryLastVersion(Transport& transport, const std::string& table, const std::string& pk);

}  // namespace ddblog
