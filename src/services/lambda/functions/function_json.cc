#include "services/lambda/functions/function_json.h"

namespace ddblog::lambda {

void writeConfiguration(JsonWriter& json, const Function& function) {
  json.beginObject();
  json.key("FunctionName").value(function.name);
  json.key("FunctionArn").value(function.arn);
  json.key("Runtime").value(function.runtime.empty() ? "provided.al2023" : function.runtime);
  json.key("Role").value("arn:aws:iam::000000000000:role/offline");
  json.key("Handler").value(function.handler.empty() ? "bootstrap" : function.handler);
  json.key("CodeSize").value(0);
  json.key("Description").value(function.description);
  json.key("Timeout").value(
      static_cast<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(function.timeout).count()));
  json.key("MemorySize").value(function.memory_size);
  json.key("Version").value("$LATEST");
  json.key("Environment").beginObject().key("Variables").beginObject();
  for (const auto& [name, value] : function.environment) json.key(name).value(value);
  json.endObject().endObject();
  if (!function.dead_letter_arn.empty()) {
    json.key("DeadLetterConfig").beginObject().key("TargetArn").value(function.dead_letter_arn).endObject();
  }
  json.key("State").value("Active").key("LastUpdateStatus").value("Successful").key("PackageType").value("Zip");
  json.key("Architectures").beginArray().value("x86_64").endArray();
  json.key("LoggingConfig").beginObject();
  json.key("LogFormat").value("Text").key("LogGroup").value("/aws/lambda/" + function.name).endObject();
  json.endObject();
}

}  // namespace ddblog::lambda
