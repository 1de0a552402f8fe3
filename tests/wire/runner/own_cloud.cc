// Our services behind our server, as the offline cloud puts them together, but without threads of their own: what those
// do when the time has come is done by moveClock at once, so that tests need not wait for them.
#include "aws/limits.h"
#include "offline/failures/failure_routes.h"
#include "offline/failures/failure_store.h"
#include "offline/services.h"
#include "rpc/call.h"
#include "server/server.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/deleted_tables.h"
#include "services/dynamodb/tables/time_to_live.h"
#include "services/streams/retention.h"
#include "store/store.h"
#include "wire/runner/cloud.h"

namespace ddblog::wire {
namespace {

constexpr char kRegion[] = "us-east-1";
constexpr char kAccount[] = "000000000000";

StoreOptions inMemory() {
  StoreOptions options;
  options.in_memory = true;
  return options;
}

server::ServerOptions oneThread() {
  server::ServerOptions options;
  options.region = kRegion;
  options.threads = 1;
  return options;
}

offline::ServiceSettings withArchive(eventbridge::ArchiveFile& archive) {
  offline::ServiceSettings settings;
  settings.eventbridge.archive_file = &archive;
  return settings;
}

// What targets get is tested in tests/unit; here functions that nobody made take everything.
class AnyFunction : public rpc::Recipient {
 public:
  bool accepts(std::string_view arn) const override { return arn.find(":lambda:") != std::string::npos; }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message&) override { return std::nullopt; }
};

class OwnCloud : public Cloud {
 public:
  OwnCloud()
      : store_(Store::open(inMemory())),
        server_(oneThread(), clock_, ids_),
        services_({*store_, clock_, ids_, kRegion, kAccount, recipients_, operations_, sources_, failures_,
                   [](std::string_view) {}},
                  server_, withArchive(archive_)),
        sweeping_(*store_, clock_, ids_, kRegion, kAccount) {
    recipients_.add(functions_);
    server_.serve(services_.apis());
    offline::addFailureRoutes(local_api_, failure_context_);
    server_.serve(local_api_);
    const server::Address address = server_.listen({"127.0.0.1", 0});
    server_.start();
    client_ = connectTo("http://127.0.0.1:" + std::to_string(address.port), 1);
  }

  ~OwnCloud() override {
    client_.reset();
    services_.stop();
    server_.stop();
  }

  Reply call(const Call& call) override {
    if (call.service == "LambdaProvisioning") return provision(call);
    return client_->call(call);
  }

  bool moveClock(Duration step) override {
    clock_.move(step);
    for (const auto sweep :
         {&dynamodb::TimeToLive::sweep, &dynamodb::DeletedTables::sweep, &streams::Retention::sweep}) {
      while (sweep(sweeping_) <= clock_.runningTime()) continue;
    }
    return true;
  }

  void removeTable(const std::string&) override {}
  void awaitTable(const std::string&) override {}

 private:
  // Functions and mappings come from a template, whose operations no server serves.
  Reply provision(const Call& call) {
    rpc::Request request;
    request.operation = call.operation;
    request.body = call.body;
    const rpc::Handler& handler = *services_.apis().findInternal("Lambda")->find(call.operation);
    return {200, "", "", rpc::callAndWait(handler, request).response().body, {}};
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_;
  eventbridge::ArchiveFile archive_{{}};
  AnyFunction functions_;
  rpc::Recipients recipients_;
  rpc::OperationRegistry operations_;
  rpc::EventSources sources_;
  offline::FailureStore failures_{clock_};
  offline::FailureContext failure_context_{*store_, failures_, recipients_};
  rpc::RestApi local_api_;
  server::Server server_;
  offline::Services services_;
  dynamodb::Context sweeping_;
  std::unique_ptr<Cloud> client_;
};

}  // namespace

std::unique_ptr<Cloud> makeOwnCloud() { return std::make_unique<OwnCloud>(); }

}  // namespace ddblog::wire
