#include "deploy/local/service_calls.h"

#include "base/api_error.h"
#include "rpc/call.h"

namespace ddblog::deploy {

const rpc::JsonApi& apiOf(const rpc::Apis& apis, std::string_view target_prefix) {
  const rpc::JsonApi* api = apis.findJson(target_prefix);
  if (!api) throw ProvisionError("there is no service with the target prefix " + std::string(target_prefix));
  return *api;
}

json::object call(const rpc::JsonApi& api, const std::string& operation, const json::object& body) {
  const rpc::Handler* handler = api.find(operation);
  if (!handler) throw ProvisionError("the operation " + operation + " is not served");
  rpc::Request request;
  request.operation = operation;
  request.body = json::serialize(body);
  const rpc::Response response = rpc::callAndWait(*handler, std::move(request)).response();
  return response.body.empty() ? json::object{} : parseJson(response.body).as_object();
}

bool provision(const rpc::JsonApi& api, const std::string& operation, const json::object& body, std::string_view what,
               std::string_view expected_error) {
  try {
    call(api, operation, body);
    return true;
  } catch (const ApiError& e) {
    if (e.type() == expected_error) return false;
    throw ProvisionError(std::string(what) + ": " + e.type() + ": " + e.message());
  }
}

}  // namespace ddblog::deploy
