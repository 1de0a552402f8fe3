#include "cli/replays/source_log.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/json_fields.h"
#include "base/json_writer.h"
#include "base/parallel.h"
#include "base/thread_annotations.h"
#include "clients/cpp/src/event_item.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kSegments = 8;                // of a scan, each read by a thread
constexpr std::size_t kMissingPage = 100;           // events
constexpr std::size_t kMissingPageBytes = 4 << 20;  // of them; several streams are read at once

bool isAnyOf(const std::vector<std::string>& wanted, const std::string& text) {
  return wanted.empty() || std::ranges::find(wanted, text) != wanted.end();
}

// Of "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME".
EventOrigin originOf(const std::string& table_arn, Timestamp now) {
  std::istringstream in(table_arn);
  std::string part;
  std::vector<std::string> parts;
  while (std::getline(in, part, ':')) parts.push_back(part);
  if (parts.size() < 6) throw std::runtime_error("The service's response to DescribeTable has no ARN.");
  return {parts[4], parts[3], now};
}

enum class InTime { kYes, kTooEarly, kTooLate, kUnknown };

InTime timeIn(const eventbridge::ArchiveQuery& query, const IncomingEvent& event) {
  if (!query.from && !query.to) return InTime::kYes;
  try {
    const Timestamp created = fromIso8601(event.created_at);
    if (query.from && created < *query.from) return InTime::kTooEarly;
    return query.to && created > *query.to ? InTime::kTooLate : InTime::kYes;
  } catch (const std::invalid_argument&) {
    return InTime::kUnknown;
  }
}

// Of an item that is no event: its key may not be one of a stream either.
bool mayBeOfLogs(const json::object& item, const std::vector<std::string>& logs) {
  const auto pk = typedMember(item, "pk", "S");
  const auto stream = pk ? parseStreamKey(std::string(*pk)) : std::nullopt;
  return !stream || isAnyOf(logs, stream->log);
}

std::string lastKeyOf(const json::object& response) {
  const json::object* key = objectOf(response, "LastEvaluatedKey");
  return key ? json::serialize(*key) : std::string();
}

}  // namespace

SourceLog::SourceLog(std::shared_ptr<Transport> transport, const std::string& stage, eventbridge::ArchiveQuery query,
                     Timestamp now)
    : transport_(std::move(transport)), table_(logTableName(stage)), query_(std::move(query)) {
  try {
    const json::object response = aws::parseResponse(
        transport_->call(Api::kDynamoDb, "DescribeTable", json::serialize(json::object{{"TableName", table_}})));
    const json::object& table = response.at("Table").as_object();
    const json::value* items = memberOf(table, "ItemCount");
    if (items && items->is_number()) items_ = items->to_number<std::uint64_t>();
    origin_ = originOf(textOf(table, "TableArn"), now);
  } catch (const ServiceError& error) {
    if (error.type() != "ResourceNotFoundException") throw;
    throw std::invalid_argument("There is no log table " + table_ + " in AWS: is " + stage + " the stage (--stage)?");
  }
}

bool SourceLog::isWanted(const IncomingEvent& event) const {
  const auto stream = parseStreamKey(event.pk);
  return stream && isAnyOf(query_.logs, stream->log) && isAnyOf(query_.types, event.type) &&
         timeIn(query_, event) == InTime::kYes;
}

SourceLog::Page SourceLog::pageOf(const json::object& response) const {
  Page page;
  for (const json::value& item : response.at("Items").as_array()) {
    ++page.read;
    auto event = incomingOfItem(item.as_object(), origin_);
    if (!event) {
      if (mayBeOfLogs(item.as_object(), query_.logs)) ++page.foreign;
      continue;
    }
    if (timeIn(query_, *event) == InTime::kUnknown) ++page.undated;
    if (isWanted(*event)) page.events.push_back(*std::move(event));
  }
  return page;
}

void SourceLog::scan(const std::function<bool(const Page&)>& take) const {
  Mutex mutex;
  std::atomic<bool> goes_on = true;
  inParallel(kSegments, kSegments, [&](std::size_t segment) {
    std::string start;
    do {
      std::string request;
      JsonWriter json(request);
      json.beginObject().key("TableName").value(table_).key("ConsistentRead").value(true);
      json.key("Segment").value(static_cast<std::int64_t>(segment));
      json.key("TotalSegments").value(static_cast<std::int64_t>(kSegments));
      if (!start.empty()) json.key("ExclusiveStartKey").raw(start);
      json.endObject();
      const json::object response = aws::parseResponse(transport_->call(Api::kDynamoDb, "Scan", request));
      start = lastKeyOf(response);
      const Page page = pageOf(response);
      MutexLock lock(mutex);
      if (goes_on && !take(page)) goes_on = false;
    } while (goes_on && !start.empty());
  });
}

