#include "ddblog/publish.h"

#include <gtest/gtest.h>

#include "ddblog/trigger.h"
#include "unit/clients/cpp/fake_transport.h"

namespace ddblog {
namespace {

std::string record(int sequence, const std::string& image, const std::string& name = "INSERT",
                   const std::string& pk = "users#42#stream") {
  return R"({"eventName":")" + name + R"(","dynamodb":{"Keys":{"pk":{"S":")" + pk +
         R"("},"sk":{"N":"1"}},"SequenceNumber":")" + std::to_string(sequence) + "\"" +
         (image.empty() ? "" : ",\"NewImage\":" + image) + "}}";
}

std::string batch(const std::vector<std::string>& records) {
  std::string text = "{\"Records\":[";
  for (std::size_t i = 0; i < records.size(); ++i) text += (i ? "," : "") + records[i];
  return text + "]}";
}

class PublisherTest : public testing::Test {
 protected:
  void SetUp() override {
    transport->on("PutEvents", [this](const json::object& request) {
      std::string answer;
      for (const json::value& entry : request.at("Entries").as_array()) {
        answer += answer.empty() ? "" : ",";
        const bool fails = failures-- > 0;
        answer += fails ? R"({"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"})" : R"({"EventId":"1"})";
        if (!fails) put.push_back(std::string(entry.at("Detail").as_string()));
      }
      return "{\"FailedEntryCount\":0,\"Entries\":[" + answer + "]}";
    });
  }
  Publisher publisher(std::size_t max_entry_bytes = PublishOptions{}.max_entry_bytes) {
    return Publisher(transport,
                     {.max_entry_bytes = max_entry_bytes,
                      .attempts = 3,
                      .report = [this](const std::string& line) { reports.push_back(line); }},
                     environment);
  }
  std::vector<std::string> records(int count, const std::string& payload = {}) {
    std::vector<std::string> all;
    for (int i = 1; i <= count; ++i) all.push_back(record(i, eventItem("42", i, "signup", payload)));
    return all;
  }

  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::shared_ptr<FakeEnvironment> environment = std::make_shared<FakeEnvironment>();
  int failures = 0;  // how many of the next entries fail
  std::vector<std::string> put;
  std::vector<std::string> reports;
};

TEST_F(PublisherTest, PutsAnEventAsTheFormatHasIt) {
  const PublishResult published = publisher().publish(
      batch({record(1, eventItem("42", 7, "addLocation", R"("long":{"N":"18.0685801234567890123"})"))}));
  EXPECT_EQ(published.events, 1u);
  EXPECT_EQ(put.at(0), R"({"log":"users","key":{"pk":"users#42#stream","sk":7},"type":"addLocation",)"
                       R"("payload":{"id":"42","long":18.0685801234567890123}})");
  const json::object& entry = transport->sent.at(0).request.at("Entries").at(0).as_object();
  EXPECT_EQ(entry.at("Source"), "dynamodb-log");
  EXPECT_EQ(entry.at("DetailType"), "stream changes");
  EXPECT_EQ(entry.at("EventBusName"), "dynamodb-log");
}

// Equal events of two change records are two; one change record is one, however often it is published.
TEST_F(PublisherTest, NamesTheChangeRecordInTheTraceHeader) {
  const std::string event = eventItem("42", 1, "signup", "");
  publisher().publish(batch({record(1, event), record(2, event)}));
  publisher().publish(batch({record(2, event)}));
  const json::array& both = transport->sent.at(0).request.at("Entries").as_array();
  const json::array& again = transport->sent.at(1).request.at("Entries").as_array();
  EXPECT_EQ(both.at(0).at("Detail"), both.at(1).at("Detail"));
  EXPECT_NE(both.at(0).at("TraceHeader"), both.at(1).at("TraceHeader"));
  EXPECT_EQ(again.at(0).at("TraceHeader"), both.at(1).at("TraceHeader"));
}

