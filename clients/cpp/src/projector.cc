#include "ddblog/projector.h"

#include <charconv>
#include <exception>
#include <stdexcept>
#include <utility>

#include "aws/json_response.h"
#include "base/json_writer.h"
#include "clients/cpp/src/bus_hint.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/notices.h"
#include "clients/cpp/src/queries.h"
#include "clients/cpp/src/stored_events.h"
#include "clients/cpp/src/write_outcome.h"
#include "ddblog/names.h"
#include "item/limits.h"

namespace ddblog {
namespace {

constexpr std::chrono::milliseconds kRaceDelay{10};
constexpr std::size_t kMostChanges = 200;  // in one update expression, which has at most 4 KB

std::uint64_t versionIn(const json::object& item, const std::string& key) {
  if (!item.contains("version")) return 0;
  const json::string* text = typedMember(item, "version", "N");
  std::uint64_t version = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), version).ptr != text->data() + text->size()) {
    throw std::runtime_error("The read model " + key + " has a \"version\" that is not a number.");
  }
  return version;
}

// nullptr: there is none.
const json::object* itemIn(const json::object& response) {
  const json::value* item = response.if_contains("Item");
  return item ? item->if_object() : nullptr;
}

std::string where(const Event& event) {
  return streamKey(event.log, event.id) + " version " + std::to_string(event.version);
}

// What failed its condition in a cancelled transaction, as {"Item": …}; empty if the error does not say.
std::string firstReason(const ServiceError& error) {
  if (error.type() != "TransactionCanceledException") return error.body();
  try {
    const json::object body = aws::parseResponse(error.body());
    const json::value* reasons = body.if_contains("CancellationReasons");
    if (!reasons || !reasons->is_array() || reasons->get_array().empty()) return {};
    const json::value& first = reasons->get_array().front();
    return first.is_object() && first.get_object().contains("Item") ? json::serialize(first) : std::string();
  } catch (const std::runtime_error&) {
    return {};  // another server's error, without a body
  }
}

}  // namespace

// What one attempt has read and applied.
struct Projector::Progress {
  json::object response = {};        // its Item is the read model, until that is needed
  std::uint64_t stored_version = 0;  // for the condition
  std::uint64_t version = 0;
  ReadModel model = {};
  bool is_full = false;  // one transaction takes no more items: the next one goes on
  std::optional<ReadModelItems> items = {};
};

// What is to be done after an attempt.
struct Projector::Advance {
  std::optional<Progress> next = {};  // where to go on; std::nullopt: it is done
  bool was_lost = false;              // another handler was faster
};

Projector::Projector(std::shared_ptr<Transport> transport, ProjectorOptions options,
                     std::shared_ptr<Environment> environment)
    : transport_(std::move(transport)), options_(std::move(options)), environment_(std::move(environment)) {
  if (!options_.notice) options_.notice = toStandardError;
  options_.schema = checkedSchema(std::move(options_.schema));
  prefix_ = prefixOf(options_.generation);
}

void Projector::on(std::string event_type, Apply apply) {
  on(std::move(event_type),
     [apply = std::move(apply)](const Event& event, ReadModel& model, ReadModelItems&) { apply(event, model); });
}

void Projector::on(std::string event_type, ApplyToItems apply) { appliers_[std::move(event_type)] = std::move(apply); }

std::uint64_t Projector::handle(std::string_view bus_event) {
  const Hint hint = parseHint(bus_event);
  if (hint.stream.log != options_.log) {
    throw InvalidEvent("an event of the log \"" + hint.stream.log + "\", not of \"" + options_.log + "\"");
  }
  return project(hint.stream.id, hint.version);
}

std::uint64_t Projector::project(std::string_view id, std::uint64_t hint) {
  const std::string text(id);
  return goOn(load(text), text, hint);
}

std::uint64_t Projector::goOn(Progress progress, const std::string& id, std::uint64_t hint) const {
  for (int attempt = 1; progress.version < hint;) {
    if (attempt > options_.attempts) {
      throw std::runtime_error("The read model " + keyOf(id) + " was changed by another handler in each of " +
                               std::to_string(options_.attempts) + " attempts.");
    }
    // Whoever was faster has most likely done the work, so the first loss needs no pause.
    if (attempt > 2) environment_->pause(environment_->jitter(kRaceDelay * (attempt - 2)));
    Advance advance = advanceOnce(progress, id);
    if (!advance.next) break;
    attempt = advance.was_lost ? attempt + 1 : 1;
    progress = *std::move(advance.next);
  }
  return progress.version;
}

