// The existing functions. They live in the store; a cache saves decoding them.
//
//   kFunctions  <name>     the function (stored_function.h)
//   kVersions   <name> <number>
//                          a published version of it, in the same form
//   kVersions   <name> 0   of a deleted function: {"lastVersion": 7, "revision": 12}, where the next one
//                          with its name goes on, because Lambda uses no version's number twice
//
// A caller can name a function in several ways
// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html):
//
//   users                                                      the name
//   users:$LATEST                                              with a qualifier
//   000000000000:function:users                                a partial ARN
//   arn:aws:lambda:us-east-1:000000000000:function:users       the ARN, with or without a qualifier
//
// A qualifier is $LATEST, a version's number, or an alias (aliases.h).
//
// The cache compares the stored bytes with those that it decoded, so it is never stale and needs no
// invalidation. A version's revision grows each time it is put, also across its deletion; a process
// pool compares revisions to see whether its processes run the current function.
//
// Thread safety: all methods may be called from any thread; put and erase on the writer thread, in
// a transaction.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_annotations.h"
#include "services/lambda/functions/function.h"
#include "store/store.h"

namespace ddblog::lambda {

// The built-in functions (part of this program), with their command lines.
using BuiltIns = std::map<std::string, std::vector<std::string>, std::less<>>;

class Functions {
 public:
  Functions(Store& store, std::string region, std::string account_id, BuiltIns built_ins = {})
      : store_(store),
        region_(std::move(region)),
        account_id_(std::move(account_id)),
        built_ins_(std::move(built_ins)) {}

  // Throws ApiError InvalidParameterValueException if the function exceeds one of Lambda's limits
  // (the message says which), or names a built-in function that does not exist.
  void check(const Function& function) const;
  // Adds a function or replaces $LATEST of the one with its name; code that it no longer has goes.
  // Call check() first.
  void put(Transaction& transaction, const Function& function) const;
  // Replaces a published version whose settings that are not part of its configuration have changed.
  void putVersion(Transaction& transaction, const Function& version) const;
  // Makes a version of $LATEST: the one that was made last if nothing has changed since.
  FunctionPointer publish(Transaction& transaction, const Function& latest,
                          const std::optional<std::string>& description) const;
  // The function with its versions, aliases, policies and code; nothing happens if there is none. Its
  // counters stay, one row for each name that was ever deleted: a version number never comes back.
  void erase(Transaction& transaction, std::string_view name) const;
  void eraseVersion(Transaction& transaction, const Function& version) const;

  // Finds a version of a function by any of the names above; nullptr: there is none. Without a
  // reader: as of the last commit. `qualifier`: of the request, if the name has none.
  FunctionPointer find(const Reader& reader, std::string_view name_or_arn, std::string_view qualifier = {}) const;
  FunctionPointer find(std::string_view name_or_arn) const { return find(*store_.snapshot(), name_or_arn); }
  // The same, but throws ApiError ResourceNotFoundException (404) "Function not found: <ARN>", or
  // InvalidParameterValueException if the name has another qualifier than the request.
  FunctionPointer get(const Reader& reader, std::string_view name_or_arn, std::string_view qualifier = {}) const;
  FunctionPointer get(std::string_view name_or_arn, std::string_view qualifier = {}) const {
    return get(*store_.snapshot(), name_or_arn, qualifier);
  }
  // In the order of their names: at most `limit` after `after`.
  std::vector<FunctionPointer> list(const Reader& reader, std::string_view after = {},
                                    std::size_t limit = static_cast<std::size_t>(-1)) const;
  // The published versions of a function, from the oldest on: at most `limit` after number `after`.
  std::vector<FunctionPointer> versions(const Reader& reader, std::string_view name, std::uint64_t after = 0,
                                        std::size_t limit = static_cast<std::size_t>(-1)) const;

  std::string arnOf(std::string_view name) const;
  std::string roleOf(std::string_view name) const;  // its ARN
  const std::string& region() const { return region_; }
  const std::string& accountId() const { return account_id_; }

 private:
  struct Cached {
    std::string stored;
    FunctionPointer function;
  };
  FunctionPointer decode(const std::string& key, std::string_view name, std::string_view version,
                         std::string_view stored) const;
  FunctionPointer findVersion(const Reader& reader, std::string_view name, std::string_view version) const;
  FunctionPointer findThroughAlias(const Reader& reader, std::string_view name, std::string_view alias) const;
  FunctionPointer cached(const std::string& key, std::string_view stored) const;
  FunctionPointer keep(const std::string& key, std::string stored, Function function) const;

  Store& store_;
  const std::string region_;
  const std::string account_id_;
  const BuiltIns built_ins_;
  mutable Mutex mutex_;
  mutable std::map<std::string, Cached, std::less<>> cache_ GUARDED_BY(mutex_);  // by key
};

}  // namespace ddblog::lambda
