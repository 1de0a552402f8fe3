#include "snapshots/restores.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/answering.h"
#include "rpc/request_reader.h"
#include "snapshots/idle_time.h"

namespace ddblog::snapshots {
namespace {

constexpr Duration kPatience{500};  // then a `finish` is answered, however far the building is

ApiError notLoaded(const std::string& why) {
  return {"SnapshotNotLoaded", "The snapshot cannot be loaded: " + why + ". Nothing was changed."};
}

ApiError ending() { return notLoaded("the offline cloud is being stopped"); }

std::string nameOf(const rpc::Request& request) {
  rpc::RequestReader reader(request);
  const auto name = reader.fields().string("name", {.required = true, .min = 1, .max = Restores::kNameLength});
  reader.finish();
  if (std::any_of(name->begin(), name->end(), [](char c) { return static_cast<unsigned char>(c) < ' '; })) {
    throw validationError("'name' has a character that cannot be shown");
  }
  return *name;
}

std::uint64_t offsetOf(const rpc::Request& request) {
  const auto found = request.query.find("offset");
  std::uint64_t offset = 0;
  if (found != request.query.end()) {
    const std::string& text = found->second;
    const auto end = text.data() + text.size();
    if (const auto read = std::from_chars(text.data(), end, offset); read.ec == std::errc() && read.ptr == end) {
      return offset;
    }
  }
  throw validationError("'offset' is no place in a file");
}

rpc::Answer answerOf(bool loaded, std::uint64_t read) {
  rpc::Answer answer;
  JsonWriter(answer.body).beginObject().key("loaded").value(loaded).key("read").value(read).endObject();
  return answer;
}

}  // namespace

struct Restores::Restore {
  std::string id;
  std::string name;
  std::unique_ptr<NewState> state;
  std::unique_ptr<NamelessFile> file;
  Timestamp used_at;
  Phase phase = Phase::kReceiving;
  std::string saved_at;
  std::uint64_t read = 0;      // bytes of the file
  bool is_unwanted = false;    // what is being built is to be left
  std::exception_ptr refused;  // with kRefused
  rpc::Respond asking;         // a `finish` that is not answered yet
  Timestamp asked_at;
  std::thread thread;  // has nothing more to do with mutex_ once it has left kBuilding
};

Restores::Restores(Clock& real_time, Ids& ids, std::filesystem::path data_directory,
                   std::function<void(Store&)> prepare, std::function<void()> loaded, std::uint64_t most_bytes)
    : clock_(real_time),
      ids_(ids),
      data_directory_(std::move(data_directory)),
      prepare_(std::move(prepare)),
      loaded_(std::move(loaded)),
      most_bytes_(most_bytes) {}

Restores::~Restores() { end(); }

void Restores::addRoutes(rpc::RestService& service) {
  service.add("POST", "/_local/restores", "BeginRestore",
              rpc::answering([this](const rpc::Request& request) { return begin(request); }));
  service.add("PUT", "/_local/restores/{Restore}", "ReceivePiece",
              rpc::answering([this](const rpc::Request& request) { return receive(request); }));
  service.add("POST", "/_local/restores/{Restore}/finish", "FinishRestore",
              [this](rpc::Request request, rpc::Respond respond) {
                try {
                  finish(request, respond);
                } catch (...) {
                  respond({{}, std::current_exception()});
                }
              });
  service.add("DELETE", "/_local/restores/{Restore}", "ForgetRestore",
              rpc::answering([this](const rpc::Request& request) { return forget(request); }));
}

void Restores::start() {
  sweeper_ = std::make_unique<Sweeper>(
      clock_, [](std::string_view) {}, [this] { return sweep(); });
}

void Restores::end() {
  sweeper_.reset();
  std::thread building;
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    if (restore_) {
      restore_->is_unwanted = true;
      building = std::move(restore_->thread);
    }
  }
  if (building.joinable()) building.join();
  std::lock_guard lock(mutex_);
  if (restore_ && restore_->phase != Phase::kLoaded) restore_.reset();
}

bool Restores::isLoaded() const {
  std::lock_guard lock(mutex_);
  return restore_ && restore_->phase == Phase::kLoaded;
}

LoadedState Restores::takeLoaded() {
  std::lock_guard lock(mutex_);
  if (!restore_ || restore_->phase != Phase::kLoaded) return {};
  return {std::move(restore_->state), restore_->name, restore_->saved_at};
}

Timestamp Restores::sweep() {
  std::lock_guard lock(mutex_);
  if (restore_ && isForgotten(*restore_)) letGo();
  return clock_.now() + kIdleLook;
}

bool Restores::isForgotten(const Restore& restore) const {
  return restore.phase != Phase::kBuilding && restore.phase != Phase::kLoaded &&
         restore.used_at + kIdle <= clock_.now();
}

// Of one that is not being built.
void Restores::letGo() {
  if (restore_->thread.joinable()) restore_->thread.join();
  restore_.reset();
}

Restores::Restore& Restores::find(const rpc::Request& request) {
  const std::string& id = request.parameters.at("Restore");
  if (restore_ && isForgotten(*restore_)) letGo();
  if (!restore_ || restore_->id != id) {
    throw ApiError("SnapshotUnknown",
                   "No snapshot is being loaded as " + id + ": nobody continued it for " +
                       std::to_string(kIdle.count()) + " minutes, or the offline cloud was started anew",
                   404);
  }
  restore_->used_at = clock_.now();
  return *restore_;
}