// Applies the events that follow, and writes the read model.
Projector::Advance Projector::advanceOnce(Progress& progress, const std::string& id) const {
  if (const json::object* item = itemIn(progress.response)) {
    for (const auto& [name, value] : *item) progress.model.attributes_[name] = json::serialize(value);
  }
  progress.items = ReadModelItems(*transport_, options_.read_model_table, prefix_);
  std::exception_ptr thrown;
  try {
    applyAll(progress, id);
  } catch (...) {
    thrown = std::current_exception();
  }
  std::optional<Progress> faster;
  if (progress.version > progress.stored_version) faster = write(progress, id);
  if (faster) return {std::move(faster), true};
  if (thrown) std::rethrow_exception(thrown);
  if (progress.is_full) return {load(id), false};
  return {};
}

// Whether the read model was behind this version, and no longer is where it was.
bool Projector::catchUp(const std::string& id, std::uint64_t version) const {
  Progress progress = load(id);
  const std::uint64_t before = progress.version;
  return before < version && goOn(std::move(progress), id, version) > before;
}

std::string Projector::keyAt(const std::string& prefix, std::string_view id) const {
  if (id.empty()) throw InvalidArgument("the id is empty", "id");
  std::string key = std::string(prefix).append(options_.log).append("#").append(id);
  if (key.size() > limits::kSortKeyBytes) {
    throw InvalidArgument(
        "the read model's key has " + std::to_string(key.size()) + " bytes; a sort key has at most 1,024",
        "sortKeyBytes");
  }
  return key;
}

std::string Projector::keyOf(std::string_view id) const { return keyAt(prefix_, id); }

void Projector::writeKey(JsonWriter& json, const std::string& id) const {
  const std::string attribute = stringAttribute(keyOf(id));
  json.key("pk").raw(attribute).key("sk").raw(attribute);
}

Projector::Progress Projector::load(const std::string& id) const {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(options_.read_model_table).key("ConsistentRead").value(true);
  json.key("Key").beginObject();
  writeKey(json, id);
  json.endObject().endObject();
  return progressOf(transport_->call(Api::kDynamoDb, "GetItem", request), id);
}

// `response`: an object whose "Item" is the read model; without one it does not exist.
Projector::Progress Projector::progressOf(const std::string& response, const std::string& id) const {
  Progress progress{.response = aws::parseResponse(response)};
  if (const json::object* item = itemIn(progress.response)) {
    progress.stored_version = progress.version = versionIn(*item, keyOf(id));
  }
  return progress;
}

void Projector::applyAll(Progress& progress, const std::string& id) const {
  const std::string pk = streamKey(options_.log, id);
  queryStream(*transport_, options_.log_table, pk, {.first = progress.version + 1}, options_.schema,
              [&](const Event& event) {
                if (event.version != progress.version + 1) {
                  options_.notice("The stream " + pk + " has a gap: after version " + std::to_string(progress.version) +
                                  " comes version " + std::to_string(event.version) +
                                  ". No event is applied until the gap is filled.");
                  return false;
                }
                apply(progress, event);
                return !progress.is_full;
              });
}

void Projector::apply(Progress& progress, const Event& event) const {
  const auto applier = appliers_.find(event.type);
  if (applier != appliers_.end()) {
    if (!applyWith(applier->second, progress, event)) return;
  } else if (event.type != names::kDeletedType) {
    options_.notice("No applier for events of type \"" + event.type + "\"; only the version advances: " + where(event) +
                    ".");
  }
  progress.version = event.version;
}

