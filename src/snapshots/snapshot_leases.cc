#include "snapshots/snapshot_leases.h"

#include "base/api_error.h"
#include "base/base64.h"
#include "base/gzip.h"
#include "base/json_writer.h"
#include "rpc/synchronous.h"
#include "snapshots/idle_timeout.h"

namespace ddblog::snapshots {
namespace {

std::string positionOf(const rpc::Request& request) {
  const auto from = request.query.find("from");
  if (from == request.query.end()) return {};
  const auto position = fromBase64(from->second);
  if (!position) throw validationError("'from' is not a position in a snapshot");
  return *position;
}

void addNext(rpc::Response& answer, const std::string& next) {
  if (!next.empty()) answer.headers.emplace_back("x-ddblog-next", toBase64(next));
}

}  // namespace

SnapshotLeases::SnapshotLeases(Clock& real_time, Ids& ids, std::function<StateReader()> read_now)
    : clock_(real_time), ids_(ids), read_now_(std::move(read_now)) {}

void SnapshotLeases::addRoutes(rpc::RestApi& api) {
  api.add("POST", "/_local/snapshots", "TakeSnapshot",
          rpc::synchronous([this](const rpc::Request&) { return take(); }));
  api.add("GET", "/_local/snapshots/{Snapshot}", "ReadSnapshot",
          rpc::synchronous([this](const rpc::Request& request) { return readPart(request); }));
  api.add("GET", "/_local/snapshots/{Snapshot}/tables/{Table}", "ReadTable",
          rpc::synchronous([this](const rpc::Request& request) { return readTable(request); }));
  api.add("DELETE", "/_local/snapshots/{Snapshot}", "ForgetSnapshot",
          rpc::synchronous([this](const rpc::Request& request) { return forget(request); }));
}

void SnapshotLeases::start() {
  sweeper_ = std::make_unique<Sweeper>(
      clock_, [](std::string_view) {}, [this] { return sweep(); });
}

void SnapshotLeases::end() {
  sweeper_.reset();
  MutexLock lock(mutex_);
  leases_.clear();
}

RunningTime SnapshotLeases::sweep() {
  const RunningTime now = clock_.runningTime();
  MutexLock lock(mutex_);
  std::erase_if(leases_, [&](const auto& lease) { return lease.second.used_at + kIdleTimeout <= now; });
  return now + kIdleCheckInterval;
}

void SnapshotLeases::requireRoom() const {
  if (leases_.size() < kMaxLeases) return;
  throw ApiError("SnapshotsInUse",
                 std::to_string(kMaxLeases) + " snapshots are being read; try again when one of them is finished", 429);
}

rpc::Response SnapshotLeases::take() {
  {
    MutexLock lock(mutex_);
    requireRoom();
  }
  const auto state = std::make_shared<const StateReader>(read_now_());
  const std::string id = ids_.uuid();
  rpc::Response answer;
  JsonWriter json(answer.body);
  const SnapshotInfo info = state->info();
  json.beginObject().key("snapshot").value(id).key("exportTime").value(info.saved_at);
  json.key("items").value(info.items).key("events").value(info.events).key("tables").beginArray();
  for (const TableInfo& table : state->tables()) {
    json.beginObject().key("name").value(table.name).key("arn").value(table.arn).key("id").value(table.id);
    json.key("items").value(table.items).key("bytes").value(table.bytes).endObject();
  }
  json.endArray().endObject();
  MutexLock lock(mutex_);
  requireRoom();  // others may have taken a lease meanwhile
  leases_[id] = {state, clock_.runningTime()};
  return answer;
}

std::shared_ptr<const StateReader> SnapshotLeases::find(const std::string& id) {
  MutexLock lock(mutex_);
  const auto found = leases_.find(id);
  if (found == leases_.end()) {
    throw resourceNotFound("There is no snapshot " + id + ": it never existed, or was not used for " +
                               std::to_string(kIdleTimeout.count()) + " minutes",
                           404);
  }
  found->second.used_at = clock_.runningTime();
  return found->second.state;
}

rpc::Response SnapshotLeases::readPart(const rpc::Request& request) {
  const StatePart part = find(request.parameters.at("Snapshot"))->part(positionOf(request));
  rpc::Response answer;
  answer.content_type = "application/octet-stream";
  answer.body = gzip(part.content);
  answer.headers.emplace_back("x-ddblog-kind", std::string(1, static_cast<char>(part.kind)));
  answer.headers.emplace_back("x-ddblog-items", std::to_string(part.items));
  answer.headers.emplace_back("x-ddblog-events", std::to_string(part.events));
  addNext(answer, part.next);
  return answer;
}

rpc::Response SnapshotLeases::readTable(const rpc::Request& request) {
  TablePart part =
      find(request.parameters.at("Snapshot"))->tablePart(request.parameters.at("Table"), positionOf(request));
  rpc::Response answer;
  answer.content_type = "application/x-ndjson";
  answer.body = std::move(part.lines);
  answer.headers.emplace_back("x-ddblog-items", std::to_string(part.items));
  addNext(answer, part.next);
  return answer;
}

rpc::Response SnapshotLeases::forget(const rpc::Request& request) {
  find(request.parameters.at("Snapshot"));
  MutexLock lock(mutex_);
  leases_.erase(request.parameters.at("Snapshot"));
  rpc::Response answer;
  answer.body = "{}";
  return answer;
}

}  // namespace ddblog::snapshots
