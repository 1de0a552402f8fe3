#include "services/lambda/operations/layer_request.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_json.h"

namespace ddblog::lambda {

namespace {

constexpr std::string_view kLayerPattern =
    R"((arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140}))";

bool isLayer(std::string_view text) {
  const std::string name = layerName(text);
  return !name.empty() && name.size() <= 140 &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

}  // namespace

std::string readLayerName(rpc::RequestReader& request) {
  return layerName(
      request.pathParameter("LayerName", {.min = 1, .max = 2048, .pattern = kLayerPattern, .fits_pattern = isLayer}));
}

std::uint64_t readLayerNumber(rpc::RequestReader& request) {
  const std::string text = request.pathParameter("VersionNumber");
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) {
    throw invalidParameterValue("Layer Version Cannot be less than 1");
  }
  return static_cast<std::uint64_t>(number);
}

LayerVersion getLayer(const Reader& reader, const std::string& name, std::uint64_t version) {
  if (auto layer = findLayer(reader, name, version)) return *layer;
  throw notFound("The resource you requested does not exist.");
}

std::string layerArn(const Context& context, const std::string& name) {
  return "arn:aws:lambda:" + context.functions.region() + ":" + context.functions.accountId() + ":layer:" + name;
}

std::string layerAnswer(const Context& context, const LayerVersion& layer) {
  const std::string arn = layerArn(context, layer.name);
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Content").beginObject();
  json.key("CodeSha256").value(shownSha256(layer.code)).key("CodeSize").value(layer.code.size).endObject();
  json.key("LayerArn").value(arn);
  writeLayer(json, arn, layer);
  json.endObject();
  return body;
}

}  // namespace ddblog::lambda
