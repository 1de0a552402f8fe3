// Schedules and their groups in the store, and when each is due next.
//
//   0x70                    -> the number of schedules (8); none: no entry
//   0x70 group              -> the group
//   0x71 group schedule     -> the schedule
//   0x72 group schedule     -> its next occurrence; none: there will be no more
//   0x73 due group schedule -> "": the same, in the order in which they are due (ms since the epoch)
//
// A schedule whose time zone the machine does not have is due at the end of time; its occurrence says from when on it
// is planned once the time zone is there.
//
// Every change of a schedule plans its next occurrence in the same transaction. So a start of the
// program reads no schedules, and a crash forgets none.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "services/scheduler/schedules/schedule.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::scheduler {

// One page of a list. A token is the base64 of the last name before the page (of schedules: GROUP/NAME). A page of
// schedules looks at limits::kListedAtATime of them at most, so it may be empty, and still not be the last one.
template <class Entry>
struct Page {
  std::vector<Entry> entries;
  std::string next_token;  // empty: this is the last page
};
struct ListRequest {
  std::string prefix;  // of the name
  std::string token;
  std::size_t limit = 100;
};

// When a schedule is due, in the order of due times.
struct DueSchedule {
  Timestamp due_at;
  std::string group;
  std::string name;
};

class ScheduleCatalog {
 public:
  explicit ScheduleCatalog(Ids& ids) : ids_(ids) {}

  // Creates the group `default` unless it exists.
  void addDefaultGroup(Store& store, Timestamp now) const;
  std::optional<Group> findGroup(const Reader& reader, std::string_view name) const;
  // Throws ResourceNotFoundException.
  Group group(const Reader& reader, std::string_view name) const;
  Page<Group> groups(const Reader& reader, const ListRequest& page) const;
  std::size_t countGroups(const Reader& reader) const;
  void putGroup(Transaction& transaction, const Group& group) const;
  void eraseGroup(Transaction& transaction, std::string_view name) const;

  std::optional<Schedule> find(const Reader& reader, std::string_view group, std::string_view name) const;
  // Throws ResourceNotFoundException.
  Schedule schedule(const Reader& reader, std::string_view group, std::string_view name) const;
  // `group`: empty: of all; `state`: empty: any.
  Page<Schedule> list(const Reader& reader, const std::string& group, const std::string& state,
                      const ListRequest& page) const;
  std::uint64_t count(const Reader& reader) const;

  // Stores it, and plans its next occurrence. If it is due at the same times as before, that is the one that is
  // planned already, even if it is overdue; else the first one at `now` or later. If there is none, and it is to be
  // deleted then, it is. Throws NoTimeZone; then it is stored, and waits for its time zone.
  void put(Transaction& transaction, const Schedule& schedule, Timestamp now) const;
  void erase(Transaction& transaction, std::string_view group, std::string_view name) const;
  // Deletes at most `most` schedules of a group; returns how many.
  std::size_t eraseSome(Transaction& transaction, std::string_view group, std::size_t most) const;

  std::optional<Occurrence> nextOf(const Reader& reader, std::string_view group, std::string_view name) const;
  // Plans the first occurrence at `from` or later in place of the planned one. If there is none, and the schedule is
  // to be deleted then, it is. Throws NoTimeZone; then it waits for its time zone.
  void plan(Transaction& transaction, const Schedule& schedule, Timestamp from) const;
  // Removes what is due, without reading it.
  void dropDue(Transaction& transaction, const DueSchedule& due) const;

  // Notified after commits that change when something is due.
  CommitNotifier& changed() const { return changed_; }
  // Notified after commits that begin to delete a group.
  CommitNotifier& groupDeleted() const { return group_deleted_; }

 private:
  void putOccurrence(Transaction& transaction, const Schedule& schedule, const Occurrence& occurrence) const;
  void unplan(Transaction& transaction, std::string_view group, std::string_view name) const;
  void addToCount(Transaction& transaction, std::int64_t difference) const;

  Ids& ids_;
  mutable CommitNotifier changed_;
  mutable CommitNotifier group_deleted_;
};

// The first `most` that are due, in order.
std::vector<DueSchedule> firstDue(const Reader& reader, std::size_t most);
// The first `most` that wait for their time zone, after `after` if it is given.
std::vector<DueSchedule> withoutTimeZone(const Reader& reader, const std::optional<DueSchedule>& after,
                                         std::size_t most);

}  // namespace ddblog::scheduler
