#include "clients/cpp/src/subscription/group_items.h"

#include <charconv>

#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"

namespace ddblog {
namespace {

constexpr std::string_view kTrue = R"({"BOOL":true})";
constexpr std::string_view kFalse = R"({"BOOL":false})";
constexpr std::string_view kCatchingUp = "catchingUp";
constexpr std::string_view kFollowing = "following";
constexpr std::uint64_t kFarAhead = 1'000'000;  // of any counter that an owner may have by now

std::uint64_t counterIn(const json::object& item) {
  std::uint64_t counter = 0;
  if (const json::string* text = typedMember(item, "counter", "N")) {
    std::from_chars(text->data(), text->data() + text->size(), counter);
  }
  return counter;
}

bool flagIn(const json::object& item, std::string_view name, bool otherwise) {
  const json::value* attribute = item.if_contains(name);
  const json::object* typed = attribute ? attribute->if_object() : nullptr;
  const json::value* flag = typed ? typed->if_contains("BOOL") : nullptr;
  return flag && flag->is_bool() ? flag->get_bool() : otherwise;
}

Group groupIn(const json::object& item) {
  return {.stream_arn = optionalText(item, "streamArn"),
          .is_following = optionalText(item, "state") == kFollowing,
          .owner = optionalText(item, "owner"),
          .counter = counterIn(item),
          .alive_at = optionalText(item, "aliveAt"),
          .scans = flagIn(item, "scans", true),
          .is_positioned = flagIn(item, "positioned", false),
          .position = optionalText(item, "cursor")};
}

Lease leaseIn(const json::object& item) {
  return {.sk = optionalText(item, "sk"),
          .owner = optionalText(item, "owner"),
          .counter = counterIn(item),
          .sequence_number = optionalText(item, "sequenceNumber"),
          .is_finished = flagIn(item, "finished", false),
          .wanted_by = optionalText(item, "wantedBy"),
          .empty_at = optionalText(item, "emptyAt")};
}

std::string itemOf(const GroupTable& table, const Lease& lease, std::uint64_t counter) {
  std::string members = ",\"counter\":" + numberAttribute(std::to_string(counter));
  if (!lease.owner.empty()) members += ",\"owner\":" + stringAttribute(lease.owner);
  if (!lease.sequence_number.empty()) {
    members += ",\"sequenceNumber\":" + stringAttribute(lease.sequence_number);
  } else if (!lease.empty_at.empty()) {
    members += ",\"emptyAt\":" + stringAttribute(lease.empty_at);
  }
  if (lease.is_finished) members.append(",\"finished\":").append(kTrue);
  return table.item(lease.sk, members);
}

// Takes what is as it was read.
GroupUpdate taking(std::uint64_t read, const std::string& worker) {
  GroupUpdate update;
  update.set("owner", stringAttribute(worker)).set("counter", numberAttribute(std::to_string(read + 1)));
  update.onlyIf("counter", numberAttribute(std::to_string(read)));
  return update;
}

}  // namespace

std::optional<Group> GroupItems::group() const {
  const auto item = table_.get(kGroupKey);
  return item ? std::optional<Group>(groupIn(*item)) : std::nullopt;
}

bool GroupItems::beginCatchUp(const std::optional<Group>& read, const std::string& worker,
                              const std::string& stream_arn, bool scans) const {
  const std::uint64_t counter = read ? read->counter : 0;
  GroupUpdate update;
  update.set("state", stringAttribute(kCatchingUp)).set("owner", stringAttribute(worker));
  update.set("streamArn", stringAttribute(stream_arn)).set("scans", scans ? kTrue : kFalse);
  update.set("counter", numberAttribute(std::to_string(counter + 1)));
  update.remove("cursor").remove("positioned").remove("aliveAt");
  if (read) {
    update.onlyIf("counter", numberAttribute(std::to_string(counter)));
  } else {
    update.onlyIfAbsent("pk");
  }
  return table_.update(kGroupKey, update);
}

bool GroupItems::takeCatchUp(const Group& read, const std::string& worker) const {
  return table_.update(kGroupKey, taking(read.counter, worker));
}

bool GroupItems::sayPositioned(const std::string& worker, const std::string& since) const {
  return keep(worker, kGroupKey, GroupUpdate().set("positioned", kTrue).set("aliveAt", stringAttribute(since)));
}

bool GroupItems::endCatchUp(const std::string& worker, const std::string& now) const {
  GroupUpdate changes;
  changes.set("state", stringAttribute(kFollowing)).set("aliveAt", stringAttribute(now));
  return keep(worker, kGroupKey, changes.remove("owner").remove("cursor").remove("positioned"));
}

void GroupItems::sayAlive(const std::string& now) const {
  GroupUpdate update;
  table_.update(kGroupKey, update.set("aliveAt", stringAttribute(now)).onlyIf("state", stringAttribute(kFollowing)));
}

Leases GroupItems::leases() const {
  Leases leases;
  table_.query(kShardKey, {}, [&](const json::object& item) {
    Lease lease = leaseIn(item);
    leases.emplace(lease.sk, std::move(lease));
    return true;
  });
  return leases;
}

bool GroupItems::create(const Lease& lease) const { return table_.putNew(itemOf(table_, lease, 1)); }

bool GroupItems::replace(const std::string& worker, const Lease& lease, const Lease* read) const {
  std::string action;
  JsonWriter json(action);
  json.beginObject().key("Put").beginObject().key("TableName").value(table_.name());
  json.key("Item").raw(itemOf(table_, lease, (read ? read->counter : 0) + kFarAhead)).endObject().endObject();
  return catchingUp(worker, action);
}

bool GroupItems::discard(const std::string& worker, std::string_view sk) const {
  std::string action;
  JsonWriter json(action);
  json.beginObject().key("Delete").beginObject().key("TableName").value(table_.name());
  json.key("Key").raw(table_.item(sk)).endObject().endObject();
  return catchingUp(worker, action);
}

// Writes while this consumer is the one that catches up.
bool GroupItems::catchingUp(const std::string& worker, const std::string& action) const {
  std::string check;
  JsonWriter json(check);
  json.beginObject().key("ConditionCheck").beginObject();
  json.key("TableName").value(table_.name()).key("Key").raw(table_.item(kGroupKey));
  json.key("ConditionExpression").value("#owner = :worker AND #state = :catchingUp");
  json.key("ExpressionAttributeNames").beginObject().key("#owner").value("owner").key("#state").value("state");
  json.endObject().key("ExpressionAttributeValues").beginObject().key(":worker").raw(stringAttribute(worker));
  json.key(":catchingUp").raw(stringAttribute(kCatchingUp)).endObject().endObject().endObject();
  return table_.transact(check + "," + action);
}

bool GroupItems::take(const Lease& lease, const std::string& worker) const {
  return table_.update(lease.sk, taking(lease.counter, worker).remove("wantedBy"));
}

void GroupItems::askFor(const Lease& lease, const std::string& worker) const {
  GroupUpdate update;
  update.set("wantedBy", stringAttribute(worker)).onlyIf("owner", stringAttribute(lease.owner));
  table_.update(lease.sk, update.onlyIfAbsent("wantedBy"));
}

bool GroupItems::handOver(const Lease& lease, const std::string& worker) const {
  return keep(worker, lease.sk, GroupUpdate().set("owner", stringAttribute(lease.wanted_by)).remove("wantedBy"));
}

bool GroupItems::keep(const std::string& worker, std::string_view sk, GroupUpdate changes) const {
  return table_.update(sk, changes.add("counter", 1).onlyIf("owner", stringAttribute(worker)));
}

}  // namespace ddblog
