// What the shared cases (clients/cases/schema.json) do not show of codecs and upcasters.
#include "ddblog/schema.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/gzip.h"
#include "ddblog/event_log.h"
#include "ddblog/projector.h"
#include "unit/clients/cpp/fake_transport.h"

namespace ddblog {
namespace {

class SchemaTest : public testing::Test {
 protected:
  void logHas(const std::string& payload_attributes) {
    transport->on("Query", page({eventItem("42", 1, "noted", payload_attributes)}));
  }
  std::string readPayload() { return log.read("users", "42").at(0).payload; }

  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::shared_ptr<FakeEnvironment> environment = std::make_shared<FakeEnvironment>();
  EventLog log{transport, "logs", {.schema = {.codec = gzipCodec(20)}}, environment};
};

TEST_F(SchemaTest, GzipStoresBytesBesideTheId) {
  transport->on("PutItem", "{}");
  const std::string text(1000, 'x');
  log.append("users", "42", {"noted", R"({"text": ")" + text + "\"}"}, Expected::none());
  const json::object put = transport->sentTo("PutItem").at(0).request;
  const json::object payload = put.at("Item").at("payload").at("M").as_object();
  EXPECT_EQ(payload.size(), 2u);
  EXPECT_EQ(payload.at("id").at("S"), "42");
  std::string inflated;
  ASSERT_FALSE(gunzip(*fromBase64(payload.at("gzip").at("B").as_string()), 10'000, inflated));
  EXPECT_EQ(inflated, R"({"id":"42","text":")" + text + "\"}");

  logHas("\"gzip\":" + json::serialize(payload.at("gzip")));
  EXPECT_EQ(readPayload(), inflated);
}

TEST_F(SchemaTest, ACodecNeedsBothFunctions) {
  Schema half;
  half.codec.encode = gzipCodec().encode;
  EXPECT_THROW(EventLog(transport, "logs", {.schema = half}, environment), InvalidArgument);
  EXPECT_THROW(
      Projector(transport,
                {.log_table = "logs", .read_model_table = "core", .log = "users", .type = "user", .schema = half}),
      InvalidArgument);
}

TEST_F(SchemaTest, GzipLeavesWhatIsSmallAlone) {
  transport->on("PutItem", "{}");
  log.append("users", "42", {"noted", R"({"n": 1})"}, Expected::none());
  EXPECT_FALSE(
      transport->sentTo("PutItem").at(0).request.at("Item").at("payload").at("M").as_object().contains("gzip"));
}

TEST_F(SchemaTest, GzipReadsPayloadsThatAreNotCompressed) {
  logHas(R"("gzip":{"S":"of course"})");
  EXPECT_EQ(readPayload(), R"({"id":"42","gzip":"of course"})");
}

TEST_F(SchemaTest, WhatCannotBeDecodedIsAnInvalidEvent) {
  logHas(R"("gzip":{"B":")" + toBase64("not gzip") + "\"}");
  EXPECT_THROW(log.read("users", "42"), InvalidEvent);
  logHas(R"("gzip":{"B":")" + toBase64(gzip("[1]")) + "\"}");
  EXPECT_THROW(log.read("users", "42"), InvalidEvent);
  logHas(R"("gzip":{"B":")" + toBase64(gzip(R"({"id":"43"})")) + "\"}");
  EXPECT_THROW(log.read("users", "42"), InvalidEvent) << "of another stream";
}

TEST_F(SchemaTest, BytesThatDecodeToTooMuchAreRefused) {
  logHas(R"("gzip":{"B":")" + toBase64(gzip(std::string((64u << 20) + 1, ' '))) + "\"}");
  EXPECT_THROW(log.read("users", "42"), InvalidEvent);
}

TEST_F(SchemaTest, AProjectorReadsThroughTheSchema) {
  Schema schema{.codec = gzipCodec()};
  schema.upcasters["noted"] = {[](const std::string&, const Event&) { return std::string(R"({"line": "new"})"); }};
  Projector notes(transport,
                  {.log_table = "logs", .read_model_table = "core", .log = "users", .type = "note", .schema = schema},
                  environment);
  std::string seen;
  notes.on("noted", [&](const Event& event, ReadModel&) { seen = event.payload; });
  transport->on("GetItem", "{}");
  transport->on("UpdateItem", "{}");
  logHas(R"("text":{"S":"old"})");
  notes.project("42", 1);
  EXPECT_EQ(seen, R"({"id":"42","line":"new"})");
}

}  // namespace
}  // namespace ddblog
