// The payloads of asynchronous invocations in the store. A payload of one invocation is part of its
// row. Invocations of one transaction that have the same payload share it: it is stored once.
//
//   kInvocations <id>              …, then the payload                 the row's first byte: kInvocations
//   kInvocations <id>              …, then the payload's number (8)    the row's first byte: kPayloads
//   kPayloads 1 <number>           the payload
//   kPayloads 2 <number>           how many invocations refer to it (8 bytes, big-endian)
//
// The count changes in the transaction that adds or removes an invocation, so it is right after
// every crash, and the last invocation removes the payload. It has a key of its own because it is
// rewritten for each of them. Rejected: counting the invocations that refer to it by a key for each,
// because looking whether one is left would walk over the deleted ones.
//
// Thread safety: the functions run on the writer thread; LoadedPayloads belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "rpc/recipients.h"
#include "store/store.h"

namespace ddblog::lambda {

// A loaded payload.
struct Payload {
  std::shared_ptr<const std::string> text;
  std::optional<std::uint64_t> number;  // of a shared one
};

// Appends the payload of invocation `id` to its row, or stores it apart if it is shared and marks
// the row. `owner`: the queue.
void putPayload(Transaction& transaction, std::string& row, const rpc::MessageBody& body, std::uint64_t id,
                const void* owner);

// One invocation less refers to it.
void erasePayload(Transaction& transaction, const Payload& payload);

// Loads payloads; one that is loaded already is shared in memory too.
class LoadedPayloads {
 public:
  // `rest`: the part of `row` after the client context. Throws std::runtime_error if the payload is
  // not there.
  Payload load(const Reader& reader, std::string_view row, std::string_view rest);

 private:
  std::map<std::uint64_t, std::weak_ptr<const std::string>> loaded_;  // the shared ones, by number
};

}  // namespace ddblog::lambda
