#include "offline/local_api.h"

#include "base/json_writer.h"
#include "rpc/synchronous.h"

namespace ddblog::offline {

namespace {

std::string health(const std::string& run_id) {
  std::string answer;
  JsonWriter(answer).beginObject().key("status").value("ok").key("run").value(run_id).endObject();
  return answer;
}

}  // namespace

void addLocalOperations(rpc::RestApi& api, const std::string& run_id) {
  api.add("GET", "/_local/health", "GetHealth",
          rpc::synchronous([run_id](const rpc::Request&) { return health(run_id); }));
}

}  // namespace ddblog::offline
