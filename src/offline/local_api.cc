#include "offline/local_api.h"

#include <unistd.h>

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

void addStop(rpc::RestApi& api, std::function<void()> stop, const std::filesystem::path& data) {
  std::string answer;
  JsonWriter json(answer);
  json.beginObject().key("process").value(static_cast<std::int64_t>(::getpid()));
  json.key("data").value(data.empty() ? std::string() : std::filesystem::absolute(data).string()).endObject();
  api.add("GET", "/_local/stop", "DescribeStop", rpc::synchronous([answer](const rpc::Request&) { return answer; }));
  api.add("POST", "/_local/stop", "Stop", rpc::synchronous([answer, stop = std::move(stop)](const rpc::Request&) {
            stop();
            return answer;
          }));
}

}  // namespace ddblog::offline
