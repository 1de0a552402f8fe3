#include "cli/output/trace_tree.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_fields.h"
#include "cli/terminal/printable.h"
#include "clients/cpp/src/payload_json.h"

namespace ddblog::cli {
namespace {

constexpr int kRed = 31;
constexpr int kGreen = 32;
constexpr int kPlain = 0;

struct Drawn {  // a node without its children
  std::string title;
  int colour = kPlain;
  std::vector<std::string> details;
};

std::string digitsOf(const json::object& node, std::string_view name) {
  const json::value* number = memberOf(node, name);
  return number ? json::serialize(*number) : "0";
}

bool isTrue(const json::object& node, std::string_view name) {
  const json::value* found = memberOf(node, name);
  return found && found->is_bool() && found->get_bool();
}

// "users" of "arn:aws:lambda:…:function:users" and of "arn:aws:sqs:…:users".
std::string nameInArn(std::string_view arn) {
  const std::size_t mark = arn.find_last_of(":/");
  return std::string(mark == std::string_view::npos ? arn : arn.substr(mark + 1));
}

// "local-dynamodb-logs" of "arn:aws:dynamodb:…:table/local-dynamodb-logs/stream/…"; a queue's name.
std::string sourceName(const std::string& arn) {
  const std::size_t table = arn.find(":table/");
  if (table == std::string::npos) return "the queue " + nameInArn(arn);
  const std::string name = arn.substr(table + 7);
  return "the stream of " + name.substr(0, name.find('/'));
}

std::string eventText(const json::object& event) {
  return textOf(event, "log") + " " + textOf(event, "id") + " version " + digitsOf(event, "version");
}

// A value of an item as plain JSON.
std::string plain(const json::value* value) { return value ? jsonFromAttribute(*value) : std::string(); }

Drawn drawnBatch(const json::object& node) {
  const json::value* records = memberOf(node, "records");
  const std::int64_t others = records && records->is_int64() ? records->get_int64() - 1 : 0;
  std::string title = textOf(node, "sequenceNumber").empty() ? "message" : "record " + textOf(node, "sequenceNumber");
  title += " of " + sourceName(textOf(node, "source"));
  if (others > 0) title += ", with " + std::to_string(others) + (others == 1 ? " other" : " others");
  return {title + ", for " + textOf(node, "function"), kPlain, {}};
}

// "success in 9 ms"; in AWS the result or the time may be unknown.
std::string attemptResult(const json::object& node, const std::string& result) {
  std::string text = result == "unknown" ? "its result is not known" : result;
  if (memberOf(node, "durationMs")) text += " in " + digitsOf(node, "durationMs") + " ms";
  return text;
}

void addLogLines(Drawn& drawn, const json::object& node) {
  const json::value* log = memberOf(node, "log");
  for (const json::value& line : log && log->is_array() ? log->get_array() : json::array()) {
    if (line.is_string()) drawn.details.push_back("| " + std::string(line.get_string()));
  }
}

Drawn drawnAttempt(const json::object& node, std::string_view of_batch) {
  const std::string result = textOf(node, "result");
  const bool has_failed = result == "failure";
  const std::string number = memberOf(node, "attempt") ? digitsOf(node, "attempt") : std::string(of_batch);
  Drawn drawn{
      (number.empty() ? textOf(node, "function") + ": " : "attempt " + number + ": ") + attemptResult(node, result),
      has_failed            ? kRed
      : result == "success" ? kGreen
                            : kPlain,
      {}};
  if (has_failed) drawn.title += ": " + textOf(node, "error");
  addLogLines(drawn, node);
  return drawn;
}

Drawn drawnRule(const json::object& node) {
  Drawn drawn{"rule " + textOf(node, "rule") + " does not match", kPlain, {}};
  if (isTrue(node, "matches")) {
    drawn.title = "rule " + textOf(node, "rule") +
                  " matches now, but did not get the event: it had no target, or was "
                  "not there or not enabled";
  }
  const json::value* misses = memberOf(node, "misses");
  for (const json::value& one : misses && misses->is_array() ? misses->get_array() : json::array()) {
    const json::object& miss = one.as_object();
    const std::string value = textOf(miss, "value");
    drawn.details.push_back(textOf(miss, "path").empty()
                                ? std::string("every field fits, but in different elements of a list")
                                : textOf(miss, "path") + " is " + (value.empty() ? "missing" : value) +
                                      "; the pattern wants " + textOf(miss, "wanted"));
  }
  return drawn;
}

Drawn drawnWrite(const json::object& node) {
  const json::object* key = objectOf(node, "key");
  Drawn drawn{
      textOf(node, "action") + " in " + textOf(node, "table") + ": " + (key ? jsonFromAttributes(*key) : std::string()),
      kPlain,
      {}};
  if (const json::object* event = objectOf(node, "event")) drawn.title = "appended " + eventText(*event);
  if (isTrue(node, "partial")) drawn.details.emplace_back("(too long to be kept)");
  const json::value* changes = memberOf(node, "changes");
  for (const json::value& one : changes && changes->is_array() ? changes->get_array() : json::array()) {
    const json::object& change = one.as_object();
    const auto shown = [&](const char* name) {
      const std::string bytes = std::string(name) + "Bytes";
      if (memberOf(change, bytes)) return "(" + digitsOf(change, bytes) + " bytes)";
      return plain(memberOf(change, name));
    };
    const std::string before = shown("before");
    const std::string after = shown("after");
    drawn.details.push_back(textOf(change, "attribute") + ": " +
                            (before.empty() ? after : before + " -> " + (after.empty() ? "(none)" : after)));
  }
  return drawn;
}

// The kinds of nodes that only traces in AWS have (aws_trace/aws_trace.h).
Drawn drawnOfAws(const json::object& node, const std::string& kind) {
  if (kind == "source") {
    const std::string last = textOf(node, "lastResult");
    return {"the stream of " + textOf(node, "table") + ", for " + textOf(node, "function") + " (" +
                textOf(node, "state") + (last.empty() ? "" : ", last result: " + last) + ")",
            kPlain,
            {}};
  }
  if (kind == "match") {
    const bool is_enabled = textOf(node, "state") != "DISABLED";
    return {"rule " + textOf(node, "rule") + (is_enabled ? " matches" : " matches, but is disabled"), kPlain, {}};
  }
  if (kind == "target") return {"to " + nameInArn(textOf(node, "target")), kPlain, {}};
  if (kind == "lines") {
    Drawn drawn{"lines that name the event, but not their attempt", kPlain, {}};
    addLogLines(drawn, node);
    return drawn;
  }
  if (kind == "archive") {
    const bool is_kept = isTrue(node, "matches");
    return {"archive " + textOf(node, "archive") + (is_kept ? " keeps such events" : " does not keep such events") +
                " (" + textOf(node, "state") + ")",
            kPlain,
            {}};
  }
  const std::string version = digitsOf(node, "version");
  const std::string title = "read model " + textOf(node, "key") + " in " + textOf(node, "table") + ": ";
  if (version == "0") return {title + "there is none", kRed, {}};
  if (isTrue(node, "hasEvent")) return {title + "at version " + version + ", with the event", kGreen, {}};
  return {title + "at version " + version + ", without the event", kRed, {}};
}

bool isOfAws(std::string_view kind) {
  constexpr std::array<std::string_view, 6> kKinds = {"source", "match", "target", "lines", "archive", "readModel"};
  return std::ranges::find(kKinds, kind) != kKinds.end();
}

Drawn drawnOf(const json::object& node, std::string_view attempt_of_batch) {
  const std::string kind = textOf(node, "kind");
  const std::string error = textOf(node, "error");
  if (kind == "batch") return drawnBatch(node);
  if (kind == "attempt") return drawnAttempt(node, attempt_of_batch);
  if (kind == "rule") return drawnRule(node);
  if (kind == "write") return drawnWrite(node);
  if (isOfAws(kind)) return drawnOfAws(node, kind);
  if (kind == "event") {
    const std::string id = textOf(node, "eventId");
    return {"event " + (id.empty() ? "" : id + " ") + "on the bus " + textOf(node, "bus") +
                (isTrue(node, "replay") ? " (replay)" : ""),
            kPlain,
            {}};
  }
  if (kind == "delivery") {
    const bool is_first = digitsOf(node, "attempt") == "1";
    return {"rule " + textOf(node, "rule") + ", to " + nameInArn(textOf(node, "target")) +
                (is_first ? "" : ", attempt " + digitsOf(node, "attempt")) + (error.empty() ? "" : ": " + error),
            error.empty() ? kPlain : kRed,
            {}};
  }
  if (kind == "invocation") {
    return {"function " + textOf(node, "function") + ", request " + textOf(node, "requestId"), kPlain, {}};
  }
  if (kind == "message") {
    const std::string why = textOf(node, "what");
    return {"message " + textOf(node, "messageId") + " in the queue " + nameInArn(textOf(node, "queue")) +
                (why.empty() ? "" : ": " + why),
            why.empty() ? kPlain : kRed,
            {}};
  }
  const std::string destination = textOf(node, "destination");
  const std::string what = textOf(node, "what");
  if (destination.empty()) return {"given up: " + what, kRed, {}};
  return {"reported to " + nameInArn(destination) + (what.empty() ? "" : ": " + what), kPlain, {}};
}

class Tree {
 public:
  Tree(std::ostream& out, const TreeStyle& style) : out_(out), style_(style) {}

