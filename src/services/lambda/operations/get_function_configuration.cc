#include "services/lambda/operations/get_function_configuration.h"

#include "services/lambda/functions/function_json.h"

namespace ddblog::lambda {

GetFunctionConfiguration::GetFunctionConfiguration(const rpc::Request& request, Context& context) {
  const auto qualifier = request.query.find("Qualifier");
  function_ = context.functions.get(request.parameters.at("FunctionName"),
                                    qualifier == request.query.end() ? std::string_view() : qualifier->second);
}

std::string GetFunctionConfiguration::run() const {
  std::string body;
  JsonWriter json(body);
  writeConfiguration(json, *function_);
  return body;
}

}  // namespace ddblog::lambda