rpc::Answer Restores::begin(const rpc::Request& request) {
  auto fresh = std::make_unique<Restore>();
  fresh->id = ids_.uuid();
  fresh->name = nameOf(request);
  std::lock_guard lock(mutex_);
  if (ended_) throw ending();
  if (restore_ && restore_->phase != Phase::kRefused && !isForgotten(*restore_)) {
    throw ApiError("SnapshotIsLoading",
                   "Another snapshot is being loaded; try again when it is, or after " + std::to_string(kIdle.count()) +
                       " minutes if nobody continues it",
                   409);
  }
  if (restore_) letGo();
  try {
    fresh->state = std::make_unique<NewState>(data_directory_);
    fresh->file = std::make_unique<NamelessFile>(fresh->state->place());
  } catch (const std::exception& e) {
    throw notLoaded(e.what());
  }
  fresh->used_at = clock_.now();
  restore_ = std::move(fresh);
  rpc::Answer answer;
  JsonWriter(answer.body).beginObject().key("restore").value(restore_->id).endObject();
  return answer;
}

rpc::Answer Restores::receive(const rpc::Request& request) {
  const std::uint64_t offset = offsetOf(request);
  std::lock_guard lock(mutex_);
  Restore& restore = find(request);
  if (restore.phase != Phase::kReceiving) throw validationError("The snapshot is finished: it gets no more pieces");
  if (offset > restore.file->size()) {
    throw validationError("The piece from " + std::to_string(offset) + " on is not the next one: there are " +
                          std::to_string(restore.file->size()) + " bytes");
  }
  try {
    if (offset + request.body.size() > most_bytes_) {
      throw std::runtime_error("it is larger than " + std::to_string(most_bytes_) + " bytes");
    }
    restore.file->write(offset, request.body);
  } catch (const std::exception& e) {
    letGo();  // others need the room
    throw notLoaded(e.what());
  }
  rpc::Answer answer;
  JsonWriter(answer.body).beginObject().key("received").value(restore.file->size()).endObject();
  return answer;
}

void Restores::finish(const rpc::Request& request, rpc::Respond respond) {
  std::lock_guard lock(mutex_);
  Restore& restore = find(request);
  if (restore.phase == Phase::kReceiving) {
    if (ended_) throw ending();
    restore.thread = std::thread([this, &restore] { build(restore); });
    restore.phase = Phase::kBuilding;
  }
  // Who asked before and was not answered yet has given up, most likely.
  if (restore.asking) restore.asking({answerOf(false, restore.read), nullptr});
  restore.asking = std::move(respond);
  restore.asked_at = clock_.now();
  if (restore.phase != Phase::kBuilding) conclude(restore);
}

rpc::Answer Restores::forget(const rpc::Request& request) {
  std::lock_guard lock(mutex_);
  Restore& restore = find(request);
  if (restore.phase == Phase::kLoaded) {
    throw ApiError("SnapshotIsLoaded", "It is too late to let go of the snapshot: it is loaded", 409);
  }
  if (restore.phase == Phase::kBuilding) {
    restore.is_unwanted = true;
  } else {
    letGo();
  }
  rpc::Answer answer;
  answer.body = "{}";
  return answer;
}

void Restores::advance(Restore& restore, std::uint64_t bytes) {
  std::lock_guard lock(mutex_);
  if (restore.is_unwanted) throw unwanted();
  restore.read += bytes;
  answerWhoWaited(restore);
}

// Who asked that long ago is to ask again.
void Restores::answerWhoWaited(Restore& restore) {
  if (restore.asking && restore.asked_at + kPatience <= clock_.now()) {
    std::exchange(restore.asking, nullptr)({answerOf(false, restore.read), nullptr});
  }
}

ApiError Restores::unwanted() const { return ended_ ? ending() : notLoaded("it is not wanted any more"); }

void Restores::build(Restore& restore) {
  std::exception_ptr refused;
  std::string saved_at;
  std::uint64_t read = 0;
  try {
    SnapshotReader snapshot(restore.file->path(), restore.name);
    restore.state->build(snapshot, [&](std::uint64_t bytes) { advance(restore, bytes); });
    restore.state->use(prepare_);
    saved_at = snapshot.info().saved_at;
    read = snapshot.bytes();
  } catch (const ApiError&) {
    refused = std::current_exception();
  } catch (const SnapshotUnusable& e) {
    refused = std::make_exception_ptr(ApiError("SnapshotUnusable", e.what()));
  } catch (const std::exception& e) {
    refused = std::make_exception_ptr(notLoaded(e.what()));
  }
  restore.file.reset();

  std::lock_guard lock(mutex_);
  if (!refused && restore.is_unwanted) refused = std::make_exception_ptr(unwanted());
  if (refused) restore.state.reset();
  restore.phase = refused ? Phase::kRefused : Phase::kBuilt;
  restore.refused = refused;
  restore.saved_at = std::move(saved_at);
  restore.read = read;
  restore.used_at = clock_.now();
  if (!refused) answerWhoWaited(restore);  // `prepare` may take long, and he may be gone
  if (restore.asking) conclude(restore);
}

// Tells who asks how it ended. What is built becomes the state first.
void Restores::conclude(Restore& restore) {
  const bool is_new = restore.phase == Phase::kBuilt;
  if (is_new) {
    try {
      restore.state->take();
      restore.phase = Phase::kLoaded;
    } catch (const std::exception& e) {
      restore.state.reset();
      restore.refused = std::make_exception_ptr(notLoaded(e.what()));
      restore.phase = Phase::kRefused;
    }
  }
  std::exchange(restore.asking, nullptr)({answerOf(restore.phase == Phase::kLoaded, restore.read), restore.refused});
  if (is_new && restore.phase == Phase::kLoaded) loaded_();
}

}  // namespace ddblog::snapshots
