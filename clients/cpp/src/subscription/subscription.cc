#include "ddblog/subscription.h"

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

#include "aws/json_response.h"
#include "base/json_fields.h"
#include "base/json_writer.h"
#include "clients/cpp/src/notices.h"
#include "clients/cpp/src/subscription/deliveries.h"
#include "clients/cpp/src/subscription/shard_leases.h"
#include "clients/cpp/src/write_outcome.h"

namespace ddblog {
namespace {

constexpr std::chrono::milliseconds kServicePause{1000};  // before a service that did not answer is asked again

// A stop was requested, or another consumer has what this one reads: the event was not handled.
class Interrupted : public std::exception {};

SubscriptionOptions checked(SubscriptionOptions options, const std::string& read_model_table,
                            Environment& environment) {
  if (options.table.empty()) options.table = read_model_table;
  if (options.table.empty()) throw InvalidArgument("a subscription needs a table", "table");
  if (options.group.empty()) throw InvalidArgument("the subscription's group has no name", "group");
  if (options.attempts < 1) throw InvalidArgument("a handler needs at least 1 attempt", "attempts");
  if (options.lease_duration < std::chrono::milliseconds(1)) {
    throw InvalidArgument("a lease lasts at least 1 millisecond", "leaseDuration");
  }
  if (options.consumer.empty()) options.consumer = environment.uuid();
  if (!options.notice) options.notice = toStandardError;
  return options;
}

// Whether the service may answer a moment later.
bool isPassingFailure(const ServiceError& error) {
  static const std::set<std::string> busy = {"LimitExceededException",  // of Streams: more than two read one shard
                                             "ProvisionedThroughputExceededException", "RequestLimitExceeded",
                                             "ThrottlingException", "TransactionInProgressException"};
  return error.status() >= 500 || isPassing(error) || busy.contains(error.type());
}

// The key of an item of the log table, as JSON.
std::string keyOf(const json::object& item) {
  return json::serialize(json::object{{"pk", item.at("pk")}, {"sk", item.at("sk")}});
}

}  // namespace

class Subscription::Consumer {
 public:
  Consumer(EventSource source, std::shared_ptr<Environment> environment, SubscriptionOptions options)
      : source_(std::move(source)),
        environment_(std::move(environment)),
        options_(std::move(options)),
        table_(source_.transport, options_.table, options_.group, environment_),
        group_(table_),
        parked_(table_, *environment_),
        stream_(source_.transport, source_.table),
        leases_(group_, stream_, *environment_, {options_.consumer, options_.lease_duration, options_.only_new}),
        deliveries_(source_, parked_, *environment_,
                    {{options_.logs.begin(), options_.logs.end()}, options_.attempts, options_.notice}) {}

  Deliveries& deliveries() { return deliveries_; }
  const ParkedEvents& parkedEvents() const { return parked_; }
  void stop() { stop_.request_stop(); }

  void run(const std::stop_token& stop) {
    const std::stop_callback forward(stop, [this] { stop_.request_stop(); });
    try {
      while (!stop_.stop_requested()) {
        const std::chrono::milliseconds pause = roundOrPause();
        if (pause > pause.zero()) environment_->pauseUnlessStopped(pause, stop_.get_token());
      }
    } catch (...) {
      giveBack();
      throw;
    }
    giveBack();
  }

  // Leases, then a page of the table or of each own shard. Returns whether there was something new.
  bool round() {
    if (!knows_the_group_ || leases_.isDueToShare()) lookAtTheGroup();
    if (!leases_.isCaughtUp()) return leases_.catchUp() && catchUp();
    std::vector<std::string> own;
    for (const auto& [sk, lease] : leases_.own()) own.push_back(sk);
    bool has_new = false;
    for (const std::string& sk : own) has_new |= follow(sk);
    return has_new;
  }

  RetriedEvents retryParked(std::string_view log, std::string_view id) const {
    RetriedEvents result;
    std::set<std::string> failed;  // streams
    for (const ParkedEvent& parked : parked_.all()) {
      if ((!log.empty() && parked.log != log) || (!id.empty() && parked.id != id)) continue;
      const std::string pk = streamKey(parked.log, parked.id);
      if (failed.contains(pk)) continue;
      if (const auto error = deliveries_.retry(parked)) {
        parked_.park({parked.log, parked.id, parked.version, parked.type}, *error, parked.attempts + 1);
        failed.insert(pk);
        ++result.failed;
      } else {
        parked_.remove(parked);
        ++result.handled;
      }
    }
    return result;
  }

 private:
  // One round; the pause that is due after it.
  std::chrono::milliseconds roundOrPause() {
    try {
      return round() ? std::chrono::milliseconds(0) : options_.idle_pause;
    } catch (const NotReachable& error) {
      options_.notice(std::string("The subscription waits for the service: ") + error.what());
    } catch (const ServiceError& error) {
      if (!isPassingFailure(error)) throw;
      options_.notice(std::string("The subscription waits for the service: ") + error.what());
    }
    return kServicePause;
  }

  void lookAtTheGroup() {
    knows_the_group_ = false;
    leases_.renew();
    if (leases_.share()) deliveries_.forget();
    deliveries_.loadParked();
    knows_the_group_ = true;
  }

  void giveBack() {
    try {
      leases_.giveBack();
    } catch (const std::exception& error) {
      options_.notice(std::string("The leases were not given back, and run out: ") + error.what());
    }
  }

  // --- the two sources ---

