// Client request tokens: what makes TransactWriteItems idempotent. A token stands for one request for 10 minutes.
//
//   key                                         value
//   0x13 'T' token (text)                       when it ends (8), fingerprint of the request (8), both big-endian
//   0x13 'E' when it ends (8) token (text)      nothing: ended tokens in the order in which they end
//
// Ended tokens are taken out by later transactions, a few each, so nothing has to wake for them.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
//
// Thread safety: free functions; the writing ones run on the writer thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// Equal for requests that are equal as JSON, whatever the order of their members.
std::uint64_t fingerprint(const json::value& request);

// Whether the request was carried out under this token before. If not, the token is kept for it from now on. Throws
// IdempotentParameterMismatchException when the token stands for another request.
bool isRepeated(Transaction& transaction, std::string_view token, std::uint64_t request, Timestamp now);

}  // namespace ddblog::dynamodb
