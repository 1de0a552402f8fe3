#include "services/lambda/operations/get_function_concurrency.h"

#include "base/json_writer.h"

namespace ddblog::lambda {

GetFunctionConcurrency::GetFunctionConcurrency(const rpc::Request& request, Context& context) {
  const auto qualifier = request.query.find("Qualifier");
  function_ = context.functions.get(request.parameters.at("FunctionName"),
                                    qualifier == request.query.end() ? std::string_view() : qualifier->second);
}

std::string GetFunctionConcurrency::run() const {
  std::string body;
  JsonWriter json(body);
  json.beginObject();
  if (function_->reserved_concurrency) json.key("ReservedConcurrentExecutions").value(*function_->reserved_concurrency);
  json.endObject();
  return body;
}

}  // namespace ddblog::lambda