  // The positions of the shards, then a page of the table each time.
  bool catchUp() {
    const Group group = *leases_.catchUp();
    const std::string sk(kGroupKey);
    if (!group.is_positioned) {
      try {
        leases_.savePositions([&] { beat(sk); });
      } catch (const Interrupted&) {
        return false;
      }
      return true;
    }
    if (!group.scans) {
      leases_.endCatchUp();
      return true;
    }
    const json::object page = scan(group.position);
    if (!takeItems(page.at("Items").as_array())) return false;
    if (const json::object* last = objectOf(page, "LastEvaluatedKey")) {
      leases_.scanned(json::serialize(*last));
    } else {
      leases_.endCatchUp();
    }
    return true;
  }

  json::object scan(const std::string& after) {
    std::string request;
    JsonWriter json(request);
    json.beginObject().key("TableName").value(source_.table).key("ConsistentRead").value(true);
    if (!after.empty()) json.key("ExclusiveStartKey").raw(after);
    json.endObject();
    return aws::parseResponse(source_.transport->call(Api::kDynamoDb, "Scan", request));
  }

  // Handles a page of the table. If it is interrupted, it saves how far it came.
  bool takeItems(const json::array& items) {
    const std::string sk(kGroupKey);
    const json::object* handled = nullptr;
    try {
      for (const json::value& item : items) {
        if (beat(sk) && handled) leases_.scanned(keyOf(*handled));
        deliveries_.take(item.as_object(), true, [&](std::chrono::milliseconds pause) { wait(sk, pause); });
        handled = &item.as_object();
      }
      return true;
    } catch (const Interrupted&) {
      if (handled) leases_.scanned(keyOf(*handled));
      return false;
    }
  }

  // The next records of a shard. Returns whether there was something new.
  bool follow(const std::string& sk) {
    const auto found = leases_.own().find(sk);
    if (found == leases_.own().end()) return false;
    const Lease lease = found->second;
    const std::string before = environment_->timestamp();
    RecordPage page;
    try {
      if (leases_.mayHaveMissed(lease)) {
        throw ReplayNeeded("The first records of the shard " + lease.shardId() + " may be gone.");
      }
      page = stream_.read(lease.shardId(), lease.sequence_number);
    } catch (const ReplayNeeded& gone) {
      options_.notice(std::string("The subscription reads the whole table again: ") + gone.what());
      leases_.startOver();
      return true;
    }
    if (page.records.empty() && !page.is_end) {
      leases_.wasEmpty(sk, before);
      return false;
    }
    const bool is_whole = takeRecords(sk, page.records);
    if (is_whole && page.is_end && leases_.has(sk)) {
      leases_.finished(sk);
      lookAtTheGroup();
    }
    return is_whole;
  }

  // Handles the records of a shard and writes the checkpoint. Returns whether all were handled.
  bool takeRecords(const std::string& sk, const std::vector<StreamRecord>& records) {
    const std::string shard_id = sk.substr(kShardKey.size());
    std::string handled;
    bool is_whole = false;
    try {
      for (const StreamRecord& record : records) {
        if (beat(sk) && !handled.empty()) leases_.reached(sk, handled);
        if (record.holds != StreamRecord::Holds::kNothing) {
          deliveries_.take(record.item, record.holds == StreamRecord::Holds::kItem,
                           [&](std::chrono::milliseconds pause) { wait(sk, pause); });
        }
        handled = record.sequence_number;
      }
      is_whole = true;
    } catch (const Interrupted&) {
      stream_.forget(shard_id);  // else it would go on after these records
    } catch (...) {
      stream_.forget(shard_id);
      throw;
    }
    if (!handled.empty() && leases_.has(sk)) leases_.reached(sk, handled);
    return is_whole;
  }

  // --- heartbeats ---

  // A heartbeat, if it is due; returns whether it was. Throws Interrupted.
  bool beat(const std::string& sk) {
    if (stop_.stop_requested()) throw Interrupted();
    const bool is_due = leases_.isDue();
    if (is_due) leases_.renew();
    if (!leases_.has(sk)) throw Interrupted();
    return is_due;
  }

  void wait(const std::string& sk, std::chrono::milliseconds duration) {
    const auto most = std::max(options_.lease_duration / 3, std::chrono::milliseconds(1));
    while (duration > duration.zero()) {
      const std::chrono::milliseconds pause = std::min(duration, most);
      environment_->pauseUnlessStopped(pause, stop_.get_token());
      duration -= pause;
      beat(sk);
    }
  }

  const EventSource source_;
  const std::shared_ptr<Environment> environment_;
  const SubscriptionOptions options_;
  const GroupTable table_;
  const GroupItems group_;
  const ParkedEvents parked_;
  TableStream stream_;
  ShardLeases leases_;
  Deliveries deliveries_;
  bool knows_the_group_ = false;  // its leases and what is parked; a look that broke off does not count
  std::stop_source stop_;
};

Subscription::Subscription(const EventLog& log, const SubscriptionOptions& options)
    : consumer_(std::make_unique<Consumer>(EventSource{log.transport_, log.table_, log.schema_}, log.environment_,
                                           checked(options, log.read_model_table_, *log.environment_))) {}

Subscription::~Subscription() = default;

void Subscription::on(const std::string& type, Handler handler) {
  consumer_->deliveries().on(type, std::move(handler));
}

void Subscription::onAny(Handler handler) { consumer_->deliveries().onAny(std::move(handler)); }

void Subscription::run(const std::stop_token& stop) { consumer_->run(stop); }

bool Subscription::runOnce() { return consumer_->round(); }

void Subscription::stop() { consumer_->stop(); }

std::vector<ParkedEvent> Subscription::parked() const { return consumer_->parkedEvents().all(); }

RetriedEvents Subscription::retryParked(std::string_view log, std::string_view id) {
  return consumer_->retryParked(log, id);
}

}  // namespace ddblog
