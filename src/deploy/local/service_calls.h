// Calls services' operations in-process, as if the requests had come over the wire.
//
// Thread safety: as the services'.
#pragma once

#include <deque>
#include <future>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "base/json_fields.h"
#include "rpc/api.h"
#include "template/app.h"

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

// What the services refuse of an application. A request that holds a value which stands in for one
// that nobody gave is no fault of the template: it is a note, and the next request follows.
class Refusals {
 public:
  // `goes_on`: errors are kept, and the next request follows them, too. Otherwise an error is thrown.
  // `app` must outlive this.
  explicit Refusals(const templates::App& app, bool goes_on = false) : app_(app), goes_on_(goes_on) {}

  // `what` names the resource, `request` is what the service refused.
  void add(const std::string& what, const ApiError& error, const json::object& request);
  // An error that no service has found.
  void add(const ProvisionError& error);
  // Whether a service refused the resource that `what` names.
  bool isRefused(const std::string& what) const { return refused_.contains(what); }

  const std::vector<ProvisionError>& errors() const { return errors_; }
  const std::vector<ProvisionError>& notes() const { return notes_; }

 private:
  std::string placeOf(std::string_view error) const;

  const templates::App& app_;
  const bool goes_on_;
  std::vector<ProvisionError> errors_;
  std::vector<ProvisionError> notes_;
  std::set<std::string> refused_;
};

enum class Provisioned { kDone, kExpectedError, kRefused };

// The same as call(), but adds a refusal that names the resource (`what`), unless the error has the type
// `expected_error`.
Provisioned provision(Refusals& refusals, const rpc::JsonApi& api, const std::string& operation,
                      const json::object& body, const std::string& what, std::string_view expected_error = {});

// Calls that run at the same time, so that they share commits: an application of a hundred resources
// needs a few commits, not hundreds.
//
//   Calls calls(refusals);
//   for (const json::object& queue : queues) calls.start(sqs, "CreateQueue", queue, "queue " + name, "QueueNameExists");
//   const std::vector<Provisioned> created = calls.finish();
class Calls {
 public:
  explicit Calls(Refusals& refusals) : refusals_(refusals) {}
  ~Calls();  // waits for what is running
  Calls(const Calls&) = delete;

  // Waits if 1,000 calls (ours) are running. The parameters are those of provision().
  void start(const rpc::JsonApi& api, const std::string& operation, const json::object& body, std::string what,
             std::string expected_error = {});
  // Waits for all calls. How each ended, in the order in which they were started.
  std::vector<Provisioned> finish();

 private:
  struct Call {
    std::future<rpc::Outcome> outcome;
    json::object request;
    std::string what;
    std::string expected_error;
  };
  void finishOldest();

  Refusals& refusals_;
  std::deque<Call> running_;
  std::vector<Provisioned> finished_;
};

}  // namespace ddblog::deploy
