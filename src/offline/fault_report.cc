#include "offline/fault_report.h"

#include "base/json_writer.h"
#include "base/text.h"
#include "rpc/synchronous.h"

namespace ddblog::offline {

namespace {

std::string report(const Faults& faults) {
  std::string answer;
  JsonWriter json(answer);
  json.beginObject().key("settings").value(toString(faults.settings()));
  json.key("seed").value(faults.settings().seed).key("faults").beginObject();
  for (std::size_t i = 0; i < kFaults; ++i) {
    const Fault fault = static_cast<Fault>(i);
    const Faults::Count count = faults.count(fault);
    json.key(nameOf(fault)).beginObject();
    json.key("rate").value(faults.settings().rate(fault));
    json.key("asked").value(count.asked).key("injected").value(count.injected);
    json.endObject();
  }
  json.endObject().endObject();
  return answer;
}

}  // namespace

void addFaultRoutes(rpc::RestApi& api, const Faults& faults) {
  api.add("GET", "/_local/faults", "GetFaults",
          rpc::synchronous([&faults](const rpc::Request&) { return report(faults); }));
}

std::string injectedFaults(const Faults& faults) {
  std::string text;
  for (std::size_t i = 0; i < kFaults; ++i) {
    const Fault fault = static_cast<Fault>(i);
    const std::uint64_t injected = faults.count(fault).injected;
    if (injected == 0) continue;
    text.append(text.empty() ? "" : ", ").append(withThousands(injected)).append(" ").append(nameOf(fault));
  }
  return text.empty() ? "none" : text;
}

}  // namespace ddblog::offline
