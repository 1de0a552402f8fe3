#include "services/lambda/functions/aliases.h"

#include <stdexcept>

#include "base/json.h"
#include "base/json_fields.h"
#include "services/lambda/functions/key_spaces.h"
#include "services/lambda/functions/stored_function.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

KeyBuilder aliasKey(std::string_view function_name) {
  KeyBuilder key(key_spaces::kAliases);
  key.text(function_name);
  return key;
}

std::string aliasKey(std::string_view function_name, std::string_view name) {
  return aliasKey(function_name).text(name).str();
}

}  // namespace

std::optional<std::string> storedAlias(const Reader& reader, std::string_view function_name, std::string_view name) {
  return reader.get(aliasKey(function_name, name));
}

Alias decodeAlias(std::string_view name, std::string_view stored) {
  const json::value parsed = parseJson(stored);
  if (!parsed.is_object()) throw std::runtime_error("the stored alias " + std::string(name) + " is not an object");
  const json::object& object = parsed.get_object();
  Alias alias;
  alias.name = name;
  alias.version = textOf(object, "version");
  alias.description = textOf(object, "description");
  alias.revision_id = textOf(object, "revisionId");
  if (const json::object* weights = objectOf(object, "weights")) {
    for (const auto& [version, weight] : *weights) alias.weights[std::string(version)] = weight.to_number<double>();
  }
  alias.asynchronous = decodeAsynchronous(object);
  return alias;
}

std::optional<Alias> findAlias(const Reader& reader, std::string_view function_name, std::string_view name) {
  const auto stored = storedAlias(reader, function_name, name);
  if (!stored) return std::nullopt;
  return decodeAlias(name, *stored);
}

std::vector<Alias> aliasesOf(const Reader& reader, std::string_view function_name) {
  const std::string prefix = aliasKey(function_name).str();
  std::vector<Alias> aliases;
  for (auto cursor = reader.cursor(prefix, endOfPrefix(prefix)); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key());
    key.text();
    aliases.push_back(decodeAlias(key.text(), cursor->value()));
  }
  return aliases;
}

void putAlias(Transaction& transaction, std::string_view function_name, const Alias& alias) {
  json::object object{
      {"version", alias.version}, {"description", alias.description}, {"revisionId", alias.revision_id}};
  json::object weights;
  for (const auto& [version, weight] : alias.weights) weights[version] = weight;
  if (!weights.empty()) object["weights"] = std::move(weights);
  encodeAsynchronous(object, alias.asynchronous);
  transaction.put(aliasKey(function_name, alias.name), json::serialize(object));
}

void eraseAlias(Transaction& transaction, std::string_view function_name, std::string_view name) {
  transaction.erase(aliasKey(function_name, name));
}

void writeAlias(JsonWriter& json, const std::string& function_arn, const Alias& alias) {
  json.beginObject();
  json.key("AliasArn").value(function_arn + ":" + alias.name);
  json.key("Name").value(alias.name);
  json.key("FunctionVersion").value(alias.version);
  json.key("Description").value(alias.description);
  if (!alias.weights.empty()) {
    json.key("RoutingConfig").beginObject().key("AdditionalVersionWeights").beginObject();
    for (const auto& [version, weight] : alias.weights) json.key(version).value(weight);
    json.endObject().endObject();
  }
  json.key("RevisionId").value(alias.revision_id);
  json.endObject();
}

}  // namespace ddblog::lambda
