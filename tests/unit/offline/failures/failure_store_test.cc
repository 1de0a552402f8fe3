// What was given up: kept whole, bounded, delivered once more.
#include "offline/failures/failure_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/api_error.h"
#include "base/json.h"
#include "offline/failures/failure_routes.h"
#include "rpc/call.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::offline {
namespace {

using rpc::Failure;
using std::chrono::days;
using testing::ElementsAre;

constexpr const char* kUsers = "arn:aws:lambda:us-east-1:000000000000:function:users";
constexpr const char* kQueue = "arn:aws:sqs:us-east-1:000000000000:orders";

class Places : public rpc::Recipient {
 public:
  bool accepts(std::string_view arn) const override { return arn == kUsers || arn == kQueue; }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message& message) override {
    if (refuses) return rpc::DeliveryFailure{"NO_PERMISSIONS", "the queue's policy does not allow it"};
    delivered.push_back(message);
    return std::nullopt;
  }
  bool refuses = false;
  std::vector<rpc::Message> delivered;
};

class Failures : public testing::Test {
 protected:
  Failures() {
    recipients_.add(places_);
    open();
  }

  void open() {
    context_.reset();
    store_.reset();
    store_ = Store::open({.directory = directory_.path() / "store", .durability = Durability::kOperatingSystem});
    failures_ = std::make_unique<FailureStore>(clock_, limits_);
    context_ = std::make_unique<FailureContext>(FailureContext{*store_, *failures_, recipients_});
    api_ = rpc::RestApi();
    addFailureRoutes(api_, *context_);
  }

  static Failure failure(const std::string& payload = "{}") {
    Failure failure;
    failure.kind = Failure::Kind::kInvocation;
    failure.source_arn = kUsers;
    failure.message = {kUsers, payload};
    failure.condition = "RetriesExhausted";
    failure.request_id = "r-1";
    return failure;
  }
  void record(const Failure& failure) {
    store_->writeAndWait([&](Transaction& transaction) { failures_->record(transaction, failure); });
  }

  rpc::Response call(const std::string& method, const std::string& path,
                     std::map<std::string, std::string> query = {}) {
    bool known = false;
    const auto match = api_.find(method, "/_local/failures" + path, known);
    if (!match.route) throw std::runtime_error("no route");
    rpc::Request request;
    request.method = method;
    request.parameters = match.parameters;
    request.query = std::move(query);
    return rpc::callAndWait(match.route->handler, request).response();
  }
  json::value ask(const std::string& method, const std::string& path = {},
                  std::map<std::string, std::string> query = {}) {
    return parseJson(call(method, path, std::move(query)).body);
  }
  std::string refusal(const std::string& method, const std::string& path,
                      std::map<std::string, std::string> query = {}) {
    try {
      call(method, path, std::move(query));
    } catch (const ApiError& error) {
      return std::to_string(error.status()) + " " + error.type() + ": " + error.message();
    }
    return "";
  }
  static std::vector<std::string> idsOf(const json::value& page) {
    std::vector<std::string> ids;
    for (const json::value& one : page.at("failures").as_array()) ids.emplace_back(one.at("id").as_string());
    return ids;
  }
  std::vector<std::string> ids(std::map<std::string, std::string> query = {}) {
    return idsOf(ask("GET", {}, std::move(query)));
  }
  int rows() {
    int rows = 0;
    const auto snapshot = store_->snapshot();
    for (auto cursor = snapshot->cursor("\x52", "\x53"); cursor->valid(); cursor->next()) ++rows;
    return rows;
  }

  TemporaryDirectory directory_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  FailureStore::Limits limits_;
  Places places_;
  rpc::Recipients recipients_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<FailureStore> failures_;
  std::unique_ptr<FailureContext> context_;
  rpc::RestApi api_;
};

TEST_F(Failures, AreKeptWhole) {
  Failure given = failure(R"({"exact":1.50})");
  given.attempts.add(clock_.now(), R"({"errorType":"E","errorMessage":"first"})");
  clock_.move(std::chrono::seconds(1));
  given.attempts.add(clock_.now(), R"({"errorType":"E","errorMessage":"second"})");
  given.error = R"({"errorType":"E","errorMessage":"second","stackTrace":["line 1"]})";
  given.log = "START\nhello \xff\n";
  given.destinations = {kQueue};
  record(given);
  EXPECT_EQ(call("GET", "/1").body,
            R"({"id":"1","kind":"invocation","at":"2026-01-01T00:00:01.000Z","source":")" + std::string(kUsers) +
                R"(","place":")" + kUsers +
                R"(","condition":"RetriesExhausted","errorLine":"E: second","requestId":"r-1","attemptCount":2,)"
                R"("payloadBytes":14,"destinations":[")" +
                kQueue +
                R"("],"attempts":[{"at":"2026-01-01T00:00:00.000Z","error":"E: first"},)"
                R"({"at":"2026-01-01T00:00:01.000Z","error":"E: second"}],)"
                R"("error":{"errorType":"E","errorMessage":"second","stackTrace":["line 1"]},)"
                "\"log\":\"START\\nhello \xef\xbf\xbd\\n\","
                R"("payload":{"exact":1.50}})");
}

