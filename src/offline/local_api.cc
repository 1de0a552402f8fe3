#include "offline/local_api.h"

#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "rpc/synchronous.h"

namespace ddblog::offline {

namespace {

// Ten years: a typo must not move the clock to a time that cannot be formatted.
constexpr std::int64_t kLargestMove = 10LL * 366 * 24 * 3600 * 1000;

std::string moveClock(const rpc::Request& request, AdjustableClock& clock) {
  rpc::Request body = request;
  if (body.body.empty()) body.body = "{}";
  rpc::RequestReader reader(body);
  const auto milliseconds = reader.fields().integer("move", {.min = -kLargestMove, .max = kLargestMove});
  reader.finish();
  if (milliseconds) clock.move(Duration(*milliseconds));
  std::string answer;
  JsonWriter(answer).beginObject().key("now").value(toIso8601(clock.now(), true)).endObject();
  return answer;
}

std::string health(const std::string& run_id) {
  std::string answer;
  JsonWriter(answer).beginObject().key("status").value("ok").key("run").value(run_id).endObject();
  return answer;
}

}  // namespace

void addLocalOperations(rpc::RestApi& api, AdjustableClock& clock, const std::string& run_id) {
  api.add("POST", "/_local/clock", "MoveClock",
          rpc::synchronous([&clock](const rpc::Request& request) { return moveClock(request, clock); }));
  api.add("GET", "/_local/health", "GetHealth",
          rpc::synchronous([run_id](const rpc::Request&) { return health(run_id); }));
}

}  // namespace ddblog::offline
