// What an event or a function's payload says, without what differs from run to run (ids and times):
// the identity of a delivery for Faults (base/faults.h).
//
//   an event of a bus                     source, detail-type, detail
//   a batch of a stream or of a queue     the first record: what happened to which item; the body
//   the record of an asynchronous result  the payload that it is about
//   anything else                         the whole text
//
// Thread safety: a pure function.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::rpc {

std::string faultIdentity(std::string_view payload);

}  // namespace ddblog::rpc
