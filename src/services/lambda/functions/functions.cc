#include "services/lambda/functions/functions.h"

#include <algorithm>

#include "base/api_error.h"
#include "base/json.h"
#include "services/lambda/functions/aliases.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/key_spaces.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/functions/stored_code.h"
#include "services/lambda/functions/stored_function.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

KeyBuilder versionKeys(std::string_view name) {
  KeyBuilder key(key_spaces::kVersions);
  key.text(name);
  return key;
}

std::string versionKey(std::string_view name, std::uint64_t number) { return versionKeys(name).number(number).str(); }

// What goes on when a function is put again, or made anew after its deletion.
struct Counters {
  std::uint64_t last_version = 0;
  std::uint64_t revision = 0;
};

Counters countersOfDeleted(const Reader& reader, const Function& function) {
  const auto stored = reader.get(versionKey(function.name, 0));
  if (!stored) return {};
  const json::value parsed = parseJson(*stored);
  const json::object& object = parsed.as_object();
  return {object.at("lastVersion").to_number<std::uint64_t>(), object.at("revision").to_number<std::uint64_t>()};
}

// The number of a published version; std::nullopt: something else, such as an alias.
std::optional<std::uint64_t> versionNumber(std::string_view qualifier) {
  const bool is_number = !qualifier.empty() && qualifier.size() <= 19 &&
                         std::ranges::all_of(qualifier, [](unsigned char c) { return std::isdigit(c); });
  return is_number ? std::optional(std::stoull(std::string(qualifier))) : std::nullopt;
}

void erasePrefix(Transaction& transaction, const std::string& prefix) {
  std::vector<std::string> keys;
  for (auto cursor = transaction.cursor(prefix, endOfPrefix(prefix)); cursor->valid(); cursor->next()) {
    keys.emplace_back(cursor->key());
  }
  for (std::string& key : keys) transaction.erase(std::move(key));
}

void eraseUnusedCodeOf(Transaction& transaction, const Function& function) {
  eraseUnusedCode(transaction, function.code);
  for (const LayerReference& layer : function.layers) eraseUnusedCode(transaction, layer.code);
}

// Whether two versions do the same in the same way.
bool isSame(const Function& one, const Function& other) {
  const auto layers = [](const Function& function) {
    std::vector<std::string> arns;
    for (const LayerReference& layer : function.layers) arns.push_back(layer.arn);
    return arns;
  };
  return one.runtime == other.runtime && one.handler == other.handler && one.built_in == other.built_in &&
         one.code_directory == other.code_directory && one.code == other.code && layers(one) == layers(other) &&
         one.role == other.role && one.kept == other.kept && one.environment == other.environment &&
         one.timeout == other.timeout && one.memory_size == other.memory_size &&
         one.dead_letter_arn == other.dead_letter_arn;
}

std::string keyOf(std::string_view name) { return KeyBuilder(key_spaces::kFunctions).text(name).str(); }

// The parts of a function's name in a request.
struct FunctionName {
  std::string_view prefix;  // the part before "function:", without its colon; empty: a bare name
  std::string_view name;
  std::string_view qualifier;
};

FunctionName parseFunctionName(std::string_view text) {
  FunctionName parts;
  constexpr std::string_view marker = "function:";
  std::size_t name = 0;
  if (text.starts_with(marker)) {
    name = marker.size();
  } else if (const std::size_t found = text.find(":function:"); found != std::string_view::npos) {
    parts.prefix = text.substr(0, found);
    name = found + 1 + marker.size();
  }
  text.remove_prefix(name);
  const std::size_t colon = text.find(':');
  parts.name = text.substr(0, colon);
  if (colon != std::string_view::npos) parts.qualifier = text.substr(colon + 1);
  return parts;
}

void require(bool holds, const char* rule) {
  if (!holds) throw invalidParameterValue(rule);
}

}  // namespace

void Functions::check(const Function& function) const {
  const auto fits_name = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  require(!function.name.empty() && function.name.size() <= 64 && std::ranges::all_of(function.name, fits_name),
          "a name is 1 to 64 letters, digits, hyphens and underscores");
  require(function.timeout > Duration::zero() && function.timeout <= limits::kFunctionTimeout,
          "Timeout must be from 1 to 900 seconds");
  require(function.reserved_concurrency.value_or(0) >= 0, "ReservedConcurrentExecutions is negative");
  const AsynchronousSettings& asynchronous = function.asynchronous;
  require(asynchronous.maximum_retry_attempts >= 0 && asynchronous.maximum_retry_attempts <= limits::kAsyncRetries,
          "MaximumRetryAttempts must be from 0 to 2");
  require(
      asynchronous.maximum_event_age >= std::chrono::seconds(60) && asynchronous.maximum_event_age <= limits::kAsyncAge,
      "MaximumEventAgeInSeconds must be from 60 to 21600");
  if (!function.built_in.empty() && !built_ins_.contains(function.built_in)) {
    throw invalidParameterValue("there is no built-in function " + function.built_in);
  }
}

