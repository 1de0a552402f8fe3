#include "unit/clients/cpp/group_members.h"

#include <algorithm>
#include <stdexcept>

#include "base/api_error.h"
#include "base/json_fields.h"
#include "ddblog/errors.h"
#include "rpc/call.h"
#include "services/dynamodb/operations.h"
#include "services/streams/operations.h"
#include "unit/clients/cpp/fake_transport.h"

namespace ddblog {
namespace {

constexpr int kMostRounds = 300;
constexpr std::size_t kShardsPerPage = 2;

std::string text(const json::value& value) { return json::serialize(value); }

std::unique_ptr<Store> inMemoryStore() {
  StoreOptions options;
  options.in_memory = true;
  return Store::open(options);
}

std::string createTable(const char* name, const char* sort_key_type, bool has_stream) {
  json::object request{
      {"TableName", name},
      {"BillingMode", "PAY_PER_REQUEST"},
      {"AttributeDefinitions",
       {{{"AttributeName", "pk"}, {"AttributeType", "S"}},
        {{"AttributeName", "sk"}, {"AttributeType", sort_key_type}}}},
      {"KeySchema", {{{"AttributeName", "pk"}, {"KeyType", "HASH"}}, {{"AttributeName", "sk"}, {"KeyType", "RANGE"}}}}};
  if (has_stream) {
    request["StreamSpecification"] = {{"StreamEnabled", true}, {"StreamViewType", "NEW_AND_OLD_IMAGES"}};
  }
  return text(request);
}

}  // namespace

Tables::Tables() : store_(inMemoryStore()), tables_(dynamodb::protocol()), streams_(streams::protocol()) {
  dynamodb::addOperations(tables_, context_);
  streams::addOperations(streams_, context_);
  call(Api::kDynamoDb, "CreateTable", createTable(kLog, "N", true));
  call(Api::kDynamoDb, "CreateTable", createTable(kCore, "S", false));
}

std::string Tables::call(Api api, std::string_view operation, const std::string& request) {
  return callOn(api == Api::kDynamoDb ? tables_ : streams_, operation, request);
}

std::string Tables::callOn(const rpc::JsonApi& api, std::string_view operation, const std::string& body) {
  rpc::Request request;
  request.operation = operation;
  request.body = body;
  const rpc::Handler& handler = *api.find(operation);
  try {
    return rpc::callAndWait(handler, std::move(request)).response().body;
  } catch (const ApiError& error) {
    json::object fields = error.fields();
    throw ServiceError(error.type(), error.message(), error.status(), text(fields));
  }
}

json::object Tables::store(const std::string& id, int version, const std::string& type) {
  const std::string item = toItem({.log = "users",
                                   .id = id,
                                   .version = static_cast<std::uint64_t>(version),
                                   .type = type,
                                   .payload = R"({"id": ")" + id + "\"}",
                                   .event_id = {},
                                   .created_at = {},
                                   .metadata = {}});
  put(kLog, item);
  return parseJson(item).as_object();
}

void Tables::put(const std::string& table, const std::string& item) {
  call(Api::kDynamoDb, "PutItem", text(json::object{{"TableName", table}, {"Item", parseJson(item)}}));
}

json::object Tables::get(const std::string& table, const std::string& key) {
  const json::object request{{"TableName", table}, {"Key", parseJson(key)}, {"ConsistentRead", true}};
  const json::object answer = parseJson(call(Api::kDynamoDb, "GetItem", text(request))).as_object();
  const json::object* item = objectOf(answer, "Item");
  return item ? *item : json::object();
}

std::string Tables::streamArn() {
  const json::value answer = parseJson(call(Api::kDynamoDb, "DescribeTable", text(json::object{{"TableName", kLog}})));
  return textOf(answer.at("Table").as_object(), "LatestStreamArn");
}

void Tables::switchStream(bool on) {
  json::object stream{{"StreamEnabled", on}};
  if (on) stream["StreamViewType"] = "NEW_AND_OLD_IMAGES";
  call(Api::kDynamoDb, "UpdateTable", text(json::object{{"TableName", kLog}, {"StreamSpecification", stream}}));
}

// --- shards ---

void FakeShards::add(const std::string& shard, const std::string& parent) { shards_[shard].parent = parent; }

void FakeShards::append(const std::string& shard, const json::object& item, bool only_key) {
  std::vector<std::string>& records = shards_.at(shard).records;
  const json::object key{{"pk", item.at("pk")}, {"sk", item.at("sk")}};
  json::object change{{"SequenceNumber", std::to_string(records.size() + 1)}, {"Keys", key}};
  if (!only_key) change["NewImage"] = item;
  records.push_back(text(json::object{{"eventName", "INSERT"}, {"dynamodb", change}}));
}

void FakeShards::split(const std::string& shard, const std::string& child) {
  shards_.at(shard).is_closed = true;
  add(child, shard);
}

std::string FakeShards::call(std::string_view operation, const json::object& request) {
  if (operation == "DescribeStream") return describe(request);
  if (operation == "GetShardIterator") return iterator(request);
  return records(request);
}

