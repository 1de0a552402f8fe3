#include <algorithm>
#include <stdexcept>

#include "aws/client.h"
#include "base/json.h"
#include "base/thread_annotations.h"
#include "wire/runner/cloud.h"

namespace ddblog::wire {
namespace {

// A look after the first pause, then after twice that, and so on up to the longest: two minutes in all.
constexpr Duration kFirstPause{10};
constexpr Duration kLongestPause{500};
constexpr int kMostLooks = 240;

aws::ClientOptions optionsFor(const std::string& endpoint_url) {
  aws::ClientOptions options;
  options.endpoint_url = endpoint_url;
  return options;
}

class RemoteCloud : public Cloud {
 public:
  explicit RemoteCloud(const std::string& endpoint_url)
      : session_(optionsFor(endpoint_url), clock_, ids_),
        dynamodb_(session_, aws::kDynamoDb),
        streams_(session_, aws::kDynamoDbStreams),
        events_(session_, aws::kEventBridge) {}

  Reply call(const std::string& service, const std::string& operation, const std::string& body) override {
    try {
      return {200, "", "", client(service).call(operation, body)};
    } catch (const aws::ServiceError& error) {
      json::object members;
      if (json::value whole = parseJson(error.body()); whole.is_object()) members = whole.get_object();
      for (const char* shown : {"__type", "message", "Message"}) members.erase(shown);
      return {error.status(), error.type(), error.message(), json::serialize(members)};
    }
  }

  bool moveClock(Duration) override { return false; }

  void removeTable(const std::string& name) override {
    const std::string body = json::serialize(json::object{{"TableName", name}});
    for (int look = 0; look < kMostLooks; ++look) {
      if (call("DynamoDB", "DeleteTable", body).error_type == "ResourceNotFoundException") return;
      pause(look);
    }
    throw std::runtime_error("the table " + name + " of an earlier run does not go away");
  }

  void awaitTable(const std::string& name) override {
    const std::string body = json::serialize(json::object{{"TableName", name}});
    for (int look = 0; look < kMostLooks; ++look) {
      const Reply reply = call("DynamoDB", "DescribeTable", body);
      if (!reply.error_type.empty()) return;
      const json::value answer = parseJson(reply.body);
      if (answer.at("Table").at("TableStatus") == json::value("ACTIVE")) return;
      pause(look);
    }
    throw std::runtime_error("the table " + name + " does not become active");
  }

 private:
  const aws::Client& client(const std::string& service) const {
    if (service == "DynamoDB") return dynamodb_;
    if (service == "DynamoDBStreams") return streams_;
    if (service == "Events") return events_;
    throw std::runtime_error("there is no service " + service);
  }

  void pause(int look) {
    Mutex mutex;
    CondVar never;
    MutexLock lock(mutex);
    const Timestamp until = clock_.now() + std::min(kLongestPause, kFirstPause * (1 << std::min(look, 10)));
    while (clock_.now() < until) clock_.wait(lock, never, until);
  }

  AdjustableClock clock_;
  Ids ids_;
  aws::Session session_;
  aws::Client dynamodb_;
  aws::Client streams_;
  aws::Client events_;
};

}  // namespace

std::unique_ptr<Cloud> connectTo(const std::string& endpoint_url) {
  return std::make_unique<RemoteCloud>(endpoint_url);
}

}  // namespace ddblog::wire
