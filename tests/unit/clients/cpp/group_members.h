// What tests of subscriptions are made of: tables in memory behind a transport, a stream whose shards
// and records the test decides on, and consumers with a time of their own.
//
// Thread safety: a Tables may be used from several threads; the rest by one thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "ddblog/subscription.h"
#include "rpc/api.h"
#include "services/dynamodb/core/context.h"
#include "store/store.h"

namespace ddblog {

using EventsSeen = std::vector<std::pair<std::string, std::uint64_t>>;  // stream's id, version

// DynamoDB and its Streams in memory, with a log table and a read-model table.
class Tables {
 public:
  Tables();

  std::string call(Api api, std::string_view operation, const std::string& request);
  // An event that is written past the library. Returns its item.
  json::object store(const std::string& id, int version, const std::string& type = "signup");
  void put(const std::string& table, const std::string& item);
  json::object get(const std::string& table, const std::string& key);
  std::string streamArn();
  void switchStream(bool on);

  static constexpr const char* kLog = "local-dynamodb-logs";
  static constexpr const char* kCore = "local-core";

  dynamodb::Context& context() { return context_; }

 private:
  std::string callOn(const rpc::JsonApi& api, std::string_view operation, const std::string& request);

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_;
  dynamodb::Context context_{*store_, clock_, ids_, "us-east-1", "000000000000"};
  rpc::JsonApi tables_, streams_;
};

// A table's stream with shards and records that the test decides on.
class FakeShards {
 public:
  explicit FakeShards(const std::vector<std::string>& shards) {
    for (const std::string& shard : shards) add(shard);
  }
  void add(const std::string& shard, const std::string& parent = {});
  void append(const std::string& shard, const json::object& item, bool only_key = false);
  void split(const std::string& shard, const std::string& child);
  void remove(const std::string& shard) { shards_.erase(shard); }
  void trim(const std::string& shard, std::size_t records) { shards_.at(shard).trimmed = records; }
  void expireIterators() { ++age_; }

  std::string call(std::string_view operation, const json::object& request);

 private:
  struct Shard {
    std::string parent;
    std::vector<std::string> records;
    bool is_closed = false;
    std::size_t trimmed = 0;  // how many records are gone
  };
  std::string describe(const json::object& request) const;
  std::string iterator(const json::object& request) const;
  std::string records(const json::object& request) const;

  std::map<std::string, Shard> shards_;
  int age_ = 0;  // of the iterators that still count
};

// The transport of one consumer. A test can put itself in front of calls.
class MemberTransport : public Transport {
 public:
  MemberTransport(Tables& tables, FakeShards* shards) : tables_(tables), shards_(shards) {}
  std::string call(Api api, std::string_view operation, const std::string& request) override;

  // Before the next calls of an operation, one each: may throw, or change the request.
  using Before = std::function<void(json::object& request)>;
  void before(const std::string& operation, Before hook) { hooks_[operation].push_back(std::move(hook)); }

 private:
  Tables& tables_;
  FakeShards* shards_;  // nullptr: the table's own
  std::map<std::string, std::vector<Before>> hooks_;
};

// A consumer's time, which only the test moves.
class MemberTime : public Environment {
 public:
  std::string timestamp() override;
  std::string uuid() override { return ids_.uuid(); }
  void pause(std::chrono::milliseconds duration) override;
  std::chrono::milliseconds jitter(std::chrono::milliseconds most) override { return most; }
  std::chrono::milliseconds steady() override { return now_; }

  void move(std::chrono::milliseconds step) { now_ += step; }

  std::vector<std::chrono::milliseconds> pauses;
  std::function<void()> on_pause;

 private:
  std::chrono::milliseconds now_{0};
  Ids ids_;
};

// A consumer of a group, and what it has handled.
class Member {
 public:
  explicit Member(Tables& tables, FakeShards* shards = nullptr, SubscriptionOptions options = {.group = "mails"},
                  Schema schema = {});

  Subscription& subscription() { return subscription_; }
  MemberTransport& transport() { return *transport_; }
  MemberTime& time() { return *time_; }
  EventLog& log() { return log_; }

  void handle(const Event& event);
  // Reads until there is nothing new. Returns all that it has handled so far.
  const EventsSeen& read();
  Member& later(std::chrono::seconds step) {
    time_->move(step);
    return *this;
  }
  void leave();
  std::vector<std::uint64_t> parkedVersions() const;

  EventsSeen handled;
  std::set<std::pair<std::string, std::uint64_t>> fails;  // whose handler throws
  std::vector<std::string> notices;
  std::function<void(const Event&)> also;  // after each event that was handled

 private:
  std::shared_ptr<MemberTransport> transport_;
  std::shared_ptr<MemberTime> time_;
  EventLog log_;
  Subscription subscription_;
};

void append(EventLog& log, const std::string& id, int count = 1);

}  // namespace ddblog
