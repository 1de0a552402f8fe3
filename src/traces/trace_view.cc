#include "traces/trace_view.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "event_patterns/explanation.h"
#include "event_patterns/json_text.h"
#include "traces/item_changes.h"

namespace ddblog::traces {

namespace {

using Kind = rpc::Span::Kind;

constexpr std::size_t kMostNodes = 2'000;  // ours
constexpr int kDeepest = 40;               // ours

constexpr std::string_view kNames[] = {"batch",    "invocation", "attempt", "event",
                                       "delivery", "message",    "write",   "outcome"};

std::string_view nameOf(Kind kind) { return kNames[static_cast<std::size_t>(kind)]; }

// "orders" of "arn:…:rule/shop/orders" and of "arn:…:function:orders".
std::string_view lastPart(std::string_view arn) {
  const std::size_t mark = arn.find_last_of("/:");
  return mark == std::string_view::npos ? arn : arn.substr(mark + 1);
}

// Without the line "START RequestId: …", with which Lambda begins the log of an invocation.
json::array linesOf(std::string_view log) {
  json::array lines;
  while (!log.empty()) {
    const std::string_view line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(line.size() + 1, log.size()));
    const bool is_own = line.starts_with("START RequestId: ") || line.starts_with("END RequestId: ") ||
                        line.starts_with("REPORT RequestId: ");
    if (!line.empty() && !is_own) lines.emplace_back(validUtf8(line, line.size()));
  }
  return lines;
}

// By Lambda's own errors (services/lambda/host/function_error.h).
bool endedItsProcess(const rpc::Span& attempt) {
  return attempt.detail.starts_with("Runtime.ExitError") || attempt.detail.starts_with("Sandbox.Timedout");
}

// Asks once for each bus.
RulesOfBus askedOnce(RulesOfBus rules) {
  auto known = std::make_shared<std::map<std::string, std::vector<Rule>>>();
  return [rules = std::move(rules), known = std::move(known)](const std::string& bus) {
    const auto [found, is_new] = known->try_emplace(bus);
    if (is_new) found->second = rules(bus);
    return found->second;
  };
}

void setError(json::object& node, const rpc::Span& span) {
  if (span.has_failed) node["error"] = validUtf8(span.detail, rpc::Span::kMostError);
}

}  // namespace

TraceView::TraceView(std::vector<SpanPointer> spans, std::string log_table, RulesOfBus rules)
    : spans_(std::move(spans)), log_table_(std::move(log_table)), rules_(askedOnce(std::move(rules))) {
  for (const SpanPointer& one : spans_) {
    const rpc::Span& span = one->span;
    if (!span.id.empty()) by_id_[span.id] = one;
    if (!span.parent.empty()) by_parent_[span.parent].push_back(one);
    if (span.kind == Kind::kAttempt) attempts_by_process_[span.process].push_back(one);
    // A delivery that is tried again knows the event's own id only.
    if (span.kind == Kind::kEvent) by_id_.try_emplace(span.source, one);
    if (span.kind == Kind::kBatch && span.detail.empty()) {  // a queue's
      for (const rpc::Span::Record& record : span.records) batches_by_message_[record.position].push_back(one);
    }
  }
  for (const SpanPointer& one : spans_) {
    if (!one->span.parent.starts_with(rpc::kProcessKey)) continue;
    if (const SpanPointer cause = causeOf(one)) by_attempt_[cause->number].push_back(one);
  }
}

SpanPointer TraceView::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

const TraceView::Spans& TraceView::namedBy(std::string_view id) const {
  static const Spans kNone;
  const auto found = by_parent_.find(id);
  return found == by_parent_.end() || id.empty() ? kNone : found->second;
}

TraceView::Spans TraceView::childrenOf(const SpanPointer& one) const {
  const rpc::Span& span = one->span;
  Spans children = namedBy(span.id);
  const auto add = [&children](const Spans& more) { children.insert(children.end(), more.begin(), more.end()); };
  if (span.kind == Kind::kEvent && find(span.source) == one) add(namedBy(span.source));
  if (span.kind == Kind::kMessage) {
    const auto batches = batches_by_message_.find(span.id);
    if (batches != batches_by_message_.end()) {
      for (const SpanPointer& batch : batches->second) {
        if (batch->span.source == span.subject) children.push_back(batch);
      }
    }
  }
  if (span.kind == Kind::kAttempt) {
    // What a client that sends no trace id did while the process had this invocation.
    if (const auto done = by_attempt_.find(one->number); done != by_attempt_.end()) add(done->second);
  }
  return children;
}