  void drawChildren(const json::object& node, const std::string& prefix) {
    const json::value* found = memberOf(node, "children");
    if (!found || !found->is_array()) return;
    const json::array& children = found->get_array();
    const std::string attempt =
        textOf(node, "kind") == "batch" && memberOf(node, "attempt") ? digitsOf(node, "attempt") : std::string();
    for (std::size_t i = 0; i < children.size(); ++i) {
      drawNode(children[i].as_object(), attempt, prefix, i + 1 == children.size());
    }
  }

  void line(const std::string& prefix, const std::string& text, int colour) {
    const std::string shown = cut(printable(text), lengthOf(prefix));
    const bool is_coloured = style_.has_colours && colour != kPlain;
    out_ << prefix << (is_coloured ? "\x1b[" + std::to_string(colour) + "m" : "") << shown
         << (is_coloured ? "\x1b[0m" : "") << '\n';
  }

 private:
  void drawNode(const json::object& node, std::string_view attempt_of_batch, const std::string& prefix, bool is_last) {
    const Drawn drawn = drawnOf(node, attempt_of_batch);
    line(prefix + (is_last ? "└─ " : "├─ "), drawn.title, drawn.colour);
    const std::string below = prefix + (is_last ? "   " : "│  ");
    for (const std::string& detail : drawn.details) line(below + "  ", detail, kPlain);
    drawChildren(node, below);
  }