void Functions::put(Transaction& transaction, const Function& function) const {
  const FunctionPointer former = find(transaction, function.name);
  Function revised = function;
  const Counters reached =
      former ? Counters{former->last_version, former->revision} : countersOfDeleted(transaction, function);
  revised.revision = reached.revision + 1;
  revised.last_version = std::max(reached.last_version, function.last_version);
  if (!former) transaction.erase(versionKey(function.name, 0));
  transaction.put(keyOf(function.name), encodeFunction(revised));
  if (former) eraseUnusedCodeOf(transaction, *former);
}

void Functions::putVersion(Transaction& transaction, const Function& version) const {
  Function revised = version;
  ++revised.revision;
  transaction.put(versionKey(version.name, *versionNumber(version.version)), encodeFunction(revised));
}

FunctionPointer Functions::publish(Transaction& transaction, const Function& latest,
                                   const std::optional<std::string>& description) const {
  const FunctionPointer last = findVersion(transaction, latest.name, std::to_string(latest.last_version));
  if (last && isSame(*last, latest)) return last;
  Function published = latest;
  published.last_version = 0;
  published.version = std::to_string(latest.last_version + 1);
  published.tags.clear();
  published.asynchronous = {};
  if (description) published.description = *description;
  putVersion(transaction, published);
  Function revised = latest;
  revised.last_version = latest.last_version + 1;
  put(transaction, revised);
  return findVersion(transaction, latest.name, published.version);
}

void Functions::erase(Transaction& transaction, std::string_view name) const {
  const FunctionPointer latest = find(transaction, name);
  if (!latest) return;
  const std::vector<FunctionPointer> published = versions(transaction, name);
  transaction.erase(keyOf(name));
  erasePrefix(transaction, versionKeys(name).str());
  erasePrefix(transaction, KeyBuilder(key_spaces::kAliases).text(name).str());
  erasePrefix(transaction, KeyBuilder(key_spaces::kPolicies).text(name).str());
  eraseUnusedCodeOf(transaction, *latest);
  transaction.put(versionKey(name, 0),
                  json::serialize(json::object{{"lastVersion", latest->last_version}, {"revision", latest->revision}}));
  for (const FunctionPointer& version : published) eraseUnusedCodeOf(transaction, *version);
}

void Functions::eraseVersion(Transaction& transaction, const Function& version) const {
  transaction.erase(versionKey(version.name, *versionNumber(version.version)));
  transaction.erase(KeyBuilder(key_spaces::kPolicies).text(version.name).text(version.version).str());
  eraseUnusedCodeOf(transaction, version);
}

FunctionPointer Functions::cached(const std::string& key, std::string_view stored) const {
  MutexLock lock(mutex_);
  const auto found = cache_.find(key);
  return found != cache_.end() && found->second.stored == stored ? found->second.function : nullptr;
}

FunctionPointer Functions::keep(const std::string& key, std::string stored, Function function) const {
  MutexLock lock(mutex_);
  Cached& cached = cache_[key];
  if (!cached.function || cached.stored != stored) {
    cached = {std::move(stored), std::make_shared<const Function>(std::move(function))};
  }
  return cached.function;
}

FunctionPointer Functions::decode(const std::string& key, std::string_view name, std::string_view version,
                                  std::string_view stored) const {
  if (FunctionPointer found = cached(key, stored)) return found;
  Function function = decodeFunction(name, stored);
  function.version = version;
  function.arn = arnOf(name);
  if (version != kLatest) function.arn += ":" + std::string(version);
  if (const auto built_in = built_ins_.find(function.built_in); built_in != built_ins_.end()) {
    function.command = built_in->second;
  }
  return keep(key, std::string(stored), std::move(function));
}

FunctionPointer Functions::findVersion(const Reader& reader, std::string_view name, std::string_view version) const {
  const auto number = versionNumber(version);
  if (version != kLatest && number.value_or(0) == 0) return nullptr;
  const std::string key = number ? versionKey(name, *number) : keyOf(name);
  const auto stored = reader.getHot(key);
  return stored ? decode(key, name, version, *stored) : nullptr;
}

