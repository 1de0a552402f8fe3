// Entries that hold for a time: a deduplication id, a receive attempt, the name of a deleted queue.
//
//   <key>                     ->  expires at (8) | value
//   kExpiring <due> <key>     ->  nothing; a sweep removes both then (sweep.h)
//
// Whoever reads an entry checks that it still holds. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "services/sqs/queues/key_spaces.h"
#include "store/store.h"

namespace ddblog::sqs {

inline std::uint64_t toNumber(RunningTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
inline RunningTime toRunningTime(std::uint64_t number) {
  return RunningTime(Duration(static_cast<Duration::rep>(number)));
}

inline void putExpiring(Transaction& transaction, const std::string& key, RunningTime expires, std::string_view value) {
  std::string stored;
  appendNumber(stored, toNumber(expires));
  stored.append(value);
  transaction.put(KeyBuilder(key_spaces::kExpiring).number(toNumber(expires)).bytes(key).str(), {});
  transaction.put(key, std::move(stored));
}

inline bool isExpired(std::string_view stored, RunningTime now) {
  return toRunningTime(takeNumber<std::uint64_t>(stored)) <= now;
}

inline std::string_view expiringValue(std::string_view stored) { return stored.substr(sizeof(std::uint64_t)); }

}  // namespace ddblog::sqs