TEST_F(PublisherTest, IgnoresOtherItemsAndRemovals) {
  const PublishResult published = publisher().publish(
      batch({record(1, R"({"pk":{"S":"users#42"},"sk":{"N":"1"}})", "INSERT", "users#42"), record(2, "", "REMOVE")}));
  EXPECT_EQ(published.ignored, 2u);
  EXPECT_TRUE(transport->sent.empty());
  EXPECT_TRUE(reports.empty());
}

TEST_F(PublisherTest, PutsTenAtATimeInOrder) {
  EXPECT_EQ(publisher().publish(batch(records(23))).events, 23u);
  ASSERT_EQ(transport->sent.size(), 3u);
  EXPECT_EQ(transport->sent[0].request.at("Entries").as_array().size(), 10u);
  EXPECT_EQ(transport->sent[2].request.at("Entries").as_array().size(), 3u);
  for (int i = 0; i < 23; ++i) EXPECT_NE(put.at(i).find("\"sk\":" + std::to_string(i + 1) + "}"), std::string::npos);
}

TEST_F(PublisherTest, PutsAtMostAMegabyteInACall) {
  const std::string large = R"("text":{"S":")" + std::string(400'000, 'x') + R"("})";
  EXPECT_EQ(publisher().publish(batch(records(3, large))).events, 3u);
  ASSERT_EQ(transport->sent.size(), 2u);
  EXPECT_EQ(transport->sent[0].request.at("Entries").as_array().size(), 2u);
}

TEST_F(PublisherTest, CutsDownAnEventThatIsTooLarge) {
  const std::string large = R"("text":{"S":")" + std::string(3000, 'x') + R"("})";
  publisher(2048).publish(batch(records(1, large)));
  EXPECT_EQ(put.at(0), R"({"log":"users","key":{"pk":"users#42#stream","sk":1},"type":"signup",)"
                       R"("payload":{"id":"42"},"partial":true})");
}

TEST_F(PublisherTest, CountsEntriesByEventBridgesArithmetic) {
  const std::string detail =
      R"({"log":"users","key":{"pk":"users#42#stream","sk":1},"type":"signup","payload":{"id":"42","text":""}})";
  const std::size_t others = detail.size() + std::string("dynamodb-log").size() + std::string("stream changes").size();
  const auto text = [&](std::size_t bytes) { return R"("text":{"S":")" + std::string(bytes, 'x') + R"("})"; };
  publisher(2048).publish(batch(records(1, text(2048 - others))));
  publisher(2048).publish(batch(records(1, text(2048 - others + 1))));
  EXPECT_EQ(put.at(0).find("partial"), std::string::npos);
  EXPECT_NE(put.at(1).find("partial"), std::string::npos);
}

TEST_F(PublisherTest, PutsWhatFailedAgainAfterADelay) {
  failures = 2;
  const PublishResult published = publisher().publish(batch(records(3)));
  EXPECT_EQ(published.events, 3u);
  EXPECT_FALSE(published.first_failed_sequence_number);
  ASSERT_EQ(transport->sent.size(), 2u);
  EXPECT_EQ(transport->sent[1].request.at("Entries").as_array().size(), 2u);
  EXPECT_EQ(environment->pauses.size(), 1u);
}

TEST_F(PublisherTest, WhatStillFailsEndsTheBatchAtItsSequenceNumber) {
  transport->on("PutEvents", [](const json::object& request) {
    std::string answer;
    for (const json::value& entry : request.at("Entries").as_array()) {
      const bool fails = std::string_view(entry.at("Detail").as_string()).find("\"sk\":12}") != std::string_view::npos;
      answer += std::string(answer.empty() ? "" : ",") + (fails ? R"({"ErrorCode":"InternalFailure"})" : "{}");
    }
    return "{\"Entries\":[" + answer + "]}";
  });
  const PublishResult published = publisher().publish(batch(records(35)));
  EXPECT_EQ(published.first_failed_sequence_number, "12");
  EXPECT_EQ(published.events, 19u);
  EXPECT_EQ(transport->sent.size(), 4u);  // the first ten, then three attempts; nothing of the rest
}

TEST_F(PublisherTest, ABusThatCannotBeReachedFailsTheBatchFromItsFirstRecord) {
  transport->on("PutEvents", [](const json::object&) -> std::string { throw NotReachable("nothing listens"); });
  const PublishResult published = publisher().publish(batch(records(2)));
  EXPECT_EQ(published.first_failed_sequence_number, "1");
  EXPECT_EQ(reports.size(), 3u);
}

TEST_F(PublisherTest, AnItemThatIsNoEventIsReportedAndTheOthersGetThrough) {
  const PublishResult published = publisher().publish(
      batch({record(1, eventItem("42", 1, "signup", "")),
             record(2, R"({"pk":{"S":"users#42#stream"},"sk":{"N":"2"},"type":{"S":"signup"},"log":{"S":"users"}})"),
             record(3, eventItem("42", 3, "signup", ""))}));
  EXPECT_EQ(published.events, 2u);
  EXPECT_EQ(published.invalid, 1u);
  EXPECT_FALSE(published.first_failed_sequence_number);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_NE(reports[0].find("users#42#stream"), std::string::npos);
  EXPECT_NE(reports[0].find("\"payload\" is missing"), std::string::npos);
}

TEST_F(PublisherTest, EveryKindOfNoEventIsReported) {
  const char* images[] = {
      R"({"pk":{"S":"users#42#stream"},"sk":{"N":"1"},"log":{"S":"users"},"payload":{"M":{}}})",
      R"({"pk":{"S":"users#42#stream"},"sk":{"N":"1"},"type":{"S":"a"},"payload":{"M":{}}})",
      R"({"pk":{"S":"users#42#stream"},"sk":{"N":"1.5"},"type":{"S":"a"},"log":{"S":"users"},"payload":{"M":{}}})",
      R"({"pk":{"S":"users#42#stream"},"sk":{"N":"0"},"type":{"S":"a"},"log":{"S":"users"},"payload":{"M":{}}})",
      R"({"pk":{"S":"users#42#stream"},"sk":{"N":"1"},"type":{"S":"a"},"log":{"S":"users"},"payload":{"S":"text"}})",
      R"({"pk":{"S":"users#42#stream"},"sk":{"N":"1"},"type":{"S":"a"},"log":{"S":"users"},"payload":{"M":{"a":{"X":1}}}})",
      ""};
  for (const char* image : images) EXPECT_EQ(publisher().publish(batch({record(1, image)})).invalid, 1u) << image;
}

TEST_F(PublisherTest, RefusesWhatIsNoBatch) {
  for (const char* text : {"", "{}", "[]", R"({"Records":{}})", R"({"Records":[1]})", R"({"Records":[{}]})"}) {
    EXPECT_THROW(publisher().publish(text), std::invalid_argument) << text;
  }
}

TEST_F(PublisherTest, AnEmptyBatchIsDone) { EXPECT_EQ(publisher().publish(batch({})).events, 0u); }

TEST_F(PublisherTest, TheTriggerAnswersWithTheFirstFailure) {
  Publisher to_bus = publisher();
  EXPECT_EQ(handleTriggerBatch(to_bus, batch(records(2))), R"({"batchItemFailures":[]})");
  failures = 1000;
  EXPECT_EQ(handleTriggerBatch(to_bus, batch(records(2))), R"({"batchItemFailures":[{"itemIdentifier":"1"}]})");
}

TEST(TriggerOptions, ComeFromTheEnvironment) {
  setenv("EVENT_BUS_NAME", "other", 1);
  setenv("MAX_ENTRY_BYTES", "2048", 1);
  EXPECT_EQ(triggerOptions().bus, "other");
  EXPECT_EQ(triggerOptions().max_entry_bytes, 2048u);
  for (const char* bytes : {"100", "2000000", "many", "1e4"}) {
    setenv("MAX_ENTRY_BYTES", bytes, 1);
    EXPECT_THROW(triggerOptions(), std::invalid_argument) << bytes;
  }
  unsetenv("EVENT_BUS_NAME");
  unsetenv("MAX_ENTRY_BYTES");
}

}  // namespace
}  // namespace ddblog
