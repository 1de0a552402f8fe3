// Why a transaction was not carried out: one reason for each of its actions, in the request's order.
//
//   CancellationReasons cancellation(actions);
//   cancellation.note(i, error);         // a refusal of action i; others stay "None"
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

// Which code a refusal of one action or statement has; empty: it is about the whole request.
std::string_view reasonCodeOf(const ApiError& error);

class CancellationReasons {
 public:
  explicit CancellationReasons(std::size_t actions);
  // A refusal that is about the action: a condition that does not hold, a key or value that cannot be. Throws on other
  // errors: they are about the whole.
  void note(std::size_t action, const ApiError& error);
  void throwIfAny() const;

 private:
  std::vector<json::object> reasons_;
  bool any_ = false;
};

}  // namespace ddblog::dynamodb
