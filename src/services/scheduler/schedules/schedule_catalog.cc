#include "services/scheduler/schedules/schedule_catalog.h"

#include <algorithm>
#include <limits>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/bytes.h"
#include "services/scheduler/schedules/key_spaces.h"
#include "services/scheduler/schedules/limits.h"
#include "services/scheduler/schedules/occurrences.h"
#include "services/scheduler/schedules/stored_schedule.h"
#include "store/key_space.h"

namespace ddblog::scheduler {
namespace {

const std::string kCountKey = KeyBuilder(key_spaces::kGroups).str();
// Behind the number of schedules.
const std::string kFirstGroupKey = kCountKey + '\0';

std::string groupKey(std::string_view name) { return KeyBuilder(key_spaces::kGroups).text(name).str(); }
std::string schedulesKey(std::string_view group) { return KeyBuilder(key_spaces::kSchedules).text(group).str(); }
std::string scheduleKey(std::string_view group, std::string_view name) {
  return KeyBuilder(key_spaces::kSchedules).text(group).text(name).str();
}
std::string occurrenceKey(std::string_view group, std::string_view name) {
  return KeyBuilder(key_spaces::kOccurrences).text(group).text(name).str();
}
// Times before 1970 cannot be due.
std::string dueKey(Timestamp due, std::string_view group, std::string_view name) {
  const auto number = static_cast<std::uint64_t>(std::max<std::int64_t>(due.time_since_epoch().count(), 0));
  return KeyBuilder(key_spaces::kDue).number(number).text(group).text(name).str();
}

std::string tokenOf(const Schedule& schedule) { return schedule.group + '/' + schedule.name; }

// Of a schedule that waits for its time zone.
constexpr Timestamp kEndOfTime = Timestamp::max();

// Whether what is planned of `before` is what is next of `after`.
bool hasSameTimes(const Schedule& before, const Schedule& after) {
  if (!before.enabled() || !after.enabled()) return false;
  if (before.expression != after.expression || before.time_zone != after.time_zone) return false;
  return before.start == after.start || isOnce(after);  // the start means nothing to what is due once
}

std::string readToken(const std::string& token) {
  const auto last = fromBase64(token);
  if (!last) throw validationError("Invalid NextToken.");
  return *last;
}

}  // namespace

void ScheduleCatalog::addDefaultGroup(Store& store, Timestamp now) const {
  if (findGroup(*store.snapshot(), kDefaultGroup)) return;
  store.writeAndWait([&](Transaction& transaction) {
    putGroup(transaction, {std::string(kDefaultGroup), false, now, now, {}, {}});
  });
}

std::optional<Group> ScheduleCatalog::findGroup(const Reader& reader, std::string_view name) const {
  const auto stored = reader.get(groupKey(name));
  return stored ? std::optional(decodeGroup(*stored)) : std::nullopt;
}

Group ScheduleCatalog::group(const Reader& reader, std::string_view name) const {
  if (auto found = findGroup(reader, name)) return *std::move(found);
  throw resourceNotFound("Schedule group " + std::string(name) + " does not exist.", 404);
}

Page<Group> ScheduleCatalog::groups(const Reader& reader, const ListRequest& request) const {
  Page<Group> page;
  const std::string begin = request.token.empty() ? kFirstGroupKey : groupKey(readToken(request.token)) + '\0';
  for (auto cursor = reader.cursor(begin, endOfPrefix(kCountKey)); cursor->valid(); cursor->next()) {
    Group group = decodeGroup(cursor->value());
    if (!group.name.starts_with(request.prefix)) continue;
    if (page.entries.size() == request.limit) {
      page.next_token = toBase64(page.entries.back().name);
      break;
    }
    page.entries.push_back(std::move(group));
  }
  return page;
}

std::size_t ScheduleCatalog::countGroups(const Reader& reader) const {
  std::size_t count = 0;
  for (auto cursor = reader.cursor(kFirstGroupKey, endOfPrefix(kCountKey)); cursor->valid(); cursor->next()) ++count;
  return count;
}

void ScheduleCatalog::putGroup(Transaction& transaction, const Group& group) const {
  transaction.put(groupKey(group.name), encodeGroup(group));
  if (group.is_being_deleted) transaction.notifyAfterCommit(group_deleted_);
}

void ScheduleCatalog::eraseGroup(Transaction& transaction, std::string_view name) const {
  transaction.erase(groupKey(name));
}

std::optional<Schedule> ScheduleCatalog::find(const Reader& reader, std::string_view group,
                                              std::string_view name) const {
  const auto stored = reader.get(scheduleKey(group, name));
  return stored ? std::optional(decodeSchedule(*stored)) : std::nullopt;
}

Schedule ScheduleCatalog::schedule(const Reader& reader, std::string_view group, std::string_view name) const {
  if (auto found = find(reader, group, name)) return *std::move(found);
  throw resourceNotFound("Schedule " + std::string(name) + " does not exist.", 404);
}

Page<Schedule> ScheduleCatalog::list(const Reader& reader, const std::string& group, const std::string& state,
                                     const ListRequest& request) const {
  // The bytes of a name stand in its key as they are. The names of one group follow each other.
  const std::string range =
      group.empty() ? KeyBuilder(key_spaces::kSchedules).str() : schedulesKey(group) + request.prefix;
  std::string begin = range;
  if (!request.token.empty()) {
    const std::string last = readToken(request.token);
    const std::size_t slash = last.find('/');
    if (slash == std::string::npos) throw validationError("Invalid NextToken.");
    begin = std::max(range, scheduleKey(last.substr(0, slash), last.substr(slash + 1)) + '\0');
  }
  Page<Schedule> page;
  const std::string end = endOfPrefix(range);
  if (begin >= end) return page;
  std::string last;
  std::size_t looked_at = 0;
  for (auto cursor = reader.cursor(begin, end); cursor->valid(); cursor->next()) {
    if (page.entries.size() == request.limit || looked_at++ == limits::kListedAtATime) {
      page.next_token = toBase64(last);
      break;
    }
    Schedule schedule = decodeSchedule(cursor->value());
    last = tokenOf(schedule);
    const bool fits = schedule.name.starts_with(request.prefix) && (state.empty() || schedule.state == state);
    if (fits) page.entries.push_back(std::move(schedule));
  }
  return page;
}

std::uint64_t ScheduleCatalog::count(const Reader& reader) const {
  const auto stored = reader.get(kCountKey);
  if (!stored) return 0;
  std::string_view rest = *stored;
  return takeNumber<std::uint64_t>(rest);
}

void ScheduleCatalog::addToCount(Transaction& transaction, std::int64_t difference) const {
  const std::uint64_t number = count(transaction) + static_cast<std::uint64_t>(difference);
  if (number == 0) return transaction.erase(kCountKey);
  std::string stored;
  appendNumber(stored, number);
  transaction.put(kCountKey, std::move(stored));
}

void ScheduleCatalog::put(Transaction& transaction, const Schedule& schedule, Timestamp now) const {
  const auto before = find(transaction, schedule.group, schedule.name);
  const auto planned = nextOf(transaction, schedule.group, schedule.name);
  if (!before) addToCount(transaction, 1);
  transaction.put(scheduleKey(schedule.group, schedule.name), encodeSchedule(schedule));
  const bool goes_on = before && hasSameTimes(*before, schedule);
  // If it has no more times, it had its last one now at the latest.
  const Timestamp next = planned ? planned->scheduled_at : now + Duration(1);
  plan(transaction, schedule, goes_on ? next : now);
}

void ScheduleCatalog::erase(Transaction& transaction, std::string_view group, std::string_view name) const {
  unplan(transaction, group, name);
  transaction.erase(scheduleKey(group, name));
  addToCount(transaction, -1);
}

std::size_t ScheduleCatalog::eraseSome(Transaction& transaction, std::string_view group, std::size_t most) const {
  std::vector<std::string> names;
  const std::string range = schedulesKey(group);
  for (auto cursor = transaction.cursor(range, endOfPrefix(range)); cursor->valid() && names.size() < most;
       cursor->next()) {
    KeyParser parser(cursor->key());
    parser.text();
    names.push_back(parser.text());
  }
  for (const std::string& name : names) erase(transaction, group, name);
  return names.size();
}

std::optional<Occurrence> ScheduleCatalog::nextOf(const Reader& reader, std::string_view group,
                                                  std::string_view name) const {
  const auto stored = reader.get(occurrenceKey(group, name));
  return stored ? std::optional(decodeOccurrence(*stored)) : std::nullopt;
}

void ScheduleCatalog::unplan(Transaction& transaction, std::string_view group, std::string_view name) const {
  const auto planned = nextOf(transaction, group, name);
  if (!planned) return;
  transaction.erase(occurrenceKey(group, name));
  transaction.erase(dueKey(planned->due_at, group, name));
}

void ScheduleCatalog::putOccurrence(Transaction& transaction, const Schedule& schedule,
                                    const Occurrence& occurrence) const {
  transaction.put(occurrenceKey(schedule.group, schedule.name), encodeOccurrence(occurrence));
  transaction.put(dueKey(occurrence.due_at, schedule.group, schedule.name), "");
}

void ScheduleCatalog::plan(Transaction& transaction, const Schedule& schedule, Timestamp from) const {
  unplan(transaction, schedule.group, schedule.name);
  if (!schedule.enabled()) return;
  std::optional<Timestamp> scheduled_at;
  try {
    scheduled_at = firstOccurrence(schedule, from);
  } catch (const NoTimeZone&) {
    putOccurrence(transaction, schedule, {from, kEndOfTime});
    throw;
  }
  if (!scheduled_at) {
    if (schedule.action_after_completion == "DELETE") erase(transaction, schedule.group, schedule.name);
    return;
  }
  Occurrence next{*scheduled_at, *scheduled_at};
  if (const auto window = static_cast<std::uint64_t>(schedule.window().count()); window > 0) {
    next.due_at += Duration(static_cast<Duration::rep>(ids_.number() % window));
  }
  putOccurrence(transaction, schedule, next);
  transaction.notifyAfterCommit(changed_);
}

void ScheduleCatalog::dropDue(Transaction& transaction, const DueSchedule& due) const {
  transaction.erase(occurrenceKey(due.group, due.name));
  transaction.erase(dueKey(due.due_at, due.group, due.name));
}

namespace {

std::vector<DueSchedule> dueBetween(const Reader& reader, const std::string& begin, std::size_t most) {
  std::vector<DueSchedule> due;
  const std::string end = endOfPrefix(KeyBuilder(key_spaces::kDue).str());
  for (auto cursor = reader.cursor(begin, end); cursor->valid() && due.size() < most; cursor->next()) {
    KeyParser parser(cursor->key());
    const Timestamp at(Duration(static_cast<Duration::rep>(parser.number())));
    std::string group = parser.text();
    due.push_back({at, std::move(group), parser.text()});
  }
  return due;
}

}  // namespace

std::vector<DueSchedule> firstDue(const Reader& reader, std::size_t most) {
  return dueBetween(reader, KeyBuilder(key_spaces::kDue).str(), most);
}

std::vector<DueSchedule> withoutTimeZone(const Reader& reader, const std::optional<DueSchedule>& after,
                                         std::size_t most) {
  return dueBetween(reader, after ? dueKey(kEndOfTime, after->group, after->name) + '\0' : dueKey(kEndOfTime, "", ""),
                    most);
}

}  // namespace ddblog::scheduler
