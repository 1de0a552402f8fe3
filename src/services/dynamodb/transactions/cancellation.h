// Why a transaction was cancelled: one reason for each of its actions, in the request's order.
//
//   CancellationReasons cancellation(actions);
//   cancellation.note(i, error);         // why action i failed; others stay "None"
//   cancellation.throwIfAny();           // TransactionCanceledException
//
// Thread safety: none.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "base/json.h"

namespace ddblog::dynamodb {

// The reason's code for an error of one action or statement; empty: the error concerns the whole
// request.
std::string_view reasonCodeOf(const ApiError& error);

class CancellationReasons {
 public:
  explicit CancellationReasons(std::size_t actions);
  // Notes an error that concerns the action: a condition that does not hold, an invalid key or
  // value. Rethrows other errors: they concern the whole request.
  void note(std::size_t action, const ApiError& error);
  // The same for an error of the action's key. Of these only the first is noted, as AWS does.
  void noteKey(std::size_t action, const ApiError& error);
  bool hasKey() const { return has_key_; }
  void throwIfAny() const;

 private:
  std::vector<json::object> reasons_;
  bool any_ = false;
  bool has_key_ = false;  // a key's error
};

}  // namespace ddblog::dynamodb