std::string FakeShards::describe(const json::object& request) const {
  const std::string after = textOf(request, "ExclusiveStartShardId");
  json::array page;
  auto shard = after.empty() ? shards_.begin() : shards_.upper_bound(after);
  for (; shard != shards_.end() && page.size() < kShardsPerPage; ++shard) {
    json::object described{{"ShardId", shard->first}, {"SequenceNumberRange", {{"StartingSequenceNumber", "1"}}}};
    if (!shard->second.parent.empty()) described["ParentShardId"] = shard->second.parent;
    if (shard->second.is_closed) described["SequenceNumberRange"].as_object()["EndingSequenceNumber"] = "9";
    page.push_back(described);
  }
  json::object description{{"Shards", page}};
  if (shard != shards_.end()) description["LastEvaluatedShardId"] = page.back().at("ShardId");
  return text(json::object{{"StreamDescription", description}});
}

std::string FakeShards::iterator(const json::object& request) const {
  const std::string id = textOf(request, "ShardId"), after = textOf(request, "SequenceNumber");
  const auto shard = shards_.find(id);
  if (shard == shards_.end()) throw ServiceError("ResourceNotFoundException", "no such shard", 400);
  std::size_t begin = after.empty() ? 0 : std::stoul(after);
  if (!after.empty() && begin < shard->second.trimmed) throw ServiceError("TrimmedDataAccessException", "gone", 400);
  begin = std::max(begin, shard->second.trimmed);
  return text(json::object{{"ShardIterator", id + " " + std::to_string(begin) + " " + std::to_string(age_)}});
}

std::string FakeShards::records(const json::object& request) const {
  const std::string iterator = textOf(request, "ShardIterator");
  const std::size_t first = iterator.find(' '), second = iterator.rfind(' ');
  const std::string id = iterator.substr(0, first);
  if (std::stoi(iterator.substr(second + 1)) < age_) throw ServiceError("ExpiredIteratorException", "old", 400);
  const auto shard = shards_.find(id);
  if (shard == shards_.end()) throw ServiceError("ResourceNotFoundException", "no such shard", 400);
  const std::vector<std::string>& all = shard->second.records;
  std::string page;
  for (std::size_t i = std::stoul(iterator.substr(first + 1)); i < all.size(); ++i) {
    page.append(page.empty() ? "" : ",").append(all[i]);
  }
  std::string answer = "{\"Records\":[" + page + "]";
  if (!shard->second.is_closed) {
    answer += ",\"NextShardIterator\":\"" + id + " " + std::to_string(all.size()) + " " + std::to_string(age_) + "\"";
  }
  return answer + "}";
}

// --- consumers ---

std::string MemberTransport::call(Api api, std::string_view operation, const std::string& request) {
  std::string sent = request;
  const auto hooks = hooks_.find(std::string(operation));
  if (hooks != hooks_.end() && !hooks->second.empty()) {
    const Before hook = std::move(hooks->second.front());
    hooks->second.erase(hooks->second.begin());
    json::object changed = parseJson(request).as_object();
    hook(changed);
    sent = text(changed);
  }
  if (api == Api::kDynamoDbStreams && shards_) return shards_->call(operation, parseJson(sent).as_object());
  return tables_.call(api, operation, sent);
}

std::string MemberTime::timestamp() {
  static const Timestamp origin = fromIso8601("2026-01-01T00:00:00.000Z");
  return toIso8601(origin + now_, true);
}

void MemberTime::pause(std::chrono::milliseconds duration) {
  pauses.push_back(duration);
  if (on_pause) on_pause();
}

Member::Member(Tables& tables, FakeShards* shards, SubscriptionOptions options, Schema schema)
    : transport_(std::make_shared<MemberTransport>(tables, shards)),
      time_(std::make_shared<MemberTime>()),
      log_(transport_, Tables::kLog, {.schema = std::move(schema)}, time_),
      subscription_(log_, [&] {
        options.attempts = 3;
        options.notice = [this](const std::string& line) { notices.push_back(line); };
        return options;
      }()) {
  subscription_.onAny([this](const Event& event) { handle(event); });
}

void Member::handle(const Event& event) {
  if (fails.contains({event.id, event.version})) {
    throw std::runtime_error("cannot handle " + event.id + "/" + std::to_string(event.version));
  }
  handled.emplace_back(event.id, event.version);
  if (also) also(event);
}

const EventsSeen& Member::read() {
  for (int round = 0; round < kMostRounds; ++round) {
    if (!subscription_.runOnce()) return handled;
  }
  throw std::logic_error("there is always something new");
}

void Member::leave() {
  subscription_.stop();
  subscription_.run();
}

std::vector<std::uint64_t> Member::parkedVersions() const {
  std::vector<std::uint64_t> versions;
  for (const ParkedEvent& parked : subscription_.parked()) versions.push_back(parked.version);
  return versions;
}

void append(EventLog& log, const std::string& id, int count) {
  log.appendAll("users", id, std::vector<NewEvent>(static_cast<std::size_t>(count), {"signup", "{}"}), Expected::any());
}

}  // namespace ddblog