// What the span was done for. nullptr: not known.
SpanPointer TraceView::causeOf(const SpanPointer& one) const {
  const std::string_view parent = one->span.parent;
  if (!parent.starts_with(rpc::kProcessKey)) return find(parent);
  const auto attempts = attempts_by_process_.find(parent);
  if (attempts == attempts_by_process_.end()) return nullptr;
  // A process has one invocation at a time, whose span comes when it ends.
  const auto next = std::ranges::lower_bound(attempts->second, one->number, {}, &StoredSpan::number);
  if (next != attempts->second.end()) return *next;
  // It runs still; or the process was killed in the middle of its last one, and the request came through.
  const SpanPointer& last = attempts->second.back();
  return endedItsProcess(last->span) ? last : nullptr;
}

std::optional<EventName> TraceView::eventBefore(SpanPointer span) const {
  for (int i = 0; span && i < kDeepest; ++i) {
    if (span->span.kind == Kind::kEvent) {
      if (auto event = eventOnBus(span->span)) return event;
    }
    span = causeOf(span);
  }
  return std::nullopt;
}

bool TraceView::isOf(const rpc::Span& batch, const std::string& order_key) const {
  return batch.source.find(":table/" + log_table_ + "/stream/") != std::string_view::npos &&
         std::ranges::any_of(batch.records, [&](const auto& record) { return record.order_key == order_key; });
}

json::object TraceView::of(const EventName& event) {
  json::object trace{{"event", toJson(event)}};
  if (json::object cause = causedBy(event); !cause.empty()) trace["causedBy"] = std::move(cause);
  Nodes tree;
  json::array path;
  const std::string order_key = orderKeyOf(event);
  for (const SpanPointer& span : spans_) {
    if (span->span.kind == Kind::kBatch && isOf(span->span, order_key)) addNode(path, span, event, 0, tree);
  }
  for (const SpanPointer& span : spans_) {  // what a replay, or somebody else's trigger, has put
    if (span->span.kind == Kind::kEvent && eventOnBus(span->span) == event) addNode(path, span, event, 0, tree);
  }
  trace["path"] = std::move(path);
  trace["isTruncated"] = tree.is_truncated;
  return trace;
}

json::object TraceView::causedBy(const EventName& event) const {
  SpanPointer attempt;
  const std::string stream = event.streamKey();
  for (const SpanPointer& span : spans_) {
    const bool may_be = span->span.kind == Kind::kWrite && span->span.subject == log_table_ &&
                        span->span.key.find(stream) != std::string_view::npos;
    if (may_be && eventWritten(span->span) == event) attempt = causeOf(span);
  }
  return attempt ? summaryOf(attempt) : json::object();
}

json::object TraceView::summaryOf(const SpanPointer& span) const {
  json::object summary = members(span->span, {});
  if (const auto event = eventBefore(span)) summary["event"] = toJson(*event);
  return summary;
}

json::object TraceView::deliveryTo(const SpanPointer& attempt) const {
  const auto causeOfKind = [this](const SpanPointer& span, Kind kind) {
    const SpanPointer cause = span ? causeOf(span) : nullptr;
    return cause && cause->span.kind == kind ? cause : nullptr;
  };
  const SpanPointer delivery = causeOfKind(causeOfKind(attempt, Kind::kInvocation), Kind::kDelivery);
  const SpanPointer event = causeOfKind(delivery, Kind::kEvent);
  if (!event || event->span.detail.empty()) return {};
  return {{"bus", event->span.subject},
          {"rule", lastPart(delivery->span.source)},
          {"target", delivery->span.subject},
          {"event", event->span.detail}};
}

void TraceView::addNode(json::array& nodes, const SpanPointer& span, const EventName& event, int depth,
                        Nodes& tree) const {
  if (tree.shown.contains(span->number)) return;
  if (tree.shown.size() >= kMostNodes || depth >= kDeepest) {
    tree.is_truncated = true;
    return;
  }
  tree.shown.insert(span->number);
  json::object node = members(span->span, event);
  addChildren(node, span, event, depth, tree);
  nodes.push_back(std::move(node));
}