// The version that the alias points to, as the alias. It is cached by what both were made of.
FunctionPointer Functions::findThroughAlias(const Reader& reader, std::string_view name,
                                            std::string_view alias_name) const {
  std::optional<std::string> stored = storedAlias(reader, name, alias_name);
  if (!stored) return nullptr;
  const Alias alias = decodeAlias(alias_name, *stored);
  const FunctionPointer target = findVersion(reader, name, alias.version);
  if (!target) return nullptr;
  Function function = *target;
  function.alias = alias_name;
  function.target = target;
  function.arn = arnOf(name) + ":" + std::string(alias_name);
  function.asynchronous = alias.asynchronous;
  *stored += "\n" + encodeFunction(*target);
  for (const auto& [version, weight] : alias.weights) {
    if (FunctionPointer other = findVersion(reader, name, version)) {
      *stored += "\n" + encodeFunction(*other);
      function.routes.push_back({weight, std::move(other)});
    }
  }
  const std::string key = KeyBuilder(key_spaces::kAliases).text(name).text(alias_name).str();
  if (FunctionPointer found = cached(key, *stored)) return found;
  return keep(key, std::move(*stored), std::move(function));
}

FunctionPointer Functions::find(const Reader& reader, std::string_view name_or_arn, std::string_view qualifier) const {
  const FunctionName asked = parseFunctionName(name_or_arn);
  if (asked.name.empty()) return nullptr;
  if (!asked.qualifier.empty()) qualifier = asked.qualifier;
  // The prefix must be a suffix of this account's "arn:aws:lambda:REGION:ACCOUNT".
  const std::string arn = arnOf(asked.name);
  const std::string_view own = std::string_view(arn).substr(0, arn.find(":function:"));
  if (!asked.prefix.empty() && own != asked.prefix && !own.ends_with(":" + std::string(asked.prefix))) return nullptr;
  if (qualifier.empty() || qualifier == kLatest) return findVersion(reader, asked.name, kLatest);
  if (versionNumber(qualifier)) return findVersion(reader, asked.name, qualifier);
  return findThroughAlias(reader, asked.name, qualifier);
}

FunctionPointer Functions::get(const Reader& reader, std::string_view name_or_arn, std::string_view qualifier) const {
  const FunctionName asked = parseFunctionName(name_or_arn);
  if (!qualifier.empty() && !asked.qualifier.empty() && qualifier != asked.qualifier) {
    throw invalidParameterValue("The derived qualifier from the function name does not match the specified qualifier.");
  }
  if (FunctionPointer function = find(reader, name_or_arn, qualifier)) return function;
  std::string arn = asked.prefix.starts_with("arn:")
                        ? std::string(asked.prefix) + ":function:" + std::string(asked.name)
                        : arnOf(asked.name);
  const std::string_view shown = qualifier.empty() ? asked.qualifier : qualifier;
  if (!shown.empty()) arn += ":" + std::string(shown);
  throw notFound("Function not found: " + arn);
}

std::vector<FunctionPointer> Functions::list(const Reader& reader, std::string_view after, std::size_t limit) const {
  const std::string space = KeyBuilder(key_spaces::kFunctions).str();
  std::vector<FunctionPointer> functions;
  const std::string from = after.empty() ? space : keyOf(after) + '\0';
  for (auto cursor = reader.cursor(from, endOfPrefix(space)); cursor->valid(); cursor->next()) {
    if (functions.size() == limit) break;
    const std::string key(cursor->key());
    functions.push_back(decode(key, KeyParser(key).text(), kLatest, cursor->value()));
  }
  return functions;
}

std::vector<FunctionPointer> Functions::versions(const Reader& reader, std::string_view name, std::uint64_t after,
                                                 std::size_t limit) const {
  std::vector<FunctionPointer> found;
  const std::string from = versionKey(name, after + 1);
  for (auto cursor = reader.cursor(from, endOfPrefix(versionKeys(name).str())); cursor->valid(); cursor->next()) {
    if (found.size() == limit) break;
    const std::string key(cursor->key());
    KeyParser parts(key);
    parts.text();
    found.push_back(decode(key, name, std::to_string(parts.number()), cursor->value()));
  }
  return found;
}

std::string Functions::roleOf(std::string_view name) const {
  return "arn:aws:iam::" + account_id_ + ":role/" + std::string(name);
}

std::string Functions::arnOf(std::string_view name) const {
  return "arn:aws:lambda:" + region_ + ":" + account_id_ + ":function:" + std::string(name);
}

}  // namespace ddblog::lambda