void SourceLog::query(const std::string& pk, const replays::VersionRange& range, bool forward,
                      const std::function<bool(const IncomingEvent&)>& visit) const {
  std::string start;
  do {
    std::string request;
    JsonWriter json(request);
    json.beginObject().key("TableName").value(table_).key("ConsistentRead").value(true);
    json.key("ScanIndexForward").value(forward);
    json.key("KeyConditionExpression").value("pk = :pk AND sk BETWEEN :first AND :last");
    json.key("ExpressionAttributeValues").beginObject().key(":pk").raw(stringAttribute(pk));
    json.key(":first").raw(numberAttribute(std::to_string(range.first)));
    json.key(":last").raw(numberAttribute(std::to_string(range.last))).endObject();
    if (!start.empty()) json.key("ExclusiveStartKey").raw(start);
    json.endObject();
    const json::object response = aws::parseResponse(transport_->call(Api::kDynamoDb, "Query", request));
    for (const json::value& item : response.at("Items").as_array()) {
      auto event = incomingOfItem(item.as_object(), origin_);
      if (event && !visit(*event)) return;
    }
    start = lastKeyOf(response);
  } while (!start.empty());
}

// The first version of the range of times, or `before`. The first event that is too early ends the search. Absent
// versions before all that the table has are no longer known: their items have expired.
std::uint64_t SourceLog::firstInTime(const std::string& pk, std::uint64_t before, std::uint64_t& unknown) const {
  if (!query_.from || before == 1) return 1;
  std::uint64_t first = before, undated = 0;
  query(pk, {1, before - 1}, false, [&](const IncomingEvent& event) {
    const InTime time = timeIn(query_, event);
    if (time == InTime::kTooEarly) {
      undated = first - event.version - 1;  // with those that are absent
      return false;
    }
    undated = time == InTime::kUnknown ? undated + 1 : 0;
    if (time != InTime::kUnknown) first = event.version;
    return true;
  });
  unknown += undated;
  return first;
}

// The last version of the range of times, or `after`.
std::uint64_t SourceLog::lastInTime(const std::string& pk, std::uint64_t after, std::uint64_t& unknown) const {
  std::uint64_t last = after, undated = 0;
  query(pk, {after + 1, std::numeric_limits<std::int64_t>::max()}, true, [&](const IncomingEvent& event) {
    const InTime time = query_.to ? timeIn(query_, event) : InTime::kYes;
    if (time == InTime::kTooLate) {
      undated = event.version - last - 1;
      return false;
    }
    undated = time == InTime::kUnknown ? undated + 1 : 0;
    if (time != InTime::kUnknown) last = event.version;
    return true;
  });
  unknown += undated;
  return last;
}

SourceLog::Missing SourceLog::readMissing(const std::string& pk, const replays::StreamVersions& arrived,
                                          const std::function<void(const std::vector<IncomingEvent>&)>& take) const {
  std::vector<IncomingEvent> page;
  std::size_t bytes = 0;
  const auto give = [&] {
    if (!page.empty()) take(page);
    page.clear();
    bytes = 0;
  };
  const auto add = [&](const IncomingEvent& event) {
    if (!isAnyOf(query_.types, event.type)) return;
    page.push_back(event);
    bytes += event.item.size() + event.event.size();
    if (page.size() >= kMissingPage || bytes >= kMissingPageBytes) give();
  };
  Missing missing;
  std::vector<replays::VersionRange> gaps = arrived.gaps(pk, firstInTime(pk, arrived.lowest(pk), missing.unknown));
  const std::uint64_t highest = arrived.highest(pk), last = lastInTime(pk, highest, missing.unknown);
  if (last > highest) gaps.push_back({highest + 1, last});
  for (const replays::VersionRange& gap : gaps) {
    std::uint64_t found = 0;
    query(pk, gap, true, [&](const IncomingEvent& event) {
      ++found;
      add(event);
      return true;
    });
    if (query_.types.empty()) missing.lost += gap.last - gap.first + 1 - found;
  }
  give();
  return missing;
}

std::optional<IncomingEvent> SourceLog::get(const std::string& pk, std::uint64_t version) const {
  std::optional<IncomingEvent> found;
  query(pk, {version, version}, true, [&](const IncomingEvent& event) {
    found = event;
    return false;
  });
  return found;
}

}  // namespace ddblog::cli
