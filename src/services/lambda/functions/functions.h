// The functions there are. The application's template gives them at each start; nothing of them is stored.
//
// Callers name functions in several ways (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html):
//
//   users                                                      the name
//   users:$LATEST                                              with a qualifier
//   000000000000:function:users                                a partial ARN
//   arn:aws:lambda:us-east-1:000000000000:function:users       the ARN, with or without a qualifier
//
// There are no versions and aliases here: $LATEST is the only qualifier.
// Thread safety: all methods may be called from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_annotations.h"
#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

using FunctionPointer = std::shared_ptr<const Function>;

class Functions {
 public:
  Functions(std::string region, std::string account_id)
      : region_(std::move(region)), account_id_(std::move(account_id)) {}

  // Adds a function, or takes the place of the one that has its name. Throws std::invalid_argument with a line that
  // says what of it is out of Lambda's limits.
  void set(Function function);

  // By any of the ways above; nullptr: no such function, or another qualifier than $LATEST.
  FunctionPointer find(std::string_view name_or_arn) const;
  // The same, or throws ResourceNotFoundException (404) "Function not found: <ARN>".
  FunctionPointer get(std::string_view name_or_arn, std::string_view qualifier = {}) const;
  std::vector<FunctionPointer> all() const;  // by name

  std::string arnOf(std::string_view name) const;
  const std::string& region() const { return region_; }
  const std::string& accountId() const { return account_id_; }

 private:
  const std::string region_;
  const std::string account_id_;
  mutable Mutex mutex_;
  std::map<std::string, FunctionPointer, std::less<>> functions_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::lambda
