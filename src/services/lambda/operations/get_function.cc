#include "services/lambda/operations/get_function.h"

#include <filesystem>

#include "services/lambda/functions/function_json.h"

namespace ddblog::lambda {

GetFunction::GetFunction(const rpc::Request& request, Context& context) {
  const auto qualifier = request.query.find("Qualifier");
  function_ = context.functions.get(request.parameters.at("FunctionName"),
                                    qualifier == request.query.end() ? std::string_view() : qualifier->second);
}

std::string GetFunction::run() const {
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Configuration");
  writeConfiguration(json, *function_);
  json.key("Code").beginObject().key("RepositoryType").value("Local");
  json.key("Location").value("file://" + std::filesystem::absolute(function_->code_directory).string()).endObject();
  json.key("Tags").beginObject().endObject();
  if (function_->reserved_concurrency) {
    json.key("Concurrency").beginObject();
    json.key("ReservedConcurrentExecutions").value(*function_->reserved_concurrency).endObject();
  }
  json.endObject();
  return body;
}

}  // namespace ddblog::lambda
