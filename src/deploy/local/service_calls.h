// Calls services' operations in-process, as if the requests had come over the wire.
//
// Thread safety: as the services'.
#pragma once

#include <deque>
#include <future>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fields.h"
#include "rpc/api.h"

namespace ddblog::deploy {

// A resource of the template cannot be provisioned; what() is one line that names it, after its place
// in the template ("template.yaml:12: "), if that is known.
class ProvisionError : public std::runtime_error {
 public:
  explicit ProvisionError(const std::string& what, const std::string& place = "")
      : std::runtime_error(place + what), place_bytes_(place.size()) {}

  std::string place() const { return std::string(what(), place_bytes_); }
  std::string text() const { return what() + place_bytes_; }

 private:
  std::size_t place_bytes_;
};

// The API of the service with this target prefix. Throws ProvisionError if it is missing.
const rpc::JsonApi& apiOf(const rpc::Apis& apis, std::string_view target_prefix);

// Throws ApiError.
json::object call(const rpc::JsonApi& api, const std::string& operation, const json::object& body);

// The same, but throws a ProvisionError that names the resource (`what`). Returns false on an error
// of the type `expected_error`.
bool provision(const rpc::JsonApi& api, const std::string& operation, const json::object& body, std::string_view what,
               std::string_view expected_error = {});

// Calls that run at the same time, so that they share commits: an application of a hundred resources
// needs a few commits, not hundreds.
//
//   Calls calls;
//   for (const json::object& queue : queues) calls.start(sqs, "CreateQueue", queue, "queue " + name, "QueueNameExists");
//   const std::vector<bool> created = calls.finish();
class Calls {
 public:
  Calls() = default;
  ~Calls();  // waits for what is running
  Calls(const Calls&) = delete;

  // Waits if 1,000 calls (ours) are running. The parameters are those of provision().
  void start(const rpc::JsonApi& api, const std::string& operation, const json::object& body, std::string what,
             std::string expected_error = {});
  // Waits for all calls. Whether each succeeded, in the order in which they were started; false: the
  // expected error. Throws the ProvisionError of the first that failed.
  std::vector<bool> finish();

 private:
  struct Call {
    std::future<rpc::Outcome> outcome;
    std::string what;
    std::string expected_error;
  };
  void finishOldest();

  std::deque<Call> running_;
  std::vector<bool> succeeded_;
};

}  // namespace ddblog::deploy
