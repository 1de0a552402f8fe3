#include "traces/trace_routes.h"

#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "rpc/request_reader.h"
#include "rpc/synchronous.h"

namespace ddblog::traces {

namespace {

constexpr std::int64_t kMostListed = 1'000;  // ours
constexpr std::int64_t kUsualList = 20;

EventName eventOf(const rpc::Request& request) {
  rpc::RequestReader reader(request);
  EventName event{reader.pathParameter("Log"), reader.pathParameter("Id"), 0};
  const std::string version = reader.pathParameter("Version");
  reader.finish();
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), event.version);
  if (error != std::errc() || end != version.data() + version.size() || event.version == 0) {
    throw validationError("the version must be a number from 1 on, and not '" + version + "'");
  }
  return event;
}

std::string getTrace(const TraceContext& context, const rpc::Request& request) {
  const EventName event = eventOf(request);
  auto item = context.item(event);
  TraceView view(context.ring.spans(), context.log_table, context.rules);
  json::object trace = view.of(event);
  if (!item && trace.at("path").as_array().empty()) {
    throw resourceNotFound("there is no event " + event.log + " " + event.id + " " + std::to_string(event.version),
                           404);
  }
  if (item) trace["item"] = *std::move(item);
  return json::serialize(trace);
}

// `function`: only its attempts; empty: those of all.
std::vector<SpanPointer> newestOf(const TraceRing& ring, const std::string& function, std::size_t most) {
  if (function.empty()) return ring.newest(most);
  std::vector<SpanPointer> attempts = ring.newest(std::numeric_limits<std::size_t>::max());
  std::erase_if(attempts, [&function](const SpanPointer& attempt) { return attempt->span.subject != function; });
  if (attempts.size() > most) attempts.resize(most);
  return attempts;
}

std::string listTraces(const TraceContext& context, const rpc::Request& request) {
  rpc::RequestReader reader(request);
  const rpc::IntegerRule rule{.min = 1, .max = kMostListed};
  const auto last = reader.queryInteger("last", rule);
  const auto failures = reader.queryInteger("failures", rule);
  const auto slowest = reader.queryInteger("slowest", rule);
  const std::string function = reader.query("function").value_or("");
  reader.finish();
  const auto most = [](std::int64_t number) { return static_cast<std::size_t>(number); };
  const std::vector<SpanPointer> listed = failures  ? context.ring.failed(most(*failures))
                                          : slowest ? context.ring.slowest(most(*slowest))
                                                    : newestOf(context.ring, function, most(last.value_or(kUsualList)));
  const TraceView view(context.ring.spans(), context.log_table, context.rules);
  json::array spans;
  for (const SpanPointer& span : listed) {
    json::object summary = view.summaryOf(span);
    json::object delivery = function.empty() ? json::object() : view.deliveryTo(span);
    if (!delivery.empty()) summary["delivery"] = std::move(delivery);
    spans.push_back(std::move(summary));
  }
  return json::serialize(json::object{{"spans", std::move(spans)}});
}

}  // namespace

void addTraceRoutes(rpc::RestApi& api, const TraceContext& context) {
  api.add("GET", "/_local/traces/{Log}/{Id}/{Version}", "GetTrace",
          rpc::synchronous([&context](const rpc::Request& request) { return getTrace(context, request); }));
  api.add("GET", "/_local/traces", "ListTraces",
          rpc::synchronous([&context](const rpc::Request& request) { return listTraces(context, request); }));
}

}  // namespace ddblog::traces
