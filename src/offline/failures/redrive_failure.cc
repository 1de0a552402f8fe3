// RedriveFailure: delivers the payload of a failure once more to the place where it failed, and notes
// that in the failure, in one transaction. The failure stays; if the delivery fails again, that is another failure.
#include "base/api_error.h"
#include "base/json_writer.h"
#include "offline/failures/failure_json.h"
#include "offline/failures/failure_routes.h"
#include "rpc/rest_operation.h"

namespace ddblog::offline {

namespace {

class RedriveFailure {
 public:
  RedriveFailure(rpc::RequestReader& request, FailureContext& context)
      : failures_(context.failures), recipients_(context.recipients), id_(request.pathParameter("Failure")) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    FailureSummary summary = findFailure(failures_, transaction, id_);
    const rpc::Failure failure = failures_.load(transaction, summary);
    if (const auto problem = recipients_.deliver(transaction, failure.message)) {
      throw ApiError("RedriveFailed", problem->code + ": " + problem->message, 409);
    }
    failures_.noteRedriven(transaction, summary);
    std::string body;
    JsonWriter json(body);
    writeSummary(json, summary);
    return body;
  }

 private:
  const FailureStore& failures_;
  const rpc::Recipients& recipients_;
  const std::string id_;
};

}  // namespace

void addRedriveFailure(rpc::RestApi& api, FailureContext& context) {
  rpc::addWrite<RedriveFailure>(api, {"POST", "/_local/failures/{Failure}/redrive", "RedriveFailure"}, context);
}

}  // namespace ddblog::offline
