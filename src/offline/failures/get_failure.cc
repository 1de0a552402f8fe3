// GetFailure: a whole failure, with its attempts, error, log lines and payload.
#include "base/json_writer.h"
#include "offline/failures/failure_json.h"
#include "offline/failures/failure_routes.h"
#include "rpc/rest_operation.h"

namespace ddblog::offline {

namespace {

class GetFailure {
 public:
  GetFailure(rpc::RequestReader& request, FailureContext& context)
      : failures_(context.failures), id_(request.pathParameter("Failure")) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FailureSummary summary = findFailure(failures_, reader, id_);
    std::string body;
    JsonWriter json(body);
    writeFailure(json, summary, failures_.load(reader, summary));
    return body;
  }

 private:
  const FailureStore& failures_;
  const std::string id_;
};

}  // namespace

void addGetFailure(rpc::RestApi& api, FailureContext& context) {
  rpc::addRead<GetFailure>(api, {"GET", "/_local/failures/{Failure}", "GetFailure"}, context);
}

}  // namespace ddblog::offline
