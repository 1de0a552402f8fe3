#include "ddblog/projector.h"

#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "aws/json_response.h"
#include "base/json_handler.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/payload_json.h"
#include "clients/cpp/src/queries.h"

namespace ddblog {
namespace {

constexpr std::chrono::milliseconds kRaceDelay{10};

void toStandardError(const std::string& line) { std::cerr << line << std::endl; }

std::string keyOf(const std::string& log, const std::string& id) { return log + '#' + id; }

void writeKey(JsonWriter& json, const std::string& key) {
  const std::string attribute = stringAttribute(key);
  json.key("Key").beginObject().key("pk").raw(attribute).key("sk").raw(attribute).endObject();
}

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

// The stream and version that a bus event names.
struct Hint {
  StreamName stream;
  std::uint64_t version;
};

// Reads detail.key.pk and detail.key.sk out of a bus event. Handlers do so for each event, and need nothing else
// of it, so it does not become a tree.
class HintReader : public JsonHandler {
 public:
  std::optional<Hint> hint() const {
    const auto stream = pk_ ? parseStreamKey(*pk_) : std::nullopt;
    if (!stream || !sk_) return std::nullopt;
    return Hint{*stream, *sk_};
  }

  bool on_object_begin(Error&) {
    ++depth_;
    const bool is_on_the_way = level_ == 0 || (level_ == 1 && name_ == "detail") || (level_ == 2 && name_ == "key");
    if (depth_ == level_ + 1 && is_on_the_way) {
      level_ = depth_;
      pk_.reset();
      sk_.reset();
    }
    return true;
  }
  bool on_object_end(std::size_t, Error&) {
    if (level_ == depth_) --level_;
    --depth_;
    return true;
  }
  bool on_array_begin(Error&) { return ++depth_ > 0; }
  bool on_array_end(std::size_t, Error&) { return --depth_ >= 0; }
  bool on_key_part(Text part, std::size_t, Error&) {
    if (depth_ == level_) text_ += part;
    return true;
  }
  bool on_key(Text rest, std::size_t, Error&) {
    if (depth_ != level_) return true;
    text_ += rest;
    name_.swap(text_);
    text_.clear();
    return true;
  }
  bool on_string_part(Text part, std::size_t, Error&) {
    if (isAt("pk")) text_ += part;
    return true;
  }
  bool on_string(Text rest, std::size_t, Error&) {
    if (!isAt("pk")) return true;
    text_ += rest;
    pk_ = std::exchange(text_, {});
    return true;
  }
  bool on_int64(std::int64_t number, Text, Error&) {
    if (isAt("sk") && number >= 0) sk_ = static_cast<std::uint64_t>(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, Text, Error&) {
    if (isAt("sk")) sk_ = number;
    return true;
  }
  bool on_double(double number, Text, Error&) {
    constexpr double kWholeNumbers = 9007199254740992;  // up to here, a double is a whole number or is not
    if (isAt("sk") && number >= 0 && number <= kWholeNumbers && std::floor(number) == number) {
      sk_ = static_cast<std::uint64_t>(number);
    }
    return true;
  }

 private:
  static constexpr int kKey = 3;  // the level of the members of detail.key

  bool isAt(std::string_view name) const { return level_ == kKey && depth_ == kKey && name_ == name; }

  int depth_ = 0;
  int level_ = 0;  // how far it is on the way: 1 in the event, 2 in its detail, 3 in its key
  std::string name_, text_;
  std::optional<std::string> pk_;
  std::optional<std::uint64_t> sk_;
};

Hint parseHint(std::string_view bus_event) {
  boost::json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  boost::json::basic_parser<HintReader> parser(options);
  JsonHandler::Error error;
  const std::size_t used = parser.write_some(false, bus_event.data(), bus_event.size(), error);
  if (!error && used == bus_event.size()) {
    if (const auto hint = parser.handler().hint()) return *hint;
  }
  throw InvalidEvent("not an event of the log: \"detail\" has no \"key\" with \"pk\" (<log>#<id>#stream) and \"sk\"");
}

}  // namespace

std::optional<std::string> ReadModel::string(const std::string& attribute) const {
  const auto found = attributes_.find(attribute);
  if (found == attributes_.end()) return std::nullopt;
  const json::value value = parseJson(found->second);
  const json::value* text = value.as_object().if_contains("S");
  if (!text) return std::nullopt;
  return std::string(text->as_string());
}

std::optional<std::string> ReadModel::json(const std::string& attribute) const {
  const auto found = attributes_.find(attribute);
  if (found == attributes_.end()) return std::nullopt;
  return jsonFromAttribute(parseJson(found->second));
}

void ReadModel::setString(const std::string& attribute, std::string_view value) {
  attributes_[attribute] = stringAttribute(value);
  changed_.insert(attribute);
}

void ReadModel::setNumber(const std::string& attribute, std::string_view number) {
  if (!isJsonNumber(number)) throw std::invalid_argument("\"" + std::string(number) + "\" is not a number");
  setJson(attribute, number);
}

void ReadModel::setBool(const std::string& attribute, bool value) { setJson(attribute, value ? "true" : "false"); }

void ReadModel::setJson(const std::string& attribute, std::string_view json) {
  attributes_[attribute] = attributeFromJson(json);
  changed_.insert(attribute);
}

void ReadModel::remove(const std::string& attribute) {
  attributes_.erase(attribute);
  changed_.insert(attribute);
}

// What one attempt has read and applied.
struct Projector::Progress {
  json::object response = {};        // its Item is the read model, until that is needed
  std::uint64_t stored_version = 0;  // for the condition
  std::uint64_t version = 0;
  ReadModel model;
};

Projector::Projector(std::shared_ptr<Transport> transport, ProjectorOptions options,
                     std::shared_ptr<Environment> environment)
    : transport_(std::move(transport)), options_(std::move(options)), environment_(std::move(environment)) {
  if (!options_.notice) options_.notice = toStandardError;
}

void Projector::on(std::string event_type, Apply apply) { appliers_[std::move(event_type)] = std::move(apply); }

std::uint64_t Projector::handle(std::string_view bus_event) {
  const Hint hint = parseHint(bus_event);
  if (hint.stream.log != options_.log) {
    throw InvalidEvent("an event of the log \"" + hint.stream.log + "\", not of \"" + options_.log + "\"");
  }
  return project(hint.stream.id, hint.version);
}

std::uint64_t Projector::project(std::string_view id, std::uint64_t hint) {
  const std::string text(id);
  Progress progress = load(text);
  for (int i = 1; i <= options_.attempts; ++i) {
    if (progress.version >= hint) return progress.version;
    // Whoever was faster has most likely done the work, so the first loss needs no pause.
    if (i > 2) environment_->pause(environment_->jitter(kRaceDelay * (i - 2)));
    std::optional<Progress> faster = advance(progress, text);
    if (!faster) return progress.version;
    progress = *std::move(faster);
  }
  if (progress.version >= hint) return progress.version;
  throw std::runtime_error("The read model " + keyOf(options_.log, text) +
                           " was changed by another handler in each of " + std::to_string(options_.attempts) +
                           " attempts.");
}

// Applies the events that follow, and writes the read model. If another handler was faster, returns what
// that has written.
std::optional<Projector::Progress> Projector::advance(Progress& progress, const std::string& id) const {
  if (const json::object* item = itemIn(progress.response)) {
    for (const auto& [name, value] : *item) progress.model.attributes_[name] = json::serialize(value);
  }
  std::exception_ptr thrown;
  try {
    applyAll(progress, id);
  } catch (...) {
    thrown = std::current_exception();
  }
  std::optional<Progress> faster;
  if (progress.version > progress.stored_version) faster = write(progress, id);
  if (thrown && !faster) std::rethrow_exception(thrown);
  return faster;
}

Projector::Progress Projector::load(const std::string& id) const {
  const std::string key = keyOf(options_.log, id);
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(options_.read_model_table).key("ConsistentRead").value(true);
  writeKey(json, key);
  json.endObject();
  return progressOf(transport_->call(Api::kDynamoDb, "GetItem", request), id);
}

// `response`: an object whose "Item" is the read model; without one it does not exist.
Projector::Progress Projector::progressOf(const std::string& response, const std::string& id) const {
  Progress progress{aws::parseResponse(response), 0, 0, ReadModel()};
  if (const json::object* item = itemIn(progress.response)) {
    progress.stored_version = progress.version = versionIn(*item, keyOf(options_.log, id));
  }
  return progress;
}

void Projector::applyAll(Progress& progress, const std::string& id) const {
  const std::string pk = streamKey(options_.log, id);
  queryStream(*transport_, options_.log_table, pk, {.first = progress.version + 1}, [&](const Event& event) {
    if (event.version != progress.version + 1) {
      options_.notice("The stream " + pk + " has a gap: after version " + std::to_string(progress.version) +
                      " comes version " + std::to_string(event.version) +
                      ". No event is applied until the gap is filled.");
      return false;
    }
    apply(progress, event);
    return true;
  });
}

void Projector::apply(Progress& progress, const Event& event) const {
  const auto applier = appliers_.find(event.type);
  if (applier == appliers_.end()) {
    options_.notice("No applier for events of type \"" + event.type + "\"; only the version advances: " + where(event) +
                    ".");
  } else {
    ReadModel model = progress.model;  // an applier that throws changes nothing
    try {
      applier->second(event, model);
    } catch (const InvalidEvent& invalid) {
      throw InvalidEvent(where(event) + ": " + invalid.what());
    }
    progress.model = std::move(model);
  }
  progress.version = event.version;
}

// The UpdateItem request that brings the stored item to `progress`, if its version is unchanged.
std::string Projector::updateItem(const Progress& progress, const std::string& id) const {
  std::string set = "SET #version = :version", remove;
  std::string names = R"({"#version":"version")";
  std::string values = R"({":version":)" + numberAttribute(std::to_string(progress.version));
  int count = 0;
  for (const std::string& attribute : progress.model.changed_) {
    const std::string number = std::to_string(count++);
    names += ",\"#a" + number + "\":";
    appendJsonString(names, attribute);
    const auto value = progress.model.attributes_.find(attribute);
    if (value == progress.model.attributes_.end()) {
      remove += (remove.empty() ? " REMOVE #a" : ", #a") + number;
    } else {
      set += ", #a" + number + " = :a" + number;
      values += ",\":a" + number + "\":" + value->second;
    }
  }
  const bool is_new = progress.stored_version == 0;
  if (!is_new) values += ",\":read\":" + numberAttribute(std::to_string(progress.stored_version));

  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(options_.read_model_table);
  writeKey(json, keyOf(options_.log, id));
  json.key("UpdateExpression").value(set + remove);
  json.key("ConditionExpression").value(is_new ? "attribute_not_exists(#version)" : "#version = :read");
  json.key("ReturnValuesOnConditionCheckFailure").value("ALL_OLD");
  json.key("ExpressionAttributeNames").raw(names + "}").key("ExpressionAttributeValues").raw(values + "}").endObject();
  return request;
}

std::optional<Projector::Progress> Projector::write(Progress& progress, const std::string& id) const {
  if (progress.stored_version == 0) {
    progress.model.setString("type", options_.type);
    progress.model.setString("id", id);
  }
  try {
    transport_->call(Api::kDynamoDb, "UpdateItem", updateItem(progress, id));
  } catch (const ServiceError& error) {
    if (error.type() != "ConditionalCheckFailedException") throw;
    return progressOf(error.body(), id);
  }
  return std::nullopt;
}

}  // namespace ddblog
