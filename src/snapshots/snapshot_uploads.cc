#include "snapshots/snapshot_uploads.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "rpc/synchronous.h"
#include "snapshots/idle_timeout.h"

namespace ddblog::snapshots {
namespace {

constexpr Duration kFinishTimeout{500};  // a `finish` is answered after this even if the state is not built yet

ApiError notLoaded(const std::string& why) {
  return {"SnapshotNotLoaded", "The snapshot cannot be loaded: " + why + ". Nothing was changed."};
}

ApiError stopping() { return notLoaded("the offline cloud is being stopped"); }

std::string nameOf(const rpc::Request& request) {
  rpc::RequestReader reader(request);
  const auto name = reader.fields().string("name", {.required = true, .min = 1, .max = SnapshotUploads::kNameLength});
  reader.finish();
  if (std::any_of(name->begin(), name->end(), [](char c) { return static_cast<unsigned char>(c) < ' '; })) {
    throw validationError("'name' contains a control character");
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
  throw validationError("'offset' is not a position in a file");
}

rpc::Response answerOf(bool loaded, std::uint64_t read) {
  rpc::Response answer;
  JsonWriter(answer.body).beginObject().key("loaded").value(loaded).key("read").value(read).endObject();
  return answer;
}

}  // namespace

struct SnapshotUploads::Upload {
  std::string id;
  std::string name;
  std::unique_ptr<StagedState> state;
  std::unique_ptr<AnonymousFile> file;
  RunningTime used_at;
  Phase phase = Phase::kReceiving;
  std::string saved_at;
  std::uint64_t read = 0;     // bytes of the file
  bool is_cancelled = false;  // the build is to be abandoned
  std::exception_ptr error;   // of kFailed
  rpc::Callback waiting;      // of a `finish` that is not answered yet
  RunningTime waiting_since;
  std::thread thread;  // does not use mutex_ any more once the phase is not kBuilding
};

SnapshotUploads::SnapshotUploads(Clock& real_time, Ids& ids, std::filesystem::path data_directory,
                                 std::function<void(Store&)> prepare, std::function<void()> loaded,
                                 std::uint64_t max_bytes)
    : clock_(real_time),
      ids_(ids),
      data_directory_(std::move(data_directory)),
      prepare_(std::move(prepare)),
      loaded_(std::move(loaded)),
      max_bytes_(max_bytes) {}

SnapshotUploads::~SnapshotUploads() { end(); }

void SnapshotUploads::addRoutes(rpc::RestApi& api) {
  api.add("POST", "/_local/restores", "BeginSnapshotUpload",
          rpc::synchronous([this](const rpc::Request& request) { return begin(request); }));
  api.add("PUT", "/_local/restores/{Restore}", "UploadSnapshotPiece",
          rpc::synchronous([this](const rpc::Request& request) { return receive(request); }));
  api.add("POST", "/_local/restores/{Restore}/finish", "FinishSnapshotUpload",
          [this](rpc::Request request, rpc::Callback respond) {
            try {
              finish(request, respond);
            } catch (...) {
              respond(std::current_exception());
            }
          });
  api.add("DELETE", "/_local/restores/{Restore}", "CancelSnapshotUpload",
          rpc::synchronous([this](const rpc::Request& request) { return cancel(request); }));
}

void SnapshotUploads::start() {
  sweeper_ = std::make_unique<Sweeper>(
      clock_, [](std::string_view) {}, [this] { return sweep(); });
}

void SnapshotUploads::end() {
  sweeper_.reset();
  std::thread building;
  {
    MutexLock lock(mutex_);
    ended_ = true;
    if (upload_) {
      upload_->is_cancelled = true;
      building = std::move(upload_->thread);
    }
  }
  if (building.joinable()) building.join();
  MutexLock lock(mutex_);
  if (upload_ && upload_->phase != Phase::kLoaded) upload_.reset();
}

void SnapshotUploads::hold() {
  MutexLock lock(mutex_);
  discardUnused("A snapshot");
  held_ = true;
}

void SnapshotUploads::release() {
  MutexLock lock(mutex_);
  held_ = false;
}

bool SnapshotUploads::isLoaded() const {
  MutexLock lock(mutex_);
  return upload_ && upload_->phase == Phase::kLoaded;
}

LoadedState SnapshotUploads::takeLoaded() {
  MutexLock lock(mutex_);
  if (!upload_ || upload_->phase != Phase::kLoaded) return {};
  return {std::move(upload_->state), upload_->name, upload_->saved_at};
}

RunningTime SnapshotUploads::sweep() {
  MutexLock lock(mutex_);
  if (upload_ && isAbandoned(*upload_)) discard();
  return clock_.runningTime() + kIdleCheckInterval;
}

bool SnapshotUploads::isAbandoned(const Upload& upload) const {
  return upload.phase != Phase::kBuilding && upload.phase != Phase::kLoaded &&
         upload.used_at + kIdleTimeout <= clock_.runningTime();
}

// So that there is none. `what` is being loaded if there is one.
void SnapshotUploads::discardUnused(const std::string& what) {
  if (!upload_) return;
  if (upload_->phase != Phase::kFailed && !isAbandoned(*upload_)) {
    throw ApiError("SnapshotIsLoading",
                   what + " is being loaded. Try again later; an abandoned one ends after " +
                       std::to_string(kIdleTimeout.count()) + " minutes",
                   409);
  }
  discard();
}

// Must not be called while it is being built.
void SnapshotUploads::discard() {
  if (upload_->thread.joinable()) upload_->thread.join();
  upload_.reset();
}

SnapshotUploads::Upload& SnapshotUploads::find(const rpc::Request& request) {
  const std::string& id = request.parameters.at("Restore");
  if (upload_ && isAbandoned(*upload_)) discard();
  if (!upload_ || upload_->id != id) {
    throw ApiError("SnapshotUnknown",
                   "No snapshot is being loaded as " + id + ": it was not continued for " +
                       std::to_string(kIdleTimeout.count()) + " minutes, or the offline cloud was restarted",
                   404);
  }
  upload_->used_at = clock_.runningTime();
  return *upload_;
}

rpc::Response SnapshotUploads::begin(const rpc::Request& request) {
  auto fresh = std::make_unique<Upload>();
  fresh->id = ids_.uuid();
  fresh->name = nameOf(request);
  MutexLock lock(mutex_);
  if (ended_) throw stopping();
  if (held_) throw ApiError("SnapshotIsLoading", "The cloud is being reset. Try again later", 409);
  discardUnused("Another snapshot");
  try {
    fresh->state = std::make_unique<StagedState>(data_directory_);
    fresh->file = std::make_unique<AnonymousFile>(fresh->state->place());
  } catch (const std::exception& e) {
    throw notLoaded(e.what());
  }
  fresh->used_at = clock_.runningTime();
  upload_ = std::move(fresh);
  rpc::Response answer;
  JsonWriter(answer.body).beginObject().key("restore").value(upload_->id).endObject();
  return answer;
}

rpc::Response SnapshotUploads::receive(const rpc::Request& request) {
  const std::uint64_t offset = offsetOf(request);
  MutexLock lock(mutex_);
  Upload& upload = find(request);
  if (upload.phase != Phase::kReceiving) throw validationError("The snapshot is finished: it accepts no more pieces");
  if (offset > upload.file->size()) {
    throw validationError("The piece at offset " + std::to_string(offset) + " is not the next one: there are " +
                          std::to_string(upload.file->size()) + " bytes");
  }
  try {
    if (offset + request.body.size() > max_bytes_) {
      throw std::runtime_error("it is larger than " + std::to_string(max_bytes_) + " bytes");
    }
    upload.file->write(offset, request.body);
  } catch (const std::exception& e) {
    discard();  // free the disk space for others
    throw notLoaded(e.what());
  }
  rpc::Response answer;
  JsonWriter(answer.body).beginObject().key("received").value(upload.file->size()).endObject();
  return answer;
}

void SnapshotUploads::finish(const rpc::Request& request, rpc::Callback respond) {
  MutexLock lock(mutex_);
  Upload& upload = find(request);
  if (upload.phase == Phase::kReceiving) {
    if (ended_) throw stopping();
    upload.thread = std::thread([this, &upload] { build(upload); });
    upload.phase = Phase::kBuilding;
  }
  // An earlier unanswered client has most likely given up.
  if (upload.waiting) upload.waiting(answerOf(false, upload.read));
  upload.waiting = std::move(respond);
  upload.waiting_since = clock_.runningTime();
  if (upload.phase != Phase::kBuilding) conclude(upload);
}

rpc::Response SnapshotUploads::cancel(const rpc::Request& request) {
  MutexLock lock(mutex_);
  Upload& upload = find(request);
  if (upload.phase == Phase::kLoaded) {
    throw ApiError("SnapshotIsLoaded", "It is too late to cancel: the snapshot is loaded", 409);
  }
  if (upload.phase == Phase::kBuilding) {
    upload.is_cancelled = true;
  } else {
    discard();
  }
  rpc::Response answer;
  answer.body = "{}";
  return answer;
}

void SnapshotUploads::advance(Upload& upload, std::uint64_t bytes) {
  MutexLock lock(mutex_);
  if (upload.is_cancelled) throw cancelled();
  upload.read += bytes;
  answerIfOverdue(upload);
}

// A client that has waited that long is told to ask again.
void SnapshotUploads::answerIfOverdue(Upload& upload) {
  if (upload.waiting && upload.waiting_since + kFinishTimeout <= clock_.runningTime()) {
    std::exchange(upload.waiting, nullptr)(answerOf(false, upload.read));
  }
}

ApiError SnapshotUploads::cancelled() const { return ended_ ? stopping() : notLoaded("it was cancelled"); }

void SnapshotUploads::build(Upload& upload) {
  std::exception_ptr error;
  std::string saved_at;
  std::uint64_t read = 0;
  try {
    SnapshotReader snapshot(upload.file->path(), upload.name);
    upload.state->build(snapshot, [&](std::uint64_t bytes) { advance(upload, bytes); });
    upload.state->use(prepare_);
    saved_at = snapshot.info().saved_at;
    read = snapshot.bytes();
  } catch (const ApiError&) {
    error = std::current_exception();
  } catch (const SnapshotUnusable& e) {
    error = std::make_exception_ptr(ApiError("SnapshotUnusable", e.what()));
  } catch (const std::exception& e) {
    error = std::make_exception_ptr(notLoaded(e.what()));
  }
  upload.file.reset();

  MutexLock lock(mutex_);
  if (!error && upload.is_cancelled) error = std::make_exception_ptr(cancelled());
  if (error) upload.state.reset();
  upload.phase = error ? Phase::kFailed : Phase::kBuilt;
  upload.error = error;
  upload.saved_at = std::move(saved_at);
  upload.read = read;
  upload.used_at = clock_.runningTime();
  if (!error) answerIfOverdue(upload);  // `prepare` may have taken long, and the client may be gone
  if (upload.waiting) conclude(upload);
}

// Commits a state that was built, and tells the waiting client how the upload ended.
void SnapshotUploads::conclude(Upload& upload) {
  const bool is_new = upload.phase == Phase::kBuilt;
  if (is_new) {
    try {
      upload.state->commit();
      upload.phase = Phase::kLoaded;
    } catch (const std::exception& e) {
      upload.state.reset();
      upload.error = std::make_exception_ptr(notLoaded(e.what()));
      upload.phase = Phase::kFailed;
    }
  }
  const auto respond = std::exchange(upload.waiting, nullptr);
  respond(upload.error ? rpc::Outcome(upload.error) : answerOf(upload.phase == Phase::kLoaded, upload.read));
  if (is_new && upload.phase == Phase::kLoaded) loaded_();
}

}  // namespace ddblog::snapshots
