// An operation's name, a blank, and any text as its request, on a few tables with items: it is answered with JSON or
// refused as AWS refuses; and afterwards the counts, the items and the entries of all indexes agree.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/api_error.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "check.h"
#include "one_input_store.h"
#include "rpc/api.h"
#include "services/dynamodb/operations.h"
#include "services/streams/operations.h"

namespace ddblog {

namespace {

class NoEntries : public Cursor {
 public:
  bool valid() const override { return false; }
  std::string_view key() const override { return {}; }
  std::string_view value() const override { return {}; }
  void next() override {}
};

class View : public Snapshot {
 public:
  explicit View(const Reader& reader) : reader_(reader) {}
  std::optional<std::string> get(std::string_view key) const override { return reader_.get(key); }
  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override {
    return reader_.cursor(begin, end, direction);
  }

 private:
  const Reader& reader_;
};

// A command whose writes are taken back when it throws, inside one whose writes are taken back in any case.
class Inner : public Overlay {
 public:
  using Overlay::Overlay;
  void moveInto(Transaction& outer) const {
    for (const auto& [key, value] : writes()) value ? outer.put(key, *value) : outer.erase(key);
  }
};

}  // namespace

std::unique_ptr<Cursor> OneInputStore::Nothing::cursor(std::string_view, std::string_view, Direction) const {
  return std::make_unique<NoEntries>();
}

void OneInputStore::write(Command command, Completion completion) {
  Inner inner(overlay_);
  try {
    command(inner);
  } catch (...) {
    completion(std::current_exception());
    return;
  }
  inner.moveInto(overlay_);
  completion(nullptr);
}

std::unique_ptr<Snapshot> OneInputStore::snapshot() const { return std::make_unique<View>(overlay_); }

}  // namespace ddblog

namespace {

using namespace ddblog;

// Tables with all sorts of keys and indexes, and an item of each sort.
constexpr std::pair<const char*, const char*> kState[] = {
    {"CreateTable",
     R"({"TableName": "one", "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
       "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"})"},
    {"CreateTable",
     R"({"TableName": "two", "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"},
         {"AttributeName": "sk", "AttributeType": "N"}, {"AttributeName": "g", "AttributeType": "B"},
         {"AttributeName": "h", "AttributeType": "N"}],
       "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
       "GlobalSecondaryIndexes": [{"IndexName": "global", "Projection": {"ProjectionType": "KEYS_ONLY"},
         "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "h", "KeyType": "RANGE"}]}],
       "LocalSecondaryIndexes": [{"IndexName": "local", "Projection": {"ProjectionType": "ALL"},
         "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "h", "KeyType": "RANGE"}]}],
       "BillingMode": "PAY_PER_REQUEST",
       "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}})"},
    {"UpdateTimeToLive",
     R"({"TableName": "two", "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": true}})"},
    {"PutItem", R"({"TableName": "one", "Item": {"pk": {"S": "a"}, "n": {"N": "1"}, "l": {"L": [{"N": "1"}]}}})"},
    {"PutItem", R"({"TableName": "one", "Item": {"pk": {"S": "b"}, "g": {"M": {"x": {"NULL": true}}}}})"},
    {"PutItem",
     R"({"TableName": "two", "Item": {"pk": {"S": "a"}, "sk": {"N": "1"}, "g": {"B": "AAE="}, "h": {"N": "2"},
       "ss": {"SS": ["x", "y"]}, "ttl": {"N": "2000000000"}}})"},
    {"PutItem", R"({"TableName": "two", "Item": {"pk": {"S": "a"}, "sk": {"N": "2"}, "h": {"N": "2"}}})"},
};

class Cloud {
 public:
  Cloud() : context_(store_, clock_, ids_, "us-east-1", "000000000000") {
    dynamodb::addOperations(dynamodb_, context_);
    streams::addOperations(streams_, context_);
    for (const auto& [operation, body] : kState) FUZZ_CHECK(call(operation, body).has_value());
    checkCounts();
    store_.keep();
  }

  void tryOut(std::string_view operation, std::string_view body) {
    call(operation, body);
    checkCounts();
    store_.undo();
  }

 private:
  // The answer; nullopt: refused, or no operation of ours.
  std::optional<json::value> call(std::string_view operation, std::string_view body) {
    const rpc::Handler* handler = dynamodb_.find(operation);
    if (!handler) handler = streams_.find(operation);
    if (!handler) return std::nullopt;
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    std::optional<rpc::Outcome> outcome;
    (*handler)(std::move(request), [&](rpc::Outcome done) { outcome = std::move(done); });
    FUZZ_CHECK(outcome.has_value());
    try {
      return parseJson(outcome->response().body);
    } catch (const ApiError& error) {
      FUZZ_CHECK(error.status() == 400 && error.type().ends_with("Exception"));
    }
    return std::nullopt;
  }

  json::value mustCall(const char* operation, const json::object& request) {
    std::optional<json::value> answer = call(operation, json::serialize(request));
    FUZZ_CHECK(answer.has_value());
    return std::move(*answer);
  }

  void checkCounts() {
    const json::value tables = mustCall("ListTables", {});
    for (const json::value& name : tables.at("TableNames").as_array()) {
      const json::value answer = mustCall("DescribeTable", {{"TableName", name}});
      const json::object& table = answer.at("Table").as_object();
      const json::value scan = mustCall("Scan", {{"TableName", name}});
      FUZZ_CHECK(scan.at("Count") == table.at("ItemCount"));
      for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
        const json::value* indexes = table.if_contains(kind);
        if (!indexes) continue;
        for (const json::value& index : indexes->as_array()) checkIndex(name, index, scan.at("Items").as_array());
      }
    }
  }

  // An index holds the items that have its key's attributes; none of the values here can fail to be a key otherwise but
  // by their type, and those of a wrong type it leaves out.
  void checkIndex(const json::value& table, const json::value& index, const json::array& items) {
    const json::value scan =
        mustCall("Scan", {{"TableName", table}, {"IndexName", index.at("IndexName")}, {"Select", "COUNT"}});
    FUZZ_CHECK(scan.at("Count") == index.at("ItemCount"));
    std::int64_t most = 0;
    for (const json::value& item : items) {
      bool has_all = true;
      for (const json::value& part : index.at("KeySchema").as_array()) {
        has_all = has_all && item.as_object().contains(part.at("AttributeName").as_string());
      }
      most += has_all ? 1 : 0;
    }
    FUZZ_CHECK(scan.at("Count").as_int64() <= most);
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_;
  OneInputStore store_;
  dynamodb::Context context_;
  rpc::JsonApi dynamodb_{dynamodb::protocol()};
  rpc::JsonApi streams_{streams::protocol()};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Cloud cloud;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t blank = std::min(text.find(' '), text.size());
  cloud.tryOut(text.substr(0, blank), text.substr(std::min(blank + 1, text.size())));
  return 0;
}
