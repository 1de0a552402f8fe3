// DeleteFailure and DeleteFailures: delete one failure, or all.
#include "base/json_writer.h"
#include "offline/failures/failure_json.h"
#include "offline/failures/failure_routes.h"
#include "rpc/rest_operation.h"

namespace ddblog::offline {

namespace {

class DeleteFailure {
 public:
  DeleteFailure(rpc::RequestReader& request, FailureContext& context)
      : failures_(context.failures), id_(request.pathParameter("Failure")) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    failures_.erase(transaction, findFailure(failures_, transaction, id_));
    return "{}";
  }

 private:
  const FailureStore& failures_;
  const std::string id_;
};

class DeleteFailures {
 public:
  DeleteFailures(rpc::RequestReader& request, FailureContext& context) : failures_(context.failures) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    std::string body;
    JsonWriter(body).beginObject().key("deleted").value(failures_.eraseAll(transaction)).endObject();
    return body;
  }

 private:
  const FailureStore& failures_;
};

}  // namespace

void addDeleteFailures(rpc::RestApi& api, FailureContext& context) {
  rpc::addWrite<DeleteFailure>(api, {"DELETE", "/_local/failures/{Failure}", "DeleteFailure"}, context);
  rpc::addWrite<DeleteFailures>(api, {"DELETE", "/_local/failures", "DeleteFailures"}, context);
}

}  // namespace ddblog::offline