void TraceView::addChildren(json::object& node, const SpanPointer& span, const EventName& event, int depth,
                            Nodes& tree) const {
  json::array children;
  int attempt = 0;
  for (const SpanPointer& child : childrenOf(span)) {
    if (child->span.kind == Kind::kEvent) {  // the trigger puts the events of a whole batch
      const auto other = eventOnBus(child->span);
      if (other && *other != event) continue;
    }
    addNode(children, child, event, depth + 1, tree);
    const bool is_attempt = child->span.kind == Kind::kAttempt && !children.empty();
    if (is_attempt && span->span.kind == Kind::kInvocation) children.back().as_object()["attempt"] = ++attempt;
  }
  if (span->span.kind == Kind::kEvent) addRules(children, span->span);
  node["children"] = std::move(children);
}

// The rules of the bus that did not get the event, and why.
void TraceView::addRules(json::array& children, const rpc::Span& event) const {
  if (event.detail.empty()) return;
  std::set<std::string_view> delivered;
  for (const SpanPointer& child : namedBy(event.id)) delivered.insert(child->span.source);
  const event_patterns::JsonText text(event.detail);
  const event_patterns::EventFields fields(text.root());
  for (const Rule& rule : rules_(std::string(event.subject))) {
    if (rule.pattern.empty() || delivered.contains(rule.arn)) continue;
    const event_patterns::Explanation why = event_patterns::explain(rule.pattern, fields);
    json::array misses;
    for (const event_patterns::Miss& miss : why.misses) {
      misses.push_back(json::object{{"path", miss.path}, {"value", miss.value}, {"wanted", miss.wanted}});
    }
    children.push_back(json::object{{"kind", "rule"},
                                    {"rule", rule.name},
                                    {"matches", why.matches},
                                    {"misses", std::move(misses)},
                                    {"children", json::array()}});
  }
}

json::object TraceView::batchMembers(const rpc::Span& span, const EventName& event) const {
  json::object node{
      {"source", span.source}, {"records", span.size}, {"function", span.subject}, {"requestId", span.id}};
  if (span.detail.empty()) return node;  // a queue's
  node["shardId"] = span.detail;
  node["attempt"] = span.number;
  node["mapping"] = span.process;
  const std::string order_key = orderKeyOf(event);
  for (const rpc::Span::Record& record : span.records) {
    if (record.order_key == order_key) node["sequenceNumber"] = record.position;
  }
  return node;
}

json::object TraceView::writeMembers(const rpc::Span& span) const {
  json::object node = changesOf(span);
  if (span.subject == log_table_) {
    if (const auto event = eventWritten(span)) node["event"] = toJson(*event);
  }
  return node;
}

json::object TraceView::members(const rpc::Span& span, const EventName& event) const {
  json::object node{{"kind", nameOf(span.kind)}, {"at", toIso8601(span.at, true)}};
  const auto add = [&node](json::object more) {
    for (auto& [name, value] : more) node[name] = std::move(value);
  };
  switch (span.kind) {
    case Kind::kBatch:
      add(batchMembers(span, event));
      break;
    case Kind::kInvocation:
      add({{"function", span.subject}, {"requestId", span.id}});
      break;
    case Kind::kAttempt:
      add({{"function", span.subject},
           {"requestId", span.source},
           {"durationMs", span.duration.count()},
           {"result", span.has_failed ? "failure" : "success"},
           {"log", linesOf(span.log)}});
      setError(node, span);
      break;
    case Kind::kEvent:
      add({{"eventId", span.source}, {"bus", span.subject}, {"replay", span.is_replay}});
      break;
    case Kind::kDelivery:
      add({{"rule", lastPart(span.source)}, {"target", span.subject}, {"attempt", span.number}});
      setError(node, span);
      break;
    case Kind::kMessage:
      add({{"queue", span.subject}, {"messageId", span.id}});
      break;
    case Kind::kWrite:
      add(writeMembers(span));
      break;
    case Kind::kOutcome:
      if (!span.subject.empty()) node["destination"] = span.subject;
      if (!span.detail.empty()) node["what"] = validUtf8(span.detail, rpc::Span::kMostError);
      break;
  }
  return node;
}

}  // namespace ddblog::traces