  static std::size_t lengthOf(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
  }

  // To what is left of the line.
  std::string cut(const std::string& text, std::size_t used) const {
    const auto width = static_cast<std::size_t>(style_.width);
    if (width == 0 || used + lengthOf(text) <= width) return text;
    std::size_t left = width > used + 1 ? width - used - 1 : 0;
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
      if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && left-- == 0) break;
    }
    return text.substr(0, end) + "…";
  }

  std::ostream& out_;
  const TreeStyle style_;
};

std::string headline(const json::object& trace) {
  std::string line = eventText(*objectOf(trace, "event"));
  const json::object* item = objectOf(trace, "item");
  if (!item) return line + ": it is no longer in the log";
  const auto text = [item](std::string_view name) {
    const json::object* attribute = objectOf(*item, name);
    return attribute ? textOf(*attribute, "S") : std::string();
  };
  line += ": " + text("type");
  return text("createdAt").empty() ? line : line + ", appended " + text("createdAt");
}

// In AWS: the events beside this one in its stream.
void drawNeighbours(Tree& tree, const json::object& trace) {
  const json::value* neighbours = memberOf(trace, "neighbours");
  for (const json::value& one : neighbours && neighbours->is_array() ? neighbours->get_array() : json::array()) {
    const json::object& event = one.as_object();
    const std::string time = textOf(event, "createdAt");
    tree.line({},
              "  beside it: version " + digitsOf(event, "version") + ": " + textOf(event, "type") +
                  (time.empty() ? "" : ", appended " + time),
              kPlain);
  }
}

}  // namespace

void drawTrace(std::ostream& out, const json::object& trace, const TreeStyle& style) {
  Tree tree(out, style);
  tree.line({}, headline(trace), kPlain);
  if (const json::object* cause = objectOf(trace, "causedBy")) {
    const json::object* event = objectOf(*cause, "event");
    tree.line({},
              "appended by the function " + textOf(*cause, "function") + ", request " + textOf(*cause, "requestId") +
                  (event ? ", which had " + eventText(*event) : ""),
              kPlain);
  }
  drawNeighbours(tree, trace);
  json::object root{{"children", trace.at("path")}};
  if (trace.at("path").as_array().empty()) tree.line({}, "Nothing is known of its path.", kPlain);
  tree.drawChildren(root, {});
  const json::value* unknown = memberOf(trace, "unknown");
  for (const json::value& line : unknown && unknown->is_array() ? unknown->get_array() : json::array()) {
    tree.line({}, "? " + std::string(line.as_string()), kPlain);
  }
  if (isTrue(trace, "isTruncated")) tree.line({}, "There is more, which is not shown.", kPlain);
}

}  // namespace ddblog::cli
