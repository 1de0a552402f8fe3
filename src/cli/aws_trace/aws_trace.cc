#include "cli/aws_trace/aws_trace.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "aws/json_response.h"
#include "aws/pages.h"
#include "aws/sigv4.h"
#include "base/ids.h"
#include "base/json_fields.h"
#include "cli/aws_trace/logged_attempts.h"
#include "cli/aws_trace/peeked_queue.h"
#include "cli/bus_event.h"
#include "cli/bus_rules.h"
#include "cli/projections/handlers.h"
#include "cli/projections/read_model_item.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/library_errors.h"
#include "ddblog/event.h"
#include "ddblog/event_log.h"
#include "event_patterns/explanation.h"
#include "event_patterns/json_text.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kMostPages = 100;  // ours, of event source mappings
constexpr Duration kClockSkew{5'000};    // ours: the clock of whoever appended, and that of the functions

class AwsTrace {
 public:
  explicit AwsTrace(const AwsTraceRequest& request)
      : request_(request),
        transport_(connectAs(request.connection)),
        log_table_(logTableName(request.connection.stage)),
        stream_(streamKey(request.log, request.id)) {
    const ConnectOptions options = connectOptions(request.connection);
    try {
      session_ = std::make_unique<aws::Session>(
          aws::ClientOptions{
              .endpoint_url = options.endpoint_url, .region = options.region, .profile = options.profile},
          clock_, ids_);
    } catch (const std::exception& error) {
      throw ConfigurationError(error.what());
    }
  }

  json::object run() {
    json::object trace{{"event", {{"log", request_.log}, {"id", request_.id}, {"version", request_.version}}},
                       {"item", readItem()}};
    trace["neighbours"] = neighbours();
    ask("The time of the append", [&] { readTime(); });
    ask("The functions that read the table's stream", [&] { addSources(); });
    ask("The rules of the bus " + request_.bus, [&] { addBus(); });
    ask("The read model", [&] { addReadModel(); });
    say("Which attempts had the event: AWS does not record it. Attempts are shown if a line of their log names "
        "the stream " +
        stream_ + " or the event's id.");
    trace["path"] = std::move(path_);
    trace["unknown"] = std::move(unknown_);
    return trace;
  }

 private:
  void say(const std::string& line) { unknown_.emplace_back(line); }

  // What a service refuses is not known, nor is a list that is too long; the rest is.
  void ask(const std::string& what, const std::function<void()>& use) {
    try {
      withLibraryErrors(use);
    } catch (const NotReachable&) {
      throw;
    } catch (const ConfigurationError&) {
      throw;
    } catch (const std::runtime_error& error) {
      say(what + ": " + error.what());
    }
  }

  json::object dynamodb(std::string_view operation, const json::object& request) const {
    return aws::parseResponse(transport_->call(Api::kDynamoDb, operation, json::serialize(request)));
  }

  json::object lambda(const std::string& path, std::vector<std::pair<std::string, std::string>> query = {}) const {
    const aws::Client client(*session_, aws::kLambda);
    return aws::parseResponse(client.send({.path = path, .query = std::move(query)}).body);
  }

  // --- the table ---

  json::object readItem() {
    const json::object key{{"pk", {{"S", stream_}}}, {"sk", {{"N", std::to_string(request_.version)}}}};
    json::object response = dynamodb("GetItem", {{"TableName", log_table_}, {"Key", key}, {"ConsistentRead", true}});
    json::value* item = response.if_contains("Item");
    if (!item || !item->is_object()) {
      const std::uint64_t end = EventLog(transport_, log_table_).version(request_.log, request_.id);
      throw std::runtime_error(
          "The table " + log_table_ + " has no event " + request_.log + " " + request_.id + " " +
          std::to_string(request_.version) +
          (end == 0 ? ": the stream does not exist." : ": the stream ends at version " + std::to_string(end) + "."));
    }
    event_ = eventFromItem(item->get_object());
    return std::move(item->get_object());
  }

  json::array neighbours() {
    json::array found;
    ReadOptions range;
    range.from = request_.version > 1 ? request_.version - 1 : 1;
    range.limit = 3;
    for (const Event& event : EventLog(transport_, log_table_).readPage(request_.log, request_.id, range).events) {
      if (event.version == request_.version || event.version > request_.version + 1) continue;
      found.push_back(json::object{{"version", event.version}, {"type", event.type}, {"createdAt", event.created_at}});
    }
    return found;
  }

  void readTime() {
    try {
      appended_ = fromIso8601(event_.created_at);
    } catch (const std::invalid_argument&) {
      say("When it was appended: the item has no createdAt, so no logs are searched.");
    }
  }

  // --- functions and their logs ---

  json::array attemptsOf(const std::string& function) {
    json::array attempts;
    if (!appended_) return attempts;
    LogSearch search{function, {stream_}, *appended_ - kClockSkew, *appended_ + request_.window};
    if (!event_.event_id.empty()) search.texts.push_back(event_.event_id);
    ask("The log of the function " + function, [&] { attempts = attemptsInLogs(*session_, search); });
    return attempts;
  }

  void addSources() {
    const std::string stream = ":table/" + log_table_ + "/stream/";
    aws::forEachPage("The list of event source mappings", kMostPages, [&](const std::string& marker) {
      std::vector<std::pair<std::string, std::string>> query;
      if (!marker.empty()) query.emplace_back("Marker", marker);
      const json::object answer = lambda("/2015-03-31/event-source-mappings/", std::move(query));
      for (const json::value& one : answer.at("EventSourceMappings").as_array()) {
        const json::object& mapping = one.as_object();
        if (textOf(mapping, "EventSourceArn").find(stream) != std::string::npos) addSource(mapping);
      }
      return textOf(answer, "NextMarker");
    });
  }

  void addSource(const json::object& mapping) {
    const std::string function = functionInArn(textOf(mapping, "FunctionArn"));
    path_.push_back(json::object{{"kind", "source"},
                                 {"table", log_table_},
                                 {"function", function},
                                 {"state", textOf(mapping, "State")},
                                 {"lastResult", textOf(mapping, "LastProcessingResult")},
                                 {"children", attemptsOf(function)}});
  }

  // --- the bus ---

  void addBus() {
    const std::string bus_arn = busArn(*transport_, request_.bus);
    // A rule can ask for the event's id and time, too, which EventBridge has made.
    const std::string event = busEventOf(event_, {.id = ids_.uuid(), .time = event_.created_at, .bus_arn = bus_arn});
    json::array children;
    const event_patterns::JsonText text(event);
    const event_patterns::EventFields fields(text.root());
    for (const json::object& rule : rulesOfBus(*transport_, request_.bus)) addRule(children, rule, fields);
    ask("The archives of the bus " + request_.bus, [&] { addArchives(children, bus_arn, fields); });
    path_.push_back(json::object{{"kind", "event"}, {"bus", request_.bus}, {"children", std::move(children)}});
  }

  void addRule(json::array& nodes, const json::object& rule, const event_patterns::EventFields& event) {
    const std::string name = textOf(rule, "Name");
    const std::string pattern = textOf(rule, "EventPattern");
    if (pattern.empty()) return;  // it has a schedule
    const event_patterns::Explanation why = event_patterns::explain(pattern, event);
    json::object node{{"kind", why.matches ? "match" : "rule"}, {"rule", name}};
    json::array children;
    if (why.matches) {
      node["state"] = textOf(rule, "State");
      for (const json::object& target : targetsOfRule(*transport_, request_.bus, name)) addTarget(children, target);
    } else {
      json::array misses;
      for (const event_patterns::Miss& miss : why.misses) {
        misses.push_back(json::object{{"path", miss.path}, {"value", miss.value}, {"wanted", miss.wanted}});
      }
      node["matches"] = false;
      node["misses"] = std::move(misses);
    }
    node["children"] = std::move(children);
    nodes.push_back(std::move(node));
  }

  void addTarget(json::array& nodes, const json::object& target) {
    const std::string arn = textOf(target, "Arn");
    json::array children;
    const json::object* letters = objectOf(target, "DeadLetterConfig");
    if (letters) addFailures(children, textOf(*letters, "Arn"));
    if (arn.find(":function:") != std::string::npos) {
      const std::string function = functionInArn(arn);
      for (json::value& attempt : attemptsOf(function)) children.push_back(std::move(attempt));
      ask("What the function " + function + " does with failures", [&] { addFailuresOf(children, function); });
    }
    nodes.push_back(json::object{{"kind", "target"}, {"target", arn}, {"children", std::move(children)}});
  }

  // Its on-failure destination and its dead-letter queue.
  void addFailuresOf(json::array& nodes, const std::string& function) {
    const std::string name = aws::percentEncode(function);
    const json::object configuration = lambda("/2015-03-31/functions/" + name + "/configuration");
    if (const json::object* letters = objectOf(configuration, "DeadLetterConfig")) {
      addFailures(nodes, textOf(*letters, "TargetArn"));
    }
    try {
      const json::object asynchronous = lambda("/2019-09-25/functions/" + name + "/event-invoke-config");
      const json::object* destinations = objectOf(asynchronous, "DestinationConfig");
      const json::object* failure = destinations ? objectOf(*destinations, "OnFailure") : nullptr;
      if (failure) addFailures(nodes, textOf(*failure, "Destination"));
    } catch (const aws::ServiceError& error) {
      if (error.type() != "ResourceNotFoundException") throw;  // it has no settings of its own
    }
  }

  void addFailures(json::array& nodes, const std::string& arn) {
    if (arn.empty() || !looked_into_.insert(arn).second) return;
    if (arn.find(":sqs:") == std::string::npos) return say("What was given up is reported to " + arn + ".");
    if (!request_.looks_in_queues) {
      return say("Whether the queue " + arn + " holds the event: --queues looks, which counts as a receive.");
    }
    ask("The queue " + arn, [&] {
      Peeked peeked = peek(*session_, arn, {stream_, request_.version});
      for (json::value& message : peeked.messages) nodes.push_back(std::move(message));
      if (!peeked.left_out.empty()) say("Whether the queue " + arn + " holds the event: " + peeked.left_out + ".");
    });
  }

  void addArchives(json::array& nodes, const std::string& bus_arn, const event_patterns::EventFields& event) {
    const std::vector<json::object> archives = archivesOfBus(*transport_, bus_arn);
    for (const json::object& archive : archives) {
      const std::string pattern = textOf(archive, "EventPattern");
      nodes.push_back(json::object{{"kind", "archive"},
                                   {"archive", textOf(archive, "ArchiveName")},
                                   {"state", textOf(archive, "State")},
                                   {"matches", pattern.empty() || event_patterns::explain(pattern, event).matches},
                                   {"children", json::array()}});
    }
    if (archives.empty()) say("The bus " + request_.bus + " has no archive, from which the event could be replayed.");
  }

  // --- the read model ---

  json::object readModelAt(const std::string& table, const std::string& generation) const {
    const std::string key = readModelKey(generation, request_.log, request_.id);
    json::object response = dynamodb(
        "GetItem",
        {{"TableName", table}, {"Key", {{"pk", {{"S", key}}}, {"sk", {{"S", key}}}}}, {"ConsistentRead", true}});
    json::value* item = response.if_contains("Item");
    return item && item->is_object() ? std::move(item->get_object()) : json::object();
  }

  void addReadModel() {
    const std::string table = readModelTableName(request_.connection.stage);
    std::string generation;
    json::object item = readModelAt(table, generation);
    if (const std::string type = optionalText(item, "type"); !type.empty()) {
      const json::object pointer = dynamodb(
          "GetItem",
          {{"TableName", table},
           {"Key", {{"pk", {{"S", "projection#" + request_.log + "#" + type}}}, {"sk", {{"S", "generation"}}}}}});
      const json::object* found = objectOf(pointer, "Item");
      generation = found ? optionalText(*found, "current") : std::string();
      if (!generation.empty()) item = readModelAt(table, generation);
    }
    const std::uint64_t version = readModelVersion(item).value_or(0);
    if (version == 0) {
      say("Whether a read model of another generation has the event: `dynamodb-log project status " + request_.log +
          "` lists the generations.");
    }
    path_.push_back(json::object{{"kind", "readModel"},
                                 {"table", table},
                                 {"key", readModelKey(generation, request_.log, request_.id)},
                                 {"version", version},
                                 {"hasEvent", version >= request_.version},
                                 {"children", json::array()}});
  }

  const AwsTraceRequest request_;
  AdjustableClock clock_;
  Ids ids_;
  const std::shared_ptr<Transport> transport_;
  std::unique_ptr<aws::Session> session_;
  const std::string log_table_;
  const std::string stream_;
  Event event_;
  std::optional<Timestamp> appended_;
  std::set<std::string> looked_into_;  // queues
  json::array path_;
  json::array unknown_;
};

}  // namespace

json::object traceInAws(const AwsTraceRequest& request) { return AwsTrace(request).run(); }

}  // namespace ddblog::cli
