// Our services, called without HTTP. A further service is added in OwnCloud's constructor.
#include <stdexcept>

#include "base/api_error.h"
#include "base/json.h"
#include "rpc/api.h"
#include "rpc/call.h"
#include "services/dynamodb/operations.h"
#include "services/dynamodb/tables/deleted_tables.h"
#include "services/dynamodb/tables/time_to_live.h"
#include "services/eventbridge/operations.h"
#include "services/streams/operations.h"
#include "services/streams/retention.h"
#include "store/store.h"
#include "wire/runner/cloud.h"

namespace ddblog::wire {
namespace {

StoreOptions inMemory() {
  StoreOptions options;
  options.in_memory = true;
  return options;
}

// What targets get is tested in tests/unit/eventbridge; here functions take everything.
class AnyFunction : public rpc::Recipient {
 public:
  bool accepts(std::string_view arn) const override { return arn.find(":lambda:") != std::string::npos; }
  void deliver(Transaction&, const rpc::Message&) override {}
};

class OwnCloud : public Cloud {
 public:
  OwnCloud()
      : store_(Store::open(inMemory())),
        context_(*store_, clock_, ids_, "us-east-1", "000000000000"),
        events_context_(
            {*store_, clock_, ids_, "us-east-1", "000000000000", recipients_, sources_, [](std::string_view) {}}),
        dynamodb_(dynamodb::protocol()),
        streams_(streams::protocol()),
        events_(eventbridge::protocol()) {
    recipients_.add(functions_);
    dynamodb::addOperations(dynamodb_, context_);
    streams::addOperations(streams_, context_);
    eventbridge::addOperations(events_, events_context_);
    services_["DynamoDB"] = &dynamodb_;
    services_["Events"] = &events_;
    services_["DynamoDBStreams"] = &streams_;
  }

  Reply call(const std::string& service, const std::string& operation, const std::string& body) override {
    const auto found = services_.find(service);
    if (found == services_.end()) throw std::runtime_error("there is no service " + service);
    const rpc::Handler* handler = found->second->find(operation);
    if (!handler) return {400, "UnknownOperationException", "", "{}"};
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    try {
      const rpc::Response response = rpc::callAndWait(*handler, request).response();
      return {response.status, "", "", response.body};
    } catch (const ApiError& error) {
      return {error.status(), error.type(), error.message(), json::serialize(error.fields())};
    }
  }

  // What the background threads of the offline cloud do when the time has come is done here at once, so that tests need
  // not wait for them.
  bool moveClock(Duration step) override {
    clock_.move(step);
    for (const auto sweep :
         {&dynamodb::TimeToLive::sweep, &dynamodb::DeletedTables::sweep, &streams::Retention::sweep}) {
      while (sweep(context_) <= clock_.now()) continue;
    }
    return true;
  }

  void removeTable(const std::string&) override {}
  void awaitTable(const std::string&) override {}

 private:
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_;
  dynamodb::Context context_;
  AnyFunction functions_;
  rpc::Recipients recipients_;
  rpc::EventSources sources_;
  eventbridge::Context events_context_;
  rpc::JsonApi dynamodb_;
  rpc::JsonApi streams_;
  rpc::JsonApi events_;
  std::map<std::string, rpc::JsonApi*> services_;
};

}  // namespace

std::unique_ptr<Cloud> makeOwnCloud() { return std::make_unique<OwnCloud>(); }

}  // namespace ddblog::wire
