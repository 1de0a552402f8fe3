#include "deploy/local/service_calls.h"

#include <utility>

#include "base/api_error.h"
#include "rpc/call.h"

namespace ddblog::deploy {

const rpc::JsonApi& apiOf(const rpc::Apis& apis, std::string_view target_prefix) {
  const rpc::JsonApi* api = apis.findJson(target_prefix);
  if (!api) throw ProvisionError("there is no service with the target prefix " + std::string(target_prefix));
  return *api;
}

namespace {

constexpr std::size_t kRunningCalls = 1000;

std::future<rpc::Outcome> startCall(const rpc::JsonApi& api, const std::string& operation, const json::object& body) {
  const rpc::Handler* handler = api.find(operation);
  if (!handler) throw ProvisionError("the operation " + operation + " is not served");
  rpc::Request request;
  request.operation = operation;
  request.body = json::serialize(body);
  return rpc::startCall(*handler, std::move(request));
}

// Returns false on an error of the type `expected_error`; throws a ProvisionError on another one.
template <class Result>
bool succeeds(Result result, std::string_view what, std::string_view expected_error) {
  try {
    result();
    return true;
  } catch (const ApiError& e) {
    if (e.type() == expected_error) return false;
    throw ProvisionError(std::string(what) + ": " + e.type() + ": " + e.message());
  }
}

}  // namespace

json::object call(const rpc::JsonApi& api, const std::string& operation, const json::object& body) {
  const rpc::Response response = startCall(api, operation, body).get().response();
  return response.body.empty() ? json::object{} : parseJson(response.body).as_object();
}

bool provision(const rpc::JsonApi& api, const std::string& operation, const json::object& body, std::string_view what,
               std::string_view expected_error) {
  return succeeds([&] { call(api, operation, body); }, what, expected_error);
}

Calls::~Calls() {
  for (Call& call : running_) call.outcome.wait();
}

void Calls::start(const rpc::JsonApi& api, const std::string& operation, const json::object& body, std::string what,
                  std::string expected_error) {
  if (running_.size() >= kRunningCalls) finishOldest();
  running_.push_back({startCall(api, operation, body), std::move(what), std::move(expected_error)});
}

void Calls::finishOldest() {
  Call call = std::move(running_.front());
  running_.pop_front();
  succeeded_.push_back(succeeds([&] { call.outcome.get().response(); }, call.what, call.expected_error));
}

std::vector<bool> Calls::finish() {
  while (!running_.empty()) finishOldest();
  return std::exchange(succeeded_, {});
}

}  // namespace ddblog::deploy
