// Client request tokens, which make TransactWriteItems and ExecuteTransaction idempotent. A token
// stands for one request for 10 minutes of running time: a client may repeat a request that was not
// answered because the cloud stopped, however long it was away, and it is not executed twice.
//
//   key                                      value
//   0x13 'T' token (text)                    expires at (8), fingerprint of the request (8), then what a
//                                            repetition is charged, for each table: its name (text), units (8);
//                                            big-endian
//   0x13 'E' expires at (8) token (text)     empty; lists the tokens in the order in which they expire
//
// Each later transaction erases a few expired tokens, so no background work is needed. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
//
// Thread safety: the functions that write run on the writer thread; the others may be called from
// any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// What a transaction consumed, by the tables' names in the request.
using ConsumedByTable = std::map<std::string, ConsumedCapacity>;

// Equal for requests that are equal as JSON, whatever the order of their members.
std::uint64_t fingerprint(const json::value& request);

// Read units by the tables' names in the request. A repetition is charged for reading the items
// that the request wrote or looked at, by the larger size of each before and after it (recorded
// from AWS by dynoxide, CHANGELOG.md).
using RepetitionCharge = std::map<std::string, double>;
double repetitionUnits(const ItemChange& change);
ConsumedByTable consumedBy(const RepetitionCharge& charge);

// What repeating the request is charged, if it was executed under this token; std::nullopt: it was
// not. Throws IdempotentParameterMismatchException if the token stands for another request.
std::optional<RepetitionCharge> findRepetition(const Reader& reader, std::string_view token, std::uint64_t request,
                                               RunningTime now);
// Stores the token for the request, from now on.
void keepToken(Transaction& transaction, std::string_view token, std::uint64_t request, const RepetitionCharge& charge,
               RunningTime now);

}  // namespace ddblog::dynamodb