// False: the event needs more items than are left in this transaction, and a transaction of its own.
bool Projector::applyWith(const ApplyToItems& apply, Progress& progress, const Event& event) const {
  ReadModel model = progress.model;  // an applier that throws changes nothing
  ReadModelItems& items = *progress.items;
  items.beginEvent();
  std::exception_ptr thrown;
  try {
    apply(event, model, items);
  } catch (const InvalidEvent& invalid) {
    thrown = std::make_exception_ptr(InvalidEvent(where(event) + ": " + invalid.what()));
  } catch (...) {
    thrown = std::current_exception();
  }
  if (items.is_full_ && !thrown)
    thrown = std::make_exception_ptr(ReadModelItems::tooMany());  // the applier has caught it
  if (!thrown) {
    progress.model = std::move(model);
    return true;
  }
  items.undoEvent();
  progress.is_full = items.is_full_ && progress.version > progress.stored_version;
  if (!progress.is_full) std::rethrow_exception(thrown);
  return false;
}

// The condition of a write of the main item, and what its error is to hold.
void Projector::writeCondition(JsonWriter& json, const Progress& progress) {
  json.key("ConditionExpression")
      .value(progress.stored_version == 0 ? "attribute_not_exists(#version)" : "#version = :read");
  json.key("ReturnValuesOnConditionCheckFailure").value("ALL_OLD");
}

// The request that brings the stored item to `progress`, if its version is unchanged.
std::string Projector::updateItem(const Progress& progress, const std::string& id) const {
  std::string set = "SET #version = :version", remove;
  std::string names = R"({"#version":"version")";
  std::string values = R"({":version":)" + numberAttribute(std::to_string(progress.version));
  int count = 0;
  for (const std::string& attribute : progress.model.changed_) {
    const std::string number = std::to_string(count++);
    names.append(",\"#a").append(number).append("\":");
    appendJsonString(names, attribute);
    const auto value = progress.model.attributes_.find(attribute);
    if (value == progress.model.attributes_.end()) {
      remove.append(remove.empty() ? " REMOVE #a" : ", #a").append(number);
    } else {
      set.append(", #a").append(number).append(" = :a").append(number);
      values.append(",\":a").append(number).append("\":").append(value->second);
    }
  }
  if (progress.stored_version != 0) {
    values.append(",\":read\":").append(numberAttribute(std::to_string(progress.stored_version)));
  }
  names += '}';
  values += '}';

  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(options_.read_model_table).key("Key").beginObject();
  writeKey(json, id);
  json.endObject().key("UpdateExpression").value(set + remove);
  writeCondition(json, progress);
  json.key("ExpressionAttributeNames").raw(names).key("ExpressionAttributeValues").raw(values).endObject();
  return request;
}

// The same as a whole item, for more changes than an update expression takes.
std::string Projector::putItem(const Progress& progress, const std::string& id) const {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(options_.read_model_table).key("Item").beginObject();
  writeKey(json, id);
  json.key("version").raw(numberAttribute(std::to_string(progress.version)));
  for (const auto& [name, value] : progress.model.attributes_) {
    if (name != "pk" && name != "sk" && name != "version") json.key(name).raw(value);
  }
  json.endObject();
  writeCondition(json, progress);
  json.key("ExpressionAttributeNames").raw(R"({"#version":"version"})");
  if (progress.stored_version != 0) {
    const std::string read = numberAttribute(std::to_string(progress.stored_version));
    json.key("ExpressionAttributeValues").beginObject().key(":read").raw(read).endObject();
  }
  json.endObject();
  return request;
}

// Returns what another handler has written, if it was faster.
std::optional<Projector::Progress> Projector::write(Progress& progress, const std::string& id) const {
  if (progress.stored_version == 0) {
    progress.model.setString("type", options_.type);
    progress.model.setString("id", id);
  }
  const bool is_put = progress.model.changed_.size() > kMostChanges;
  const std::string main = is_put ? putItem(progress, id) : updateItem(progress, id);
  const std::string others = progress.items->actions();
  try {
    if (others.empty()) {
      transport_->call(Api::kDynamoDb, is_put ? "PutItem" : "UpdateItem", main);
    } else {
      const std::string action = std::string("{\"") + (is_put ? "Put" : "Update") + "\":" + main + "}";
      transport_->call(Api::kDynamoDb, "TransactWriteItems", "{\"TransactItems\":[" + action + others + "]}");
    }
  } catch (const ServiceError& error) {
    if (!isConditionFailure(error)) {
      if (!isPassing(error)) throw;
      return load(id);
    }
    const std::string winner = firstReason(error);
    return winner.empty() ? load(id) : progressOf(winner, id);
  }
  return std::nullopt;
}

}  // namespace ddblog
