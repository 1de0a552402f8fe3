#include "ddblog/event_log.h"

#include <set>

#include "base/parallel.h"
#include "base/thread_annotations.h"
#include "clients/cpp/src/appender.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/queries.h"
#include "clients/cpp/src/stored_events.h"
#include "ddblog/names.h"

namespace ddblog {
namespace {

constexpr std::uint64_t kPageEvents = 100;
constexpr std::size_t kMostSegments = 64;  // ours: each one is a thread

VersionRange rangeOf(const ReadOptions& options) {
  for (const std::uint64_t version : {options.from, options.to}) {
    if (version > kLastVersion) throw InvalidArgument("versions end at 2^53 - 1", "version");
  }
  VersionRange range{.limit = options.limit, .backwards = options.backwards, .consistent = options.consistent};
  const std::uint64_t low = options.backwards ? options.to : options.from;
  const std::uint64_t high = options.backwards ? options.from : options.to;
  if (low != 0) range.first = low;
  if (high != 0) range.last = high;
  return range;
}

// "local-core" beside "local-dynamodb-logs"; empty beside a table of another name.
std::string readModelTableBeside(std::string_view table) {
  if (!table.ends_with(names::kLogTableEnd)) return {};
  table.remove_suffix(names::kLogTableEnd.size());
  return readModelTableName(table);
}

}  // namespace

EventLog::EventLog(std::shared_ptr<Transport> transport, std::string table, std::shared_ptr<Environment> environment)
    : EventLog(std::move(transport), std::move(table), EventLogOptions(), std::move(environment)) {}

EventLog::EventLog(std::shared_ptr<Transport> transport, std::string table, EventLogOptions options,
                   std::shared_ptr<Environment> environment)
    : transport_(std::move(transport)),
      table_(std::move(table)),
      environment_(std::move(environment)),
      schema_(std::make_shared<const Schema>(checkedSchema(std::move(options.schema)))),
      read_model_table_(options.read_model_table.empty() ? readModelTableBeside(table_)
                                                         : std::move(options.read_model_table)),
      appender_(std::make_unique<Appender>(transport_, table_, schema_, environment_)) {}

EventLog::~EventLog() = default;

AppendResult EventLog::append(std::string_view log, std::string_view id, const NewEvent& event, Expected expected) {
  return appendAll(log, id, {event}, expected);
}

AppendResult EventLog::appendAll(std::string_view log, std::string_view id, const std::vector<NewEvent>& events,
                                 Expected expected) {
  return appendTransaction({{std::string(log), std::string(id), events, expected}}).front();
}

std::vector<AppendResult> EventLog::appendTransaction(const std::vector<StreamAppend>& appends) {
  return appender_->append(appends);
}

AppendResult EventLog::deleteStream(std::string_view log, std::string_view id, Expected expected) {
  const NewEvent closing{std::string(names::kDeletedType), "{}"};
  return appender_->append({{std::string(log), std::string(id), {closing}, expected}}, true).front();
}

std::vector<Event> EventLog::read(std::string_view log, std::string_view id, std::uint64_t from) {
  std::vector<Event> events;
  read(log, id, from, [&](const Event& event) {
    events.push_back(event);
    return true;
  });
  return events;
}

void EventLog::read(std::string_view log, std::string_view id, std::uint64_t from,
                    const std::function<bool(const Event&)>& visit) {
  read(log, id, ReadOptions{.from = from}, visit);
}

void EventLog::read(std::string_view log, std::string_view id, const ReadOptions& options,
                    const std::function<bool(const Event&)>& visit) {
  const std::string pk = streamKey(log, id);
  queryStream(*transport_, table_, pk, rangeOf(options), *schema_, [&](const Event& event) {
    appender_->note(pk, event.type, event.version);
    return visit(event);
  });
}

EventRange EventLog::stream(std::string_view log, std::string_view id, const ReadOptions& options) {
  const std::string pk = streamKey(log, id);
  auto pages = std::make_shared<StreamPages>(transport_, table_, pk, rangeOf(options), schema_);
  return EventRange([this, pk, pages] {
    std::vector<Event> events = pages->next();
    for (const Event& event : events) {
      appender_->note(pk, event.type, event.version);
    }
    return events;
  });
}

EventPage EventLog::readPage(std::string_view log, std::string_view id, const ReadOptions& options) {
  const std::string pk = streamKey(log, id);
  VersionRange range = rangeOf(options);
  if (range.limit == 0) range.limit = kPageEvents;
  EventPage page = queryPage(*transport_, table_, pk, range, *schema_);
  for (const Event& event : page.events) appender_->note(pk, event.type, event.version);
  return page;
}

std::uint64_t EventLog::version(std::string_view log, std::string_view id) {
  const auto latest = queryLatest(*transport_, table_, streamKey(log, id));
  return latest.empty() ? 0 : latest.front().version;
}

bool EventLog::exists(std::string_view log, std::string_view id) {
  const auto latest = queryLatest(*transport_, table_, streamKey(log, id));
  return !latest.empty() && latest.front().type != names::kDeletedType;
}

void EventLog::forgetVersions() { appender_->forget(); }

void EventLog::readAll(std::string_view log, const std::function<bool(const Event&)>& visit,
                       const ReadAllOptions& options) {
  if (options.segments == 0 || options.segments > kMostSegments) {
    throw InvalidArgument("a log is read in 1 to " + std::to_string(kMostSegments) + " segments", "segments");
  }
  Mutex mutex;
  bool goes_on = true;
  const auto visitItem = [&](const json::object& item) {
    const Event event = eventFromItem(item, *schema_);
    MutexLock lock(mutex);
    if (!goes_on) return false;
    goes_on = false;  // if `visit` throws, the other segments end
    goes_on = visit(event);
    return goes_on;
  };
  inParallel(options.segments, options.segments, [&](std::size_t segment) {
    const ScanRange range{std::string(log), true, options.consistent, segment, options.segments};
    try {
      scanStreams(*transport_, table_, range, visitItem);
    } catch (...) {
      MutexLock lock(mutex);
      goes_on = false;
      throw;
    }
  });
}

std::vector<std::string> EventLog::logs() {
  std::set<std::string> names;
  scanStreams(*transport_, table_, {.whole = false}, [&](const json::object& item) {
    names.insert(parseStreamKey(std::string_view(*typedMember(item, "pk", "S")))->log);
    return true;
  });
  return {names.begin(), names.end()};
}

void EventLog::streams(std::string_view log, const std::function<bool(const StreamState&)>& visit) {
  StreamState current;
  bool goes_on = true;
  scanStreams(*transport_, table_, {.log = std::string(log), .whole = false}, [&](const json::object& item) {
    if (!hasVersion(item)) return true;
    const auto name = parseStreamKey(std::string_view(*typedMember(item, "pk", "S")));
    if (current.version != 0 && (current.log != name->log || current.id != name->id)) goes_on = visit(current);
    const json::string* type = typedMember(item, "type", "S");
    current = {name->log, name->id, versionOf(item), type && *type == names::kDeletedType};
    return goes_on;
  });
  if (goes_on && current.version != 0) visit(current);
}

}  // namespace ddblog
