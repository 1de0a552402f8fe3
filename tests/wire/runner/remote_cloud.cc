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

constexpr aws::Service kSqs{"sqs", "sqs", "sqs", "AmazonSQS", "application/x-amz-json-1.0"};
constexpr aws::Service kScheduler{"scheduler", "scheduler", "scheduler", "", ""};

aws::ClientOptions optionsFor(const std::string& endpoint_url, int attempts) {
  aws::ClientOptions options;
  options.endpoint_url = endpoint_url;
  options.attempts = attempts;
  return options;
}

class RemoteCloud : public Cloud {
 public:
  RemoteCloud(const std::string& endpoint_url, int attempts)
      : session_(optionsFor(endpoint_url, attempts), clock_, ids_),
        dynamodb_(session_, aws::kDynamoDb),
        streams_(session_, aws::kDynamoDbStreams),
        events_(session_, aws::kEventBridge),
        lambda_(session_, aws::kLambda),
        scheduler_(session_, kScheduler),
        sqs_(session_, kSqs) {}

  Reply call(const Call& call) override {
    if (call.service == "SQSQuery") return callQuery(call);
    const aws::Client& client = clientOf(call.service);
    try {
      if (!call.operation.empty()) return {200, "", "", client.call(call.operation, call.body), {}};
      const aws::HttpResponse response = client.send(restRequest(call));
      return {response.status, "", "", response.body, response.headers};
    } catch (const aws::ServiceError& error) {
      json::object members;
      if (json::value whole = parseJson(error.body()); whole.is_object()) members = whole.get_object();
      for (const char* shown : {"__type", "Type", "message"}) members.erase(shown);
      return {error.status(), error.type(), error.message(), json::serialize(members), {}};
    }
  }

  bool moveClock(Duration) override { return false; }

  void removeTable(const std::string& name) override {
    const std::string body = json::serialize(json::object{{"TableName", name}});
    for (int look = 0; look < kMostLooks; ++look) {
      if (callDynamoDb("DeleteTable", body).error_type == "ResourceNotFoundException") return;
      pause(look);
    }
    throw std::runtime_error("the table " + name + " of an earlier run does not go away");
  }

  void awaitTable(const std::string& name) override {
    const std::string body = json::serialize(json::object{{"TableName", name}});
    for (int look = 0; look < kMostLooks; ++look) {
      const Reply reply = callDynamoDb("DescribeTable", body);
      if (!reply.error_type.empty()) return;
      const json::value answer = parseJson(reply.body);
      if (answer.at("Table").at("TableStatus") == json::value("ACTIVE")) return;
      pause(look);
    }
    throw std::runtime_error("the table " + name + " does not become active");
  }

 private:
  // The answer's XML as a JSON text.
  Reply callQuery(const Call& call) {
    aws::Client::RestRequest request = restRequest(call);
    if (!call.body.empty()) request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    try {
      const aws::HttpResponse response = sqs_.send(request);
      return {response.status, "", "", json::serialize(json::value(response.body)), response.headers};
    } catch (const aws::ServiceError& error) {
      return {error.status(), error.type(), error.message(), "{}", {}};
    }
  }

  static aws::Client::RestRequest restRequest(const Call& call) {
    aws::Client::RestRequest request;
    request.method = call.method;
    request.path = call.path.substr(0, call.path.find('?'));
    request.headers = call.headers;
    request.body = call.body;
    for (std::size_t begin = request.path.size(); begin < call.path.size();) {
      const std::size_t end = std::min(call.path.find('&', begin + 1), call.path.size());
      const std::string parameter = call.path.substr(begin + 1, end - begin - 1);
      const std::size_t equals = std::min(parameter.find('='), parameter.size());
      request.query.emplace_back(parameter.substr(0, equals), parameter.substr(std::min(equals + 1, parameter.size())));
      begin = end;
    }
    return request;
  }

  Reply callDynamoDb(const std::string& operation, const std::string& body) {
    Call of_table;
    of_table.service = "DynamoDB";
    of_table.operation = operation;
    of_table.body = body;
    return call(of_table);
  }

  const aws::Client& clientOf(const std::string& service) const {
    if (service == "DynamoDB") return dynamodb_;
    if (service == "DynamoDBStreams") return streams_;
    if (service == "Events") return events_;
    if (service == "Lambda") return lambda_;
    if (service == "Scheduler") return scheduler_;
    if (service == "SQS") return sqs_;
    throw std::runtime_error("there is no service " + service);
  }

  void pause(int look) {
    Mutex mutex;
    CondVar never;
    MutexLock lock(mutex);
    const RunningTime until = clock_.runningTime() + std::min(kLongestPause, kFirstPause * (1 << std::min(look, 10)));
    while (clock_.runningTime() < until) clock_.wait(lock, never, until);
  }

  AdjustableClock clock_;
  Ids ids_;
  aws::Session session_;
  aws::Client dynamodb_;
  aws::Client streams_;
  aws::Client events_;
  aws::Client lambda_;
  aws::Client scheduler_;
  aws::Client sqs_;
};

}  // namespace

std::unique_ptr<Cloud> connectTo(const std::string& endpoint_url, int attempts) {
  return std::make_unique<RemoteCloud>(endpoint_url, attempts);
}

}  // namespace ddblog::wire
