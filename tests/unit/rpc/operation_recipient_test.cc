// Operations as recipients of messages.
#include "rpc/operation_recipient.h"

#include <gtest/gtest.h>

#include "rpc/operation.h"

namespace ddblog::rpc {
namespace {

struct Notes {
  Store& store;
};

// Stores a text, and fails afterwards if that is asked for.
class Note {
 public:
  Note(RequestReader& request, Notes&) {
    text_ = request.fields().string("Text", {.required = true}).value_or("");
    error_ = request.fields().string("Error").value_or("");
    request.finish();
  }
  std::string run(Transaction& transaction) const {
    transaction.put("note", text_);
    if (!error_.empty()) throw ApiError(error_, "no");
    return "{}";
  }

 private:
  std::string text_, error_;
};

class OperationRecipients : public testing::Test {
 protected:
  OperationRecipients() {
    addWrite<Note>(api_, "PutNote", notes_);
    addWrite<Note>(api_, "GetNote", notes_);
    api_.add("WaitForNote", [](Request, Callback) {});
  }
  static StoreOptions inMemory() {
    StoreOptions options;
    options.in_memory = true;
    return options;
  }
  static std::string arn(const std::string& action) { return "arn:aws:scheduler:::aws-sdk:notes:" + action; }
  std::optional<DeliveryFailure> deliver(const std::string& body) {
    std::optional<DeliveryFailure> failure;
    store_->writeAndWait([&](Transaction& transaction) {
      failure = recipient_.deliver(transaction, {arn("putNote"), body});
    });
    return failure;
  }
  std::string note() { return store_->snapshot()->get("note").value_or(""); }

  std::unique_ptr<Store> store_ = Store::open(inMemory());
  Notes notes_{*store_};
  JsonApi api_{
      JsonProtocol({.target_prefix = "Notes", .content_type = "application/x-amz-json-1.0", .signing_name = "notes"})};
  Ids ids_{1};
  OperationRecipient recipient_{"notes", api_, ids_};
};

TEST_F(OperationRecipients, AreThoseThatWrite) {
  EXPECT_TRUE(recipient_.accepts(arn("putNote")));
  for (const char* action : {"PutNote", "getNote", "waitForNote", "putNotes", ""}) {
    EXPECT_FALSE(recipient_.accepts(arn(action))) << action;
  }
  EXPECT_FALSE(recipient_.accepts("arn:aws:scheduler:::aws-sdk:sqs:putNote"));
}

TEST_F(OperationRecipients, ExecuteTheMessage) {
  EXPECT_FALSE(deliver(R"({"Text":"one"})"));
  EXPECT_EQ(note(), "one");
}

TEST_F(OperationRecipients, LeaveNothingBehindIfTheyFail) {
  deliver(R"({"Text":"one"})");
  const auto failure = deliver(R"({"Text":"two","Error":"ResourceNotFoundException"})");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, "ResourceNotFoundException");
  EXPECT_EQ(failure->message, "no");
  EXPECT_TRUE(failure->is_permanent);
  EXPECT_EQ(note(), "one");
}

TEST_F(OperationRecipients, AreTriedAgainIfTheyAreThrottled) {
  EXPECT_FALSE(deliver(R"({"Text":"two","Error":"ThrottlingException"})")->is_permanent);
  EXPECT_TRUE(deliver("{}")->is_permanent);
  EXPECT_TRUE(deliver("no JSON")->is_permanent);
}

}  // namespace
}  // namespace ddblog::rpc
