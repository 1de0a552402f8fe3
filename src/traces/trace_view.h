// Shows the path of one event as a tree of JSON, and spans in a line each.
//
//   {"event": {"log": "users", "id": "42", "version": 3},
//    "causedBy": {…},              the attempt that appended it, if a function did, and that attempt's event
//    "path": [node, …]}
//
// A node has "kind", "at" (ISO 8601) and "children". The kinds, and what else they have:
//
//   batch       source, shardId, sequenceNumber (of the event), records, attempt, function, requestId, mapping
//   attempt     function, requestId, attempt, durationMs, result ("success", "failure"), error, log (lines)
//   event       eventId, bus, replay
//   rule        rule, matches, misses ([{path, value, wanted}]): of the rules as they are now, those that did
//               not get the event
//   delivery    rule, target, attempt, error
//   invocation  function, requestId
//   message     queue, messageId
//   write       table, key, action ("put", "change", "remove"), changes ([{attribute, before, after}]), event
//               (the event that it appended), partial: true if an image was too long
//   outcome     destination (an ARN), what: the condition, or an error
//
// Limits: 2,000 nodes, 40 levels, 50 changes of a write, 1 KiB of a value; "isTruncated" says that there was
// more.
//
// Thread safety: immutable after construction; one thread at a time calls of().
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/json.h"
#include "traces/event_names.h"
#include "traces/trace_ring.h"

namespace ddblog::traces {

struct Rule {
  std::string name;
  std::string arn;
  std::string pattern;  // empty: it has a schedule
};
using RulesOfBus = std::function<std::vector<Rule>(const std::string& bus)>;

class TraceView {
 public:
  // `log_table`: the table of the log's events.
  TraceView(std::vector<SpanPointer> spans, std::string log_table, RulesOfBus rules);

  // "path" is empty if no span knows the event.
  json::object of(const EventName& event);
  // An attempt, a delivery or an outcome: its members as above, and "event", if one led to it.
  json::object summaryOf(const SpanPointer& span) const;
  // What an attempt's function got from a rule: {"bus", "rule", "target", "event": the event's text as it was on the
  // bus, before the target changed it}. Empty: it did not come from a rule, or its event was too long to be kept.
  json::object deliveryTo(const SpanPointer& attempt) const;

 private:
  using Spans = std::vector<SpanPointer>;
  struct Nodes {  // of a tree that is being made
    std::unordered_set<std::uint64_t> shown;
    bool is_truncated = false;
  };

  SpanPointer find(std::string_view id) const;
  const Spans& namedBy(std::string_view id) const;
  Spans childrenOf(const SpanPointer& span) const;
  SpanPointer causeOf(const SpanPointer& span) const;
  std::optional<EventName> eventBefore(SpanPointer span) const;
  json::object causedBy(const EventName& event) const;

  void addNode(json::array& nodes, const SpanPointer& span, const EventName& event, int depth, Nodes& tree) const;
  void addChildren(json::object& node, const SpanPointer& span, const EventName& event, int depth, Nodes& tree) const;
  void addRules(json::array& children, const rpc::Span& event) const;
  json::object members(const rpc::Span& span, const EventName& event) const;
  json::object batchMembers(const rpc::Span& span, const EventName& event) const;
  json::object writeMembers(const rpc::Span& span) const;
  bool isOf(const rpc::Span& batch, const std::string& order_key) const;

  const Spans spans_;
  const std::string log_table_;
  const RulesOfBus rules_;
  std::unordered_map<std::string_view, SpanPointer> by_id_;
  std::unordered_map<std::string_view, Spans> by_parent_;
  std::unordered_map<std::string_view, Spans> attempts_by_process_;
  std::unordered_map<std::string_view, Spans> batches_by_message_;
  std::unordered_map<std::uint64_t, Spans> by_attempt_;  // those whose parent is a process, by the number of the cause
};

}  // namespace ddblog::traces
