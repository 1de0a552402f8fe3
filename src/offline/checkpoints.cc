#include "offline/checkpoints.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <utility>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "rpc/synchronous.h"

namespace ddblog::offline {
namespace {

constexpr std::size_t kLongestCheckpointName = 128;

std::string nameOf(const rpc::Request& request) {
  const std::string& name = request.parameters.at("Checkpoint");
  const bool is_valid = name.size() <= kLongestCheckpointName && std::ranges::all_of(name, [](unsigned char c) {
                          return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
                        });
  if (name.empty() || !is_valid) {
    throw validationError("The name of a checkpoint has 1 to 128 letters, digits, \"-\", \"_\" or \".\"");
  }
  return name;
}

ApiError unknown(const std::string& name) {
  return {"CheckpointUnknown", "There is no checkpoint " + validUtf8(name), 404};
}

void write(JsonWriter& json, const std::string& name, const snapshots::Checkpoint& checkpoint) {
  json.beginObject().key("name").value(name).key("takenAt").value(checkpoint.info.saved_at);
  json.key("tables").value(checkpoint.info.tables).key("items").value(checkpoint.info.items);
  json.key("events").value(checkpoint.info.events).key("bytes").value(checkpoint.bytes).endObject();
}

rpc::Response responseOf(const std::string& name, const snapshots::Checkpoint& checkpoint) {
  rpc::Response response;
  JsonWriter json(response.body);
  write(json, name, checkpoint);
  return response;
}

}  // namespace

void Checkpoints::addRoutes(rpc::RestApi& api, Take take, Post post) {
  const auto add = [&](const char* method, const char* path, const char* operation, auto handle) {
    api.add(method, path, operation, [this, post, handle](rpc::Request request, rpc::Callback respond) {
      Turn turn;
      try {
        turn = takeTurn();
      } catch (...) {
        return respond(std::current_exception());
      }
      const bool is_taken = post([handle, request = std::move(request), respond, turn = std::move(turn)] {
        respond(rpc::outcomeOf([&] { return handle(request); }));
      });
      if (!is_taken) respond(std::make_exception_ptr(ended()));
    });
  };
  const char* const path = "/_local/checkpoints/{Checkpoint}";
  add("PUT", path, "PutCheckpoint",
      [this, take = std::move(take)](const rpc::Request& request) { return put(nameOf(request), take); });
  add("GET", "/_local/checkpoints", "ListCheckpoints", [this](const rpc::Request&) { return list(); });
  add("GET", path, "GetCheckpoint", [this](const rpc::Request& request) { return get(nameOf(request)); });
  add("DELETE", path, "DeleteCheckpoint", [this](const rpc::Request& request) { return remove(nameOf(request)); });
}

// Each request holds its body, and taking a checkpoint may take long.
Checkpoints::Turn Checkpoints::takeTurn() {
  MutexLock lock(mutex_);
  if (waiting_ >= kMostWaiting) {
    throw ApiError("CheckpointsInUse", std::to_string(kMostWaiting) + " requests for checkpoints wait already", 429);
  }
  ++waiting_;
  return {nullptr, [this](void*) {
            MutexLock leaving(mutex_);
            --waiting_;
          }};
}

Checkpoints::Pointer Checkpoints::find(const std::string& name) const {
  MutexLock lock(mutex_);
  const auto found = checkpoints_.find(name);
  if (found == checkpoints_.end()) throw unknown(name);
  return found->second;
}

rpc::Response Checkpoints::put(const std::string& name, const Take& take) {
  std::uint64_t room = kMostBytes;
  {
    MutexLock lock(mutex_);
    if (!checkpoints_.contains(name) && checkpoints_.size() >= kMost) {
      throw ApiError("CheckpointsFull", "There are " + std::to_string(kMost) + " checkpoints: delete one first", 409);
    }
    for (const auto& [other, checkpoint] : checkpoints_) {
      if (other != name) room -= checkpoint->bytes;
    }
  }
  const Pointer checkpoint = take(room);
  if (!checkpoint) {
    throw ApiError("CheckpointsFull",
                   "The state has more than the " + std::to_string(room) + " bytes that are left of " +
                       std::to_string(kMostBytes) +
                       " for checkpoints: delete one first, or save the state with `dynamodb-log snapshot save`",
                   409);
  }
  MutexLock lock(mutex_);
  checkpoints_[name] = checkpoint;
  return responseOf(name, *checkpoint);
}

rpc::Response Checkpoints::list() const {
  rpc::Response response;
  JsonWriter json(response.body);
  json.beginObject().key("checkpoints").beginArray();
  MutexLock lock(mutex_);
  for (const auto& [name, checkpoint] : checkpoints_) write(json, name, *checkpoint);
  json.endArray().endObject();
  return response;
}

rpc::Response Checkpoints::get(const std::string& name) const { return responseOf(name, *find(name)); }

rpc::Response Checkpoints::remove(const std::string& name) {
  MutexLock lock(mutex_);
  if (checkpoints_.erase(name) == 0) throw unknown(name);
  rpc::Response response;
  response.body = "{}";
  return response;
}

}  // namespace ddblog::offline
