#include "ddblog/publish.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/digests.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/notices.h"
#include "ddblog/names.h"

namespace ddblog {
namespace {

using names::kDetailType;
using names::kSource;
constexpr std::chrono::milliseconds kFirstDelay{50};

// As EventBridge counts. Our entries have neither Time nor Resources.
std::size_t entryBytes(const std::string& detail) { return kSource.size() + kDetailType.size() + detail.size(); }

const json::object* memberObject(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value ? value->if_object() : nullptr;
}

std::string memberText(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// A trace id of X-Ray that belongs to this change record alone, whoever publishes it and how often:
// 32 hexadecimal digits, the first 8 of which are a time. "Sampled=0": nobody pays for the trace.
std::string traceHeaderOf(const json::object& record, const json::object& change) {
  const json::value* created = change.if_contains("ApproximateCreationDateTime");
  const double seconds =
      created && created->is_number() ? std::clamp(created->to_number<double>(), 0.0, double{UINT32_MAX}) : 0;
  const std::string digest = sha256Hex(memberText(record, "eventID") + '\0' + memberText(record, "eventSourceARN") +
                                       '\0' + memberText(change, "SequenceNumber"));
  char time[9];
  std::snprintf(time, sizeof time, "%08x", static_cast<std::uint32_t>(seconds));
  return std::string("Root=1-") + time + "-" + digest.substr(0, 24) + ";Sampled=0";
}

}  // namespace

struct Publisher::Entry {
  std::string sequence_number;
  std::string key;  // for reports: "users#42#stream version 3"
  std::string detail;
  std::string trace_header;
};

Publisher::Publisher(std::shared_ptr<Transport> transport, PublishOptions options,
                     std::shared_ptr<Environment> environment)
    : transport_(std::move(transport)), options_(std::move(options)), environment_(std::move(environment)) {
  if (!options_.report) options_.report = toStandardError;
}

PublishResult Publisher::publish(std::string_view batch) {
  PublishResult result;
  const std::vector<Entry> entries = read(batch, result);
  const Entry* const end = entries.data() + entries.size();
  for (const Entry* first = entries.data(); first != end;) {
    const Entry* last = first;
    std::size_t bytes = 0;
    while (last != end && static_cast<std::size_t>(last - first) < limits::kPutEventsEntries) {
      bytes += entryBytes(last->detail);
      if (bytes > limits::kPutEventsBytes && last != first) break;
      ++last;
    }
    if (!putAll(first, last, result)) return result;
    first = last;
  }
  return result;
}

// The entries of a batch, in order. Counts the records that do not become entries.
std::vector<Publisher::Entry> Publisher::read(std::string_view text, PublishResult& result) const {
  const json::value tree = parseJson(text);
  const json::value* records = tree.is_object() ? tree.get_object().if_contains("Records") : nullptr;
  if (!records || !records->is_array()) throw std::invalid_argument("not a batch of change records: no \"Records\"");
  std::vector<Entry> entries;
  for (const json::value& record : records->get_array()) {
    const json::object* change = record.is_object() ? memberObject(record.get_object(), "dynamodb") : nullptr;
    if (!change) throw std::invalid_argument("not a batch of change records: a record without \"dynamodb\"");
    const json::object* keys = memberObject(*change, "Keys");
    const json::string* pk = keys ? typedMember(*keys, "pk", "S") : nullptr;
    if (!pk || !pk->ends_with("#stream") || memberText(record.get_object(), "eventName") == "REMOVE") {
      ++result.ignored;
      continue;
    }
    const std::string sequence_number = memberText(*change, "SequenceNumber");
    try {
      const json::object* image = memberObject(*change, "NewImage");
      if (!image) throw InvalidEvent("the record has no new image (the stream's view type must carry it)");
      const Event event = eventFromItem(*image);
      std::string detail = detailOf(event, false);
      if (entryBytes(detail) > std::min(options_.max_entry_bytes, limits::kPutEventsBytes)) {
        detail = detailOf(event, true);
      }
      entries.push_back(
          {sequence_number, std::string(*pk), std::move(detail), traceHeaderOf(record.get_object(), *change)});
    } catch (const InvalidEvent& invalid) {
      ++result.invalid;
      options_.report("Skipping an item that is not an event: " + json::serialize(*keys) + ": " + invalid.what() + ".");
    }
  }
  return entries;
}

// Puts the entries of one call and retries failed ones. Returns false if some fail in every
// attempt.
bool Publisher::putAll(const Entry* first, const Entry* last, PublishResult& result) const {
  std::vector<const Entry*> entries;
  for (const Entry* entry = first; entry != last; ++entry) entries.push_back(entry);
  for (int attempt = 1; !entries.empty() && attempt <= options_.attempts; ++attempt) {
    if (attempt > 1) environment_->pause(kFirstDelay * (1 << (attempt - 2)) + environment_->jitter(kFirstDelay));
    const std::size_t before = entries.size();
    entries = putOnce(entries);
    result.events += before - entries.size();
  }
  if (entries.empty()) return true;
  result.first_failed_sequence_number = entries.front()->sequence_number;
  return false;
}

// One call. Returns the entries that failed, in order.
std::vector<const Publisher::Entry*> Publisher::putOnce(const std::vector<const Entry*>& entries) const {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("Entries").beginArray();
  for (const Entry* entry : entries) {
    json.beginObject().key("Source").value(kSource).key("DetailType").value(kDetailType);
    json.key("Detail").value(entry->detail).key("EventBusName").value(options_.bus);
    json.key("TraceHeader").value(entry->trace_header).endObject();
  }
  json.endArray().endObject();
  try {
    const json::object response = aws::parseResponse(transport_->call(Api::kEventBridge, "PutEvents", request));
    const json::array& results = response.at("Entries").as_array();
    std::vector<const Entry*> failed;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const json::object& result = results.at(i).as_object();
      if (!result.contains("ErrorCode")) continue;
      failed.push_back(entries[i]);
      options_.report("The bus " + options_.bus + " rejected " + entries[i]->key + ": " +
                      memberText(result, "ErrorCode") + ": " + memberText(result, "ErrorMessage"));
    }
    return failed;
  } catch (const std::exception& e) {
    options_.report("PutEvents of " + std::to_string(entries.size()) + " events failed: " + e.what());
    return entries;
  }
}

}  // namespace ddblog
