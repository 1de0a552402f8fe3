#include "services/lambda/functions/function_json.h"

#include <string>
#include <string_view>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

namespace ddblog::lambda {

namespace {

// "2026-11-22T09:00:00.000+0000"
std::string lastModified(Timestamp time) {
  std::string text = toIso8601(time, true);
  text.pop_back();
  return text + "+0000";
}

// Members that a request gives and that have no effect here, as they are shown: by default, or as given.
void writeKept(JsonWriter& json, const Function& function) {
  const json::object kept = function.kept.empty() ? json::object() : parseJson(function.kept).as_object();
  const auto write = [&](std::string_view name, std::string_view otherwise) {
    const json::value* given = kept.if_contains(name);
    if (given) {
      json.key(name).raw(json::serialize(*given));
    } else if (!otherwise.empty()) {
      json.key(name).raw(otherwise);
    }
  };
  write("VpcConfig", "");
  write("KMSKeyArn", "");
  write("FileSystemConfigs", "");
  write("TracingConfig", R"({"Mode":"PassThrough"})");
  write("Architectures", R"(["x86_64"])");
  write("EphemeralStorage", R"({"Size":512})");
  write("SnapStart", R"({"ApplyOn":"None","OptimizationStatus":"Off"})");
  json::object logging{{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + function.name}};
  if (const json::value* given = kept.if_contains("LoggingConfig"); given && given->is_object()) {
    if (given->get_object().if_contains("LogFormat") && given->get_object().at("LogFormat") == "JSON") {
      logging["ApplicationLogLevel"] = "INFO";
      logging["SystemLogLevel"] = "INFO";
    }
    for (const auto& member : given->get_object()) logging[member.key()] = member.value();
  }
  json.key("LoggingConfig").raw(json::serialize(logging));
}

}  // namespace

std::string shownSha256(const Code& code) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < code.sha256.size(); i += 2) {
    bytes.push_back(static_cast<char>(hexDigit(code.sha256[i]) * 16 + hexDigit(code.sha256[i + 1])));
  }
  return toBase64(bytes);
}

void writeConfiguration(JsonWriter& json, const Function& function, bool qualified) {
  json.beginObject();
  json.key("FunctionName").value(function.name);
  json.key("FunctionArn").value(qualified ? function.qualifiedArn() : function.arn);
  json.key("Runtime").value(function.runtime.empty() ? "provided.al2023" : function.runtime);
  json.key("Role").value(function.role);
  json.key("Handler").value(function.handler.empty() ? "bootstrap" : function.handler);
  json.key("CodeSize").value(function.code.size);
  json.key("Description").value(function.description);
  json.key("Timeout").value(
      static_cast<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(function.timeout).count()));
  json.key("MemorySize").value(function.memory_size);
  json.key("LastModified").value(lastModified(function.last_modified));
  json.key("CodeSha256").value(shownSha256(function.code));
  json.key("Version").value(function.version);
  if (!function.environment.empty()) {
    json.key("Environment").beginObject().key("Variables").beginObject();
    for (const auto& [name, value] : function.environment) json.key(name).value(value);
    json.endObject().endObject();
  }
  if (!function.dead_letter_arn.empty()) {
    json.key("DeadLetterConfig").beginObject().key("TargetArn").value(function.dead_letter_arn).endObject();
  }
  if (!function.layers.empty()) {
    json.key("Layers").beginArray();
    for (const LayerReference& layer : function.layers) {
      json.beginObject().key("Arn").value(layer.arn).key("CodeSize").value(layer.code.size).endObject();
    }
    json.endArray();
  }
  json.key("RevisionId").value(function.revision_id);
  json.key("State").value("Active").key("LastUpdateStatus").value("Successful").key("PackageType").value("Zip");
  writeKept(json, function);
  json.endObject();
}

}  // namespace ddblog::lambda
