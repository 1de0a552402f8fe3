#include "services/lambda/functions/layers.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "base/clock.h"
#include "base/json_fields.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/key_spaces.h"
#include "services/lambda/functions/stored_code.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

constexpr std::string_view kLayerMarker = ":layer:";

std::string layerKey(std::string_view name, std::uint64_t version) {
  return KeyBuilder(key_spaces::kLayers).text(name).number(version).str();
}

std::vector<std::string> textsOf(const json::object& object, std::string_view member) {
  std::vector<std::string> texts;
  const json::value* list = memberOf(object, member);
  if (!list || !list->is_array()) return texts;
  for (const json::value& text : list->get_array()) texts.emplace_back(text.as_string());
  return texts;
}

json::array arrayOf(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

LayerVersion decodeLayer(std::string_view name, std::uint64_t version, std::string_view stored) {
  const json::value parsed = parseJson(stored);
  const json::object& object = parsed.as_object();
  LayerVersion layer;
  layer.name = name;
  layer.version = version;
  layer.code = {textOf(object, "sha256"), object.at("size").to_number<std::uint64_t>()};
  layer.description = textOf(object, "description");
  layer.license = textOf(object, "license");
  layer.created_at = Timestamp(Duration(object.at("createdAt").to_number<std::int64_t>()));
  layer.runtimes = textsOf(object, "runtimes");
  layer.architectures = textsOf(object, "architectures");
  return layer;
}

}  // namespace

std::string layerName(std::string_view name_or_arn) {
  const std::size_t found = name_or_arn.find(kLayerMarker);
  if (found != std::string_view::npos) name_or_arn.remove_prefix(found + kLayerMarker.size());
  return std::string(name_or_arn.substr(0, name_or_arn.find(':')));
}

std::uint64_t publishLayer(Transaction& transaction, const LayerVersion& layer) {
  const std::string counter_key = layerKey(layer.name, 0);
  std::uint64_t version = 1;
  if (const auto counter = transaction.get(counter_key)) {
    version = parseJson(*counter).as_object().at("last").to_number<std::uint64_t>() + 1;
  }
  transaction.put(counter_key, json::serialize(json::object{{"last", version}}));
  transaction.put(layerKey(layer.name, version),
                  json::serialize(json::object{{"sha256", layer.code.sha256},
                                               {"size", layer.code.size},
                                               {"description", layer.description},
                                               {"license", layer.license},
                                               {"createdAt", layer.created_at.time_since_epoch().count()},
                                               {"runtimes", arrayOf(layer.runtimes)},
                                               {"architectures", arrayOf(layer.architectures)}}));
  return version;
}

void eraseLayer(Transaction& transaction, const LayerVersion& layer) {
  transaction.erase(layerKey(layer.name, layer.version));
  eraseUnusedCode(transaction, layer.code);
}

std::optional<LayerVersion> findLayer(const Reader& reader, std::string_view name, std::uint64_t version) {
  if (version == 0) return std::nullopt;
  const auto stored = reader.get(layerKey(name, version));
  if (!stored) return std::nullopt;
  return decodeLayer(name, version, *stored);
}

std::vector<LayerVersion> versionsOfLayer(const Reader& reader, std::string_view name) {
  std::vector<LayerVersion> layers;
  const std::string end = endOfPrefix(KeyBuilder(key_spaces::kLayers).text(name).str());
  for (auto cursor = reader.cursor(layerKey(name, 1), end); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key());
    key.text();
    layers.push_back(decodeLayer(name, key.number(), cursor->value()));
  }
  std::ranges::reverse(layers);
  return layers;
}

std::vector<LayerVersion> newestLayers(const Reader& reader) {
  std::map<std::string, LayerVersion> newest;
  const std::string all = KeyBuilder(key_spaces::kLayers).str();
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key());
    const std::string name = key.text();
    if (const std::uint64_t version = key.number(); version > 0) {
      newest[name] = decodeLayer(name, version, cursor->value());  // in the order of versions
    }
  }
  std::vector<LayerVersion> layers;
  for (auto& [name, layer] : newest) layers.push_back(std::move(layer));
  return layers;
}

std::vector<LayerReference> findLayers(const Reader& reader, const std::vector<std::string>& arns) {
  std::vector<LayerReference> layers;
  for (const std::string& arn : arns) {
    const std::size_t colon = arn.rfind(':');
    const std::string number = colon == std::string::npos ? "" : arn.substr(colon + 1);
    const bool has_version = arn.find(kLayerMarker) != std::string::npos && !number.empty() && number.size() < 10 &&
                             std::ranges::all_of(number, [](unsigned char c) { return std::isdigit(c); });
    const auto layer = has_version ? findLayer(reader, layerName(arn), std::stoull(number)) : std::nullopt;
    if (!layer) throw invalidParameterValue("Layer version " + arn + " does not exist.");
    for (const LayerReference& other : layers) {
      if (layerName(other.arn) != layer->name) continue;
      throw invalidParameterValue(
          "Two different versions of the same layer are not allowed to be referenced in the same function. " +
          other.arn + " and " + arn + " are versions of the same layer.");
    }
    layers.push_back({arn, layer->code});
  }
  return layers;
}

void writeLayer(JsonWriter& json, const std::string& layer_arn, const LayerVersion& layer) {
  std::string created = toIso8601(layer.created_at, true);
  created.pop_back();
  json.key("LayerVersionArn").value(layer_arn + ":" + std::to_string(layer.version));
  json.key("Version").value(layer.version);
  json.key("Description").value(layer.description);
  json.key("CreatedDate").value(created + "+0000");
  if (!layer.runtimes.empty()) json.key("CompatibleRuntimes").raw(json::serialize(arrayOf(layer.runtimes)));
  if (!layer.license.empty()) json.key("LicenseInfo").value(layer.license);
  if (!layer.architectures.empty()) {
    json.key("CompatibleArchitectures").raw(json::serialize(arrayOf(layer.architectures)));
  }
}

}  // namespace ddblog::lambda
