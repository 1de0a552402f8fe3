#include "services/lambda/operations/alias_settings.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "services/lambda/functions/errors.h"

namespace ddblog::lambda {

namespace {

constexpr std::string_view kVersionPattern = R"((\$LATEST|[0-9]+))";
constexpr std::string_view kAliasPattern = R"((?!^[0-9]+$)([a-zA-Z0-9-_]+))";

bool isNumber(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c); });
}

bool isAliasName(std::string_view text) {
  return !text.empty() && !isNumber(text) &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

bool isVersion(std::string_view text) { return text == kLatest || isNumber(text); }

std::string shown(const json::object& weights) {
  std::string text;
  for (const auto& [version, weight] : weights) {
    text += (text.empty() ? "" : ", ") + std::string(version) + "=" + json::serialize(weight);
  }
  return "{" + text + "}";
}

std::map<std::string, double> readWeights(rpc::ObjectReader& routing) {
  std::map<std::string, double> weights;
  const json::object* given = routing.jsonObject("AdditionalVersionWeights");
  if (!given) return weights;
  for (const auto& [version, weight] : *given) {
    if (!isNumber(version)) {
      routing.refuse(
          "AdditionalVersionWeights", shown(*given),
          "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must "
          "have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, "
          "Member must not be null]");
      continue;
    }
    const double part = weight.is_number() ? weight.to_number<double>() : -1;
    if (part < 0 || part > 1) {
      routing.refuse(
          "AdditionalVersionWeights", shown(*given),
          "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must "
          "have value greater than or equal to 0.0, Member must not be null]");
      continue;
    }
    weights[std::string(version)] = part;
  }
  return weights;
}

}  // namespace

rpc::StringRule aliasNameRule() {
  return {.required = true, .min = 1, .max = 128, .pattern = kAliasPattern, .fits_pattern = isAliasName};
}

rpc::StringRule versionRule() { return {.min = 1, .max = 1024, .pattern = kVersionPattern, .fits_pattern = isVersion}; }

AliasSettings::AliasSettings(rpc::RequestReader& request, bool is_new) {
  rpc::ObjectReader& fields = request.fields();
  rpc::StringRule rule = versionRule();
  rule.required = is_new;
  version_ = fields.string("FunctionVersion", rule);
  description_ = fields.string("Description", {.max = 256});
  if (auto routing = fields.object("RoutingConfig")) weights_ = readWeights(*routing);
}

void AliasSettings::applyTo(Alias& alias) const {
  if (version_) alias.version = *version_;
  if (description_) alias.description = *description_;
  if (weights_) alias.weights = *weights_;
}

void checkAlias(const Context& context, const Reader& reader, const Function& function, const Alias& alias) {
  context.functions.get(reader, function.name, alias.version);
  if (alias.weights.size() > 1) {
    throw invalidParameterValue("Number of items in AdditionalVersionWeights cannot be greater than 1");
  }
  for (const auto& [version, weight] : alias.weights) {
    if (version == alias.version) {
      throw invalidParameterValue("Invalid function version " + version + ". Function version " + version +
                                  " is already included in routing configuration.");
    }
    if (alias.version == kLatest) {
      throw invalidParameterValue("$LATEST is not supported for an alias pointing to more than 1 version");
    }
    context.functions.get(reader, function.name, version);
  }
}

Alias getAlias(const Reader& reader, const Function& function, const std::string& name) {
  if (auto alias = findAlias(reader, function.name, name)) return *alias;
  throw notFound("Cannot find alias arn: " + function.arn + ":" + name);
}

}  // namespace ddblog::lambda
