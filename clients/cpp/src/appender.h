// Appends events: decides at which versions they belong, writes them all or none, and finds out what
// became of a write that did not succeed.
//
// No gap can arise. An event is put only where none is (attribute_not_exists), and only after a
// version that exists: one that this process has read or written (events never change, so it still
// exists), or that is read first. After the event that closes a stream nothing is put.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cpp/src/known_versions.h"
#include "ddblog/event_log.h"
#include "ddblog/names.h"

namespace ddblog {

class EventLog::Appender {
 public:
  Appender(std::shared_ptr<Transport> transport, std::string table, std::shared_ptr<const Schema> schema,
           std::shared_ptr<Environment> environment);

  // `is_own`: the events are the log's own, whose types begin with "$". Throws as
  // EventLog::appendTransaction does.
  std::vector<AppendResult> append(const std::vector<StreamAppend>& appends, bool is_own = false);

  // Notes that the stream has this event, unless it closes the stream.
  void note(const std::string& pk, std::string_view type, std::uint64_t version) {
    if (type != names::kDeletedType) known_.remember(pk, version);
  }
  // Forgets what it has noted.
  void forget() { known_.forget(); }

 private:
  struct Request;
  struct Plan;

  Request complete(const StreamAppend& append, bool is_own);
  Plan plan(const Request& request);
  void planAfterLatest(Plan& plan);
  void findOwn(Plan& plan);
  static void findAfterBase(Plan& plan);
  bool write(const std::vector<Plan>& plans);
  bool isOwnWrite(const Plan& plan);
  void explainLoss(const Plan& plan, bool is_last_race);
  AppendResult written(const Plan& plan, bool appended);

  std::shared_ptr<Transport> transport_;
  std::string table_;
  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<Environment> environment_;
  KnownVersions known_;
  std::atomic<bool> was_answered_{false};  // a server that has answered once is waited for when it is away
};

}  // namespace ddblog
