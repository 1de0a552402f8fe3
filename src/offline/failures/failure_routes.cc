#include "offline/failures/failure_routes.h"

namespace ddblog::offline {

// Each in its own file.
void addListFailures(rpc::RestApi& api, FailureContext& context);
void addGetFailure(rpc::RestApi& api, FailureContext& context);
void addRedriveFailure(rpc::RestApi& api, FailureContext& context);
void addDeleteFailures(rpc::RestApi& api, FailureContext& context);

void addFailureRoutes(rpc::RestApi& api, FailureContext& context) {
  // reads
  addListFailures(api, context);
  addGetFailure(api, context);
  // writes
  addRedriveFailure(api, context);
  addDeleteFailures(api, context);
}

}  // namespace ddblog::offline