TEST_F(Failures, ShowWhatIsNotJsonAsText) {
  Failure given = failure("not JSON \xff");
  given.error = "it broke";
  record(given);
  const json::value shown = ask("GET", "/1");
  EXPECT_EQ(shown.at("payload").as_string(), "not JSON \xef\xbf\xbd");
  EXPECT_EQ(shown.at("error").as_string(), "it broke");
  EXPECT_EQ(shown.at("attempts").as_array().size(), 0u);
}

TEST_F(Failures, AreListedNewestFirstPageByPage) {
  for (int i = 0; i < 5; ++i) record(failure());
  json::value page = ask("GET", {}, {{"limit", "2"}});
  EXPECT_THAT(idsOf(page), ElementsAre("5", "4"));
  EXPECT_EQ(page.at("total").as_int64(), 5);
  page = ask("GET", {}, {{"limit", "2"}, {"before", std::string(page.at("next").as_string())}});
  EXPECT_THAT(idsOf(page), ElementsAre("3", "2"));
  page = ask("GET", {}, {{"limit", "2"}, {"before", std::string(page.at("next").as_string())}});
  EXPECT_THAT(idsOf(page), ElementsAre("1"));
  EXPECT_FALSE(page.as_object().contains("next"));
  EXPECT_FALSE(page.at("failures").at(0).as_object().contains("payload"));
}

TEST_F(Failures, AreFoundByTheirKindAndFunction) {
  record(failure());
  Failure batch = failure();
  batch.kind = Failure::Kind::kBatch;
  batch.message.recipient_arn = "arn:aws:lambda:us-east-1:000000000000:function:trigger:live";
  batch.source_arn = "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:6f1c2b0e";
  record(batch);
  Failure delivery = failure();
  delivery.kind = Failure::Kind::kDelivery;
  delivery.source_arn = "arn:aws:events:us-east-1:000000000000:rule/orders";
  delivery.message.recipient_arn = kQueue;
  record(delivery);
  EXPECT_THAT(ids({{"kind", "batch"}}), ElementsAre("2"));
  EXPECT_THAT(ids({{"kind", "delivery"}}), ElementsAre("3"));
  EXPECT_THAT(ids({{"function", "trigger"}}), ElementsAre("2"));
  EXPECT_THAT(ids({{"function", "users"}}), ElementsAre("1"));
  EXPECT_THAT(ids({{"function", "nobody"}}), ElementsAre());
  EXPECT_TRUE(refusal("GET", "", {{"kind", "odd"}}).starts_with("400 ValidationException"));
  EXPECT_TRUE(refusal("GET", "", {{"limit", "0"}}).starts_with("400 ValidationException"));
}

