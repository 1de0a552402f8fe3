// Our services, called without HTTP. A further service is added in OwnCloud's constructor.
#include <future>
#include <stdexcept>

#include "base/api_error.h"
#include "base/json.h"
#include "rpc/service.h"
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
class AnyFunction : public eventbridge::TargetDelivery {
 public:
  bool accepts(std::string_view target_arn) const override { return target_arn.find(":lambda:") != std::string::npos; }
  void deliver(Transaction&, const eventbridge::Delivery&) override {}
};

class OwnCloud : public Cloud {
 public:
  OwnCloud()
      : store_(Store::open(inMemory())),
        context_(*store_, clock_, ids_, "us-east-1", "000000000000"),
        archive_(*store_, clock_, archive_file_, {}, [](std::string_view) {}),
        events_context_(*store_, clock_, ids_, "us-east-1", "000000000000", functions_, archive_,
                        [](std::string_view) {}),
        dynamodb_(dynamodb::protocol()),
        streams_(streams::protocol()),
        events_(eventbridge::protocol()) {
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
    std::promise<rpc::Outcome> promise;
    (*handler)(request, [&](rpc::Outcome outcome) { promise.set_value(std::move(outcome)); });
    const rpc::Outcome outcome = promise.get_future().get();
    if (!outcome.refused) return {outcome.answer.status, "", "", outcome.answer.body};
    try {
      std::rethrow_exception(outcome.refused);
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
  eventbridge::ArchiveFile archive_file_{{}};
  AnyFunction functions_;
  eventbridge::Archive archive_;
  eventbridge::Context events_context_;
  rpc::JsonService dynamodb_;
  rpc::JsonService streams_;
  rpc::JsonService events_;
  std::map<std::string, rpc::JsonService*> services_;
};

}  // namespace

std::unique_ptr<Cloud> makeOwnCloud() { return std::make_unique<OwnCloud>(); }

}  // namespace ddblog::wire