TEST_F(Failures, AreFoundAmongManyWithoutLookingAtAllAtOnce) {
  record(failure());
  Failure batch = failure();
  batch.kind = Failure::Kind::kBatch;
  store_->writeAndWait([&](Transaction& transaction) {
    for (int i = 0; i < 2'500; ++i) failures_->record(transaction, batch);
  });
  int pages = 0;
  std::vector<std::string> found;
  std::map<std::string, std::string> query = {{"kind", "invocation"}};
  for (bool has_more = true; has_more; ++pages) {
    const json::value page = ask("GET", {}, query);
    for (const std::string& id : idsOf(page)) found.push_back(id);
    has_more = page.as_object().contains("next");
    if (has_more) query["before"] = std::string(page.at("next").as_string());
  }
  EXPECT_THAT(found, ElementsAre("1"));
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(json::serialize(ask("DELETE")), R"({"deleted":2501})");
}

TEST_F(Failures, AreThereAfterARestart) {
  record(failure(R"({"n":1})"));
  open();
  EXPECT_EQ(ask("GET", "/1").at("payload").at("n").as_int64(), 1);
  record(failure());
  EXPECT_THAT(ids(), ElementsAre("2", "1"));
}

TEST_F(Failures, AreDeliveredOnceMoreToTheSamePlace) {
  Failure given = failure(R"({"n":1})");
  given.kind = Failure::Kind::kDelivery;
  given.message.recipient_arn = kQueue;
  given.message.envelope = rpc::EventEnvelope{"shop", "order", {"a", "b"}};
  given.message.attributes = {{"RequestID", "r-1"}};
  given.message.group_id = "g";
  given.message.sender_service = "events.amazonaws.com";
  given.message.sender_arn = "arn:aws:events:us-east-1:000000000000:rule/orders";
  record(given);
  clock_.move(std::chrono::minutes(5));
  const json::value answer = ask("POST", "/1/redrive");
  ASSERT_EQ(places_.delivered.size(), 1u);
  const rpc::Message& message = places_.delivered[0];
  EXPECT_EQ(message.recipient_arn, kQueue);
  EXPECT_EQ(message.body.text(), R"({"n":1})");
  ASSERT_TRUE(message.envelope);
  EXPECT_EQ(message.envelope->source, "shop");
  EXPECT_EQ(message.envelope->detail_type, "order");
  EXPECT_THAT(message.envelope->resources, ElementsAre("a", "b"));
  EXPECT_EQ(message.attributes.at("RequestID"), "r-1");
  EXPECT_EQ(message.group_id, "g");
  EXPECT_EQ(message.sender_service, "events.amazonaws.com");
  EXPECT_EQ(message.sender_arn, given.message.sender_arn);
  EXPECT_EQ(json::serialize(answer.at("redriven")), R"({"count":1,"at":"2026-01-01T00:05:00.000Z"})");
  EXPECT_EQ(answer.at("requestId").as_string(), "r-1");
  EXPECT_EQ(ask("POST", "/1/redrive").at("redriven").at("count").as_int64(), 2);
  EXPECT_EQ(ask("GET", "/1").at("redriven").at("count").as_int64(), 2);
}

TEST_F(Failures, AreNotNotedAsRedrivenIfThePlaceRefuses) {
  record(failure());
  places_.refuses = true;
  EXPECT_EQ(refusal("POST", "/1/redrive"), "409 RedriveFailed: NO_PERMISSIONS: the queue's policy does not allow it");
  EXPECT_FALSE(ask("GET", "/1").as_object().contains("redriven"));
  Failure elsewhere = failure();
  elsewhere.message.recipient_arn = "arn:aws:sns:us-east-1:000000000000:gone";
  record(elsewhere);
  EXPECT_TRUE(refusal("POST", "/2/redrive").starts_with("409 RedriveFailed: NO_RESOURCE: "));
}

TEST_F(Failures, AreRemovedOneByOneOrAll) {
  for (int i = 0; i < 4; ++i) record(failure());
  ask("DELETE", "/1");
  ask("DELETE", "/3");
  EXPECT_THAT(ids(), ElementsAre("4", "2"));
  EXPECT_EQ(ask("GET").at("total").as_int64(), 2);
  EXPECT_EQ(refusal("DELETE", "/3"), "404 ResourceNotFoundException: There is no failure 3");
  EXPECT_EQ(refusal("GET", "/x"), "404 ResourceNotFoundException: There is no failure x");
  EXPECT_EQ(json::serialize(ask("DELETE")), R"({"deleted":2})");
  EXPECT_THAT(ids(), ElementsAre());
  EXPECT_EQ(rows(), 1);  // the counts
  record(failure());
  EXPECT_THAT(ids(), ElementsAre("5"));  // ids are not used again
}

TEST_F(Failures, GoWhenThereAreTooMany) {
  limits_.failures = 3;
  open();
  for (int i = 0; i < 5; ++i) record(failure());
  EXPECT_THAT(ids(), ElementsAre("5", "4", "3"));
  ask("DELETE", "/4");
  record(failure());
  EXPECT_THAT(ids(), ElementsAre("6", "5", "3"));
  record(failure());
  EXPECT_THAT(ids(), ElementsAre("7", "6", "5"));
  EXPECT_EQ(rows(), 7);
}

TEST_F(Failures, GoWhenTheirPayloadsAreTooLarge) {
  limits_.bytes = 10'000;
  open();
  for (int i = 0; i < 4; ++i) record(failure(std::string(3'000, 'x')));
  EXPECT_THAT(ids(), ElementsAre("4", "3", "2"));
  record(failure(std::string(9'000, 'x')));
  EXPECT_THAT(ids(), ElementsAre("5"));
  EXPECT_EQ(rows(), 3);
}

TEST_F(Failures, GoWhenTheyAreTooOld) {
  record(failure());
  clock_.move(days(13));
  record(failure());
  EXPECT_THAT(ids(), ElementsAre("2", "1"));
  clock_.move(days(1));
  EXPECT_THAT(ids(), ElementsAre("2"));
  EXPECT_EQ(ask("GET").at("total").as_int64(), 1);
  EXPECT_EQ(refusal("POST", "/1/redrive"), "404 ResourceNotFoundException: There is no failure 1");
  EXPECT_EQ(rows(), 5);
  record(failure());  // takes the first one's rows away
  EXPECT_EQ(rows(), 5);
  EXPECT_EQ(ask("GET").at("total").as_int64(), 2);
}

TEST_F(Failures, OfARefusedTransactionAreNotRecorded) {
  EXPECT_THROW(store_->writeAndWait([&](Transaction& transaction) {
    failures_->record(transaction, failure());
    throw std::invalid_argument("no");
  }),
               std::invalid_argument);
  EXPECT_THAT(ids(), ElementsAre());
  EXPECT_EQ(rows(), 0);
}

TEST_F(Failures, HaveBoundedErrors) {
  Failure given = failure();
  given.error = std::string(1u << 20, 'e');
  record(given);
  EXPECT_EQ(ask("GET", "/1").at("error").as_string().size(), limits_.error_bytes);
}

}  // namespace
}  // namespace ddblog::offline
