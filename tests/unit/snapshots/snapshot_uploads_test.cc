// Snapshots that are sent to a running cloud, piece by piece, by the routes that it has for them.
#include "snapshots/snapshot_uploads.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>

#include "base/api_error.h"
#include "base/json.h"
#include "snapshots/data_directory.h"
#include "snapshots/fields.h"
#include "snapshots/idle_timeout.h"
#include "store/directory_lock.h"
#include "unit/snapshots/states.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::snapshots {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class SnapshotUploadsTest : public testing::Test {
 protected:
  SnapshotUploadsTest() {
    StoreOptions in_memory;
    in_memory.in_memory = true;
    const auto store = Store::open(in_memory);
    fill(*store, 1);
    eventbridge::ArchiveFile archive{fs::path()};
    addEvents(archive, 0, 1200);
    save(StateReader::ofClosedStore(clock_, *store, &archive), folder_.path() / "new.snapshot");
    snapshot_ = folder_.read("new.snapshot");
    content_ = contentOf(*store);
  }

  // The routes of a cloud whose data is in `directory`; an empty path: in memory.
  void serve(const fs::path& directory, std::uint64_t max_bytes = SnapshotUploads::kMaxBytes) {
    uploads_.reset();
    service_ = rpc::RestApi();
    uploads_ = std::make_unique<SnapshotUploads>(
        clock_, ids_, directory, [this](Store& store) { prepare_(store); }, [this] { ++loaded_; }, max_bytes);
    uploads_->addRoutes(service_);
    uploads_->start();
  }
  // One that has its directory open.
  void serveDirectory() {
    store_ = openStore(directory());
    store_->writeAndWait([](Transaction& transaction) { transaction.put("\x11old", "old"); });
    serve(directory());
  }
  fs::path directory() const { return folder_.path() / "data"; }

  json::object call(const std::string& method, const std::string& path, const std::string& body = {},
                    const std::string& offset = {}) {
    auto answer = ask(method, path, body, offset);
    // A `finish` is answered when it is built, or when half a second of the clock is over.
    while (answer.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) clock_.move(patience_);
    return answerOf(answer);
  }
  std::future<rpc::Outcome> ask(const std::string& method, const std::string& path, const std::string& body = {},
                                const std::string& offset = {}) {
    bool path_known = false;
    const auto match = service_.find(method, path, path_known);
    if (!match.route) throw std::logic_error("no route " + path);
    rpc::Request request;
    request.body = body;
    request.parameters = match.parameters;
    if (!offset.empty()) request.query["offset"] = offset;
    auto answered = std::make_shared<std::promise<rpc::Outcome>>();
    match.route->handler(request, [answered](rpc::Outcome outcome) { answered->set_value(std::move(outcome)); });
    return answered->get_future();
  }
  static json::object answerOf(std::future<rpc::Outcome>& answer) {
    return parseJson(answer.get().response().body).as_object();
  }
  std::string begin() {
    return std::string(call("POST", "/_local/restores", R"({"name": "new.snapshot"})").at("restore").as_string());
  }
  std::int64_t send(const std::string& id, std::size_t offset, const std::string& piece) {
    return call("PUT", "/_local/restores/" + id, piece, std::to_string(offset)).at("received").as_int64();
  }
  void sendAll(const std::string& id, const std::string& bytes) {
    for (std::size_t offset = 0; offset < bytes.size(); offset += 50'000) {
      send(id, offset, bytes.substr(offset, 50'000));
    }
  }
  bool finish(const std::string& id) {
    return call("POST", "/_local/restores/" + id + "/finish").at("loaded").as_bool();
  }
  void finishAll(const std::string& id) {
    while (!finish(id)) continue;
  }
  template <class Call>
  static std::string refusalOf(Call call) {
    try {
      call();
    } catch (const ApiError& e) {
      return e.type() + " " + std::to_string(e.status()) + ": " + e.message();
    }
    return "not refused";
  }
  void expectOldState() {
    uploads_.reset();
    EXPECT_FALSE(fs::exists(directory() / kLoadingName));
    EXPECT_FALSE(fs::exists(directory() / kLoadedName));
    EXPECT_EQ(contentOf(*store_).size(), 2u);  // with the format
    EXPECT_EQ(loaded_, 0);
  }

  TemporaryDirectory folder_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Duration patience_{0};
  Ids ids_{1};
  std::string snapshot_;
  std::map<std::string, std::string> content_;
  std::unique_ptr<Store> store_;
  rpc::RestApi service_;
  std::unique_ptr<SnapshotUploads> uploads_;
  std::atomic<int> loaded_{0};
  std::function<void(Store&)> prepare_ = [](Store&) {};
};

TEST_F(SnapshotUploadsTest, ReplaceTheStateOfADirectoryThatIsInUse) {
  serveDirectory();
  const std::string id = begin();
  sendAll(id, snapshot_);
  EXPECT_FALSE(uploads_->isLoaded());
  EXPECT_EQ(contentOf(*store_).size(), 2u);
  finishAll(id);
  EXPECT_TRUE(uploads_->isLoaded());
  EXPECT_EQ(loaded_, 1);
  EXPECT_THAT(refusalOf([&] { call("DELETE", "/_local/restores/" + id); }), StartsWith("SnapshotIsLoaded 409"));
  uploads_->end();
  const LoadedState loaded = uploads_->takeLoaded();
  EXPECT_EQ(loaded.name, "new.snapshot");
  EXPECT_EQ(loaded.saved_at, "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(loaded.state->takeStore(), nullptr);
  store_.reset();
  finishInterruptedLoad(directory());
  EXPECT_TRUE(contentOf(*openStore(directory())) == content_);
  EXPECT_EQ(eventsOf(directory() / kArchiveName).size(), 1200u);
  checkDataDirectory(directory());
}

// The cloud that starts with a state lets go of it when the next upload may have begun.
TEST_F(SnapshotUploadsTest, AreLeftAloneByTheStateThatWasLoadedBefore) {
  serveDirectory();
  const std::string first = begin();
  sendAll(first, snapshot_);
  finishAll(first);
  uploads_->end();
  LoadedState loaded = uploads_->takeLoaded();
  store_.reset();
  finishInterruptedLoad(directory());
  serveDirectory();
  const std::string second = begin();
  loaded = {};
  sendAll(second, snapshot_);
  finishAll(second);
  EXPECT_TRUE(uploads_->isLoaded());
}

// A reset builds its state in the same place.
TEST_F(SnapshotUploadsTest, AndAnotherStateAreNotBuiltAtTheSameTime) {
  serveDirectory();
  const std::string id = begin();
  EXPECT_THAT(refusalOf([&] { uploads_->hold(); }), StartsWith("SnapshotIsLoading 409"));
  call("DELETE", "/_local/restores/" + id);
  uploads_->hold();
  EXPECT_THAT(refusalOf([&] { begin(); }), StartsWith("SnapshotIsLoading 409"));
  uploads_->release();
  const std::string next = begin();
  sendAll(next, snapshot_);
  finishAll(next);
  EXPECT_THAT(refusalOf([&] { uploads_->hold(); }), StartsWith("SnapshotIsLoading 409"));
}

TEST_F(SnapshotUploadsTest, HandOverAStateInMemory) {
  serve({});
  const std::string id = begin();
  sendAll(id, snapshot_);
  finishAll(id);
  uploads_->end();
  const LoadedState loaded = uploads_->takeLoaded();
  EXPECT_TRUE(contentOf(*loaded.state->takeStore()) == content_);
  EXPECT_EQ(loaded.state->takeArchive()->count({}), 1200u);
}

TEST_F(SnapshotUploadsTest, TellHowFarItIsAndAreAskedAgain) {
  serve({});
  const std::string id = begin();
  sendAll(id, snapshot_);
  patience_ = Duration(500);
  finishAll(id);
  EXPECT_TRUE(finish(id));  // an answer that was lost
  EXPECT_EQ(loaded_, 1);
  EXPECT_EQ(call("POST", "/_local/restores/" + id + "/finish").at("read").as_int64(),
            static_cast<std::int64_t>(snapshot_.size()));
}

TEST_F(SnapshotUploadsTest, TakePiecesAgainButNoneThatIsNotTheNext) {
  serveDirectory();
  const std::string id = begin();
  EXPECT_EQ(send(id, 0, snapshot_.substr(0, 1000)), 1000);
  EXPECT_EQ(send(id, 0, snapshot_.substr(0, 1000)), 1000);
  EXPECT_EQ(send(id, 500, snapshot_.substr(500, 1000)), 1500);
  EXPECT_THAT(refusalOf([&] { send(id, 1501, "x"); }), HasSubstr("there are 1500 bytes"));
  EXPECT_EQ(send(id, 1500, snapshot_.substr(1500)), static_cast<std::int64_t>(snapshot_.size()));
  finishAll(id);
  EXPECT_THAT(refusalOf([&] { send(id, snapshot_.size(), "x"); }), HasSubstr("no more pieces"));
}

TEST_F(SnapshotUploadsTest, RefuseWhatIsNoRequest) {
  serveDirectory();
  for (const char* body : {"{}", R"({"name": ""})", R"({"name": "a\nb"})", R"({"name": 1})", "[]"}) {
    EXPECT_THAT(refusalOf([&] { call("POST", "/_local/restores", body); }), testing::Not("not refused")) << body;
  }
  const std::string long_name = R"({"name": ")" + std::string(SnapshotUploads::kNameLength + 1, 'x') + "\"}";
  EXPECT_THAT(refusalOf([&] { call("POST", "/_local/restores", long_name); }), StartsWith("ValidationException"));
  const std::string id = begin();
  for (const char* offset : {"", "-1", "1x", "99999999999999999999999"}) {
    EXPECT_THAT(refusalOf([&] { call("PUT", "/_local/restores/" + id, "x", offset); }),
                HasSubstr("not a position in a file"));
  }
  EXPECT_THAT(refusalOf([&] { send("none", 0, "x"); }), StartsWith("SnapshotUnknown 404"));
  EXPECT_THAT(refusalOf([&] { finish("none"); }), StartsWith("SnapshotUnknown 404"));
  EXPECT_THAT(refusalOf([&] { call("DELETE", "/_local/restores/none"); }), StartsWith("SnapshotUnknown 404"));
  expectOldState();
}

TEST_F(SnapshotUploadsTest, ChangeNothingWhenTheFileIsNotWhole) {
  serveDirectory();
  std::string changed = snapshot_;
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  const std::vector<std::pair<std::string, std::string>> damaged = {
      {snapshot_.substr(0, snapshot_.size() - 1), "The snapshot new.snapshot is damaged (it is cut off). Nothing was"},
      {changed, "The snapshot new.snapshot is damaged (a block has a wrong checksum"},
      {"something else", "new.snapshot is not a snapshot of dynamodb-log"},
      {"dynamodb-log snapshot 9\nrest", "The snapshot new.snapshot has format 9"},
      {"", "new.snapshot is not a snapshot of dynamodb-log"}};
  for (const auto& [bytes, words] : damaged) {
    const std::string id = begin();
    sendAll(id, bytes);
    EXPECT_THAT(refusalOf([&] { finishAll(id); }), StartsWith("SnapshotUnusable 400: " + words));
    EXPECT_THAT(refusalOf([&] { finishAll(id); }), StartsWith("SnapshotUnusable 400: " + words));
    EXPECT_FALSE(fs::exists(directory() / kLoadingName));
  }
  expectOldState();
}

// In memory the entries are checked as they are for a directory.
TEST_F(SnapshotUploadsTest, RefuseEntriesThatAreNoStore) {
  const auto of = [&](const std::vector<std::string>& fields) {
    std::string content;
    for (const std::string& field : fields) appendField(content, field);
    SnapshotWriter writer(folder_.path() / "made", {"2026-01-01T00:00:00.000Z", 0, 0, 0});
    writer.add(BlockKind::kStore, gzip(content));
    writer.finish();
    const std::string id = begin();
    sendAll(id, folder_.read("made"));
    return refusalOf([&] { finishAll(id); });
  };
  serve({});
  const std::string format = KeyBuilder(KeySpace::kFormat).str();
  const std::string version(kStoreFormat);
  EXPECT_THAT(of({"\x11key", "value"}), HasSubstr("format is missing"));
  EXPECT_THAT(of({format, "77"}), HasSubstr("format is not " + version));
  EXPECT_THAT(of({format, version, "\x11", "b", "\x10", "a"}), HasSubstr("not in order"));
  EXPECT_THAT(of({format, version, "\x11"}), HasSubstr("a field is cut off"));
  EXPECT_EQ(loaded_, 0);
}

TEST_F(SnapshotUploadsTest, AFileWithoutEndIsRefusedAndLetGo) {
  serve({}, 10);
  const std::string id = begin();
  EXPECT_EQ(send(id, 0, "0123456789"), 10);
  EXPECT_THAT(refusalOf([&] { send(id, 10, "x"); }), testing::HasSubstr("larger than 10 bytes. Nothing was changed."));
  EXPECT_THAT(refusalOf([&] { send(id, 0, "x"); }), StartsWith("SnapshotUnknown 404"));
  begin();
}

TEST_F(SnapshotUploadsTest, AreOneAtATimeAndForgottenWhenNobodyContinues) {
  serveDirectory();
  const std::string first = begin();
  send(first, 0, "something");
  EXPECT_THAT(refusalOf([&] { begin(); }), StartsWith("SnapshotIsLoading 409"));
  clock_.move(kIdleTimeout - Duration(1));
  send(first, 9, "more");
  clock_.move(kIdleTimeout - Duration(1));
  EXPECT_THAT(refusalOf([&] { begin(); }), StartsWith("SnapshotIsLoading 409"));
  clock_.move(Duration(1));
  const std::string second = begin();
  EXPECT_THAT(refusalOf([&] { send(first, 13, "x"); }), StartsWith("SnapshotUnknown 404"));
  sendAll(second, snapshot_);
  finishAll(second);
  EXPECT_THAT(refusalOf([&] { begin(); }), StartsWith("SnapshotIsLoading 409"));  // until the cloud is started anew
}

TEST_F(SnapshotUploadsTest, AreLetGoOf) {
  serveDirectory();
  for (const bool is_sent : {false, true}) {
    const std::string id = begin();
    EXPECT_TRUE(fs::is_empty(directory() / kLoadingName));  // the file has no name
    if (is_sent) sendAll(id, snapshot_);
    call("DELETE", "/_local/restores/" + id);
    EXPECT_FALSE(fs::exists(directory() / kLoadingName));
    EXPECT_THAT(refusalOf([&] { finish(id); }), StartsWith("SnapshotUnknown 404"));
  }
  expectOldState();
}

TEST_F(SnapshotUploadsTest, ChangeNothingWhenTheCloudEnds) {
  serveDirectory();
  const std::string id = begin();
  sendAll(id, snapshot_);
  uploads_->end();
  EXPECT_FALSE(uploads_->isLoaded());
  EXPECT_EQ(uploads_->takeLoaded().state, nullptr);
  EXPECT_THAT(refusalOf([&] { finish(id); }), StartsWith("SnapshotUnknown 404"));
  EXPECT_THAT(refusalOf([&] { begin(); }), StartsWith("SnapshotNotLoaded 400"));
  expectOldState();
}

// A snapshot that is being built: it is in `prepare`, and stays there until it is released.
class UploadInBuildingTest : public SnapshotUploadsTest {
 protected:
  UploadInBuildingTest() {
    prepare_ = [this](Store&) {
      reached_.set_value();
      release_.get_future().wait();
    };
    serveDirectory();
    id_ = begin();
    sendAll(id_, snapshot_);
    asked_ = askToFinish();
    reached_.get_future().wait();
  }

  std::future<rpc::Outcome> askToFinish() { return ask("POST", "/_local/restores/" + id_ + "/finish"); }
  void release() { release_.set_value(); }
  // As the answer says it; `read` is the whole file.
  void expectAnswer(std::future<rpc::Outcome>& asked, bool loaded) {
    EXPECT_EQ(answerOf(asked), (json::object{{"loaded", loaded}, {"read", snapshot_.size()}}));
  }
  void expectNotLoaded() {
    EXPECT_FALSE(uploads_->isLoaded());
    EXPECT_FALSE(fs::exists(directory() / kLoadedName));
    EXPECT_EQ(loaded_, 0);
  }

  std::string id_;
  std::promise<void> reached_;
  std::promise<void> release_;
  std::future<rpc::Outcome> asked_;
};

TEST_F(UploadInBuildingTest, AreLetGoOf) {
  EXPECT_EQ(call("DELETE", "/_local/restores/" + id_), json::object());
  EXPECT_THAT(refusalOf([&] { begin(); }), StartsWith("SnapshotIsLoading 409"));  // it is not gone yet
  release();
  EXPECT_EQ(refusalOf([&] { answerOf(asked_); }),
            "SnapshotNotLoaded 400: The snapshot cannot be loaded: it was cancelled. Nothing was changed.");
  EXPECT_FALSE(fs::exists(directory() / kLoadingName));
  expectNotLoaded();
  begin();
  expectOldState();
}

TEST_F(UploadInBuildingTest, AreRefusedWhenTheCloudEnds) {
  auto ended = std::async(std::launch::async, [this] { uploads_->end(); });
  while (!refusalOf([&] { begin(); }).starts_with("SnapshotNotLoaded 400")) std::this_thread::yield();
  release();
  EXPECT_EQ(refusalOf([&] { answerOf(asked_); }),
            "SnapshotNotLoaded 400: The snapshot cannot be loaded: the offline cloud is being stopped. Nothing was "
            "changed.");
  ended.get();
  expectNotLoaded();
  EXPECT_EQ(uploads_->takeLoaded().state, nullptr);
  expectOldState();
}

// Who asked long ago may be gone: what is built becomes the state only when somebody asks who is
// told so.
TEST_F(UploadInBuildingTest, AreTheStateOnlyWhenSomebodyIsTold) {
  clock_.move(Duration(500));
  release();
  expectAnswer(asked_, false);
  expectNotLoaded();
  auto asked_again = askToFinish();
  expectAnswer(asked_again, true);
  EXPECT_TRUE(uploads_->isLoaded());
  EXPECT_TRUE(fs::exists(directory() / kLoadedName));
  EXPECT_EQ(loaded_, 1);
}

TEST_F(UploadInBuildingTest, AreNotTheStateWhenNobodyAsksAgain) {
  clock_.move(Duration(500));
  release();
  expectAnswer(asked_, false);
  expectNotLoaded();
  expectOldState();
}

TEST_F(UploadInBuildingTest, TellWhoAskedLast) {
  clock_.move(Duration(499));
  auto asked_again = askToFinish();
  EXPECT_FALSE(answerOf(asked_).at("loaded").as_bool());
  clock_.move(Duration(499));
  release();
  expectAnswer(asked_again, true);
  EXPECT_TRUE(uploads_->isLoaded());
  EXPECT_EQ(loaded_, 1);
}

// What the cloud adds to the new state is part of it.
TEST_F(SnapshotUploadsTest, ArePreparedBeforeTheyAreTheState) {
  prepare_ = [](Store& store) {
    store.writeAndWait([](Transaction& transaction) { transaction.put("\x11more", "more"); });
  };
  content_["\x11more"] = "more";
  serveDirectory();
  const std::string id = begin();
  sendAll(id, snapshot_);
  finishAll(id);
  uploads_.reset();
  store_.reset();
  finishInterruptedLoad(directory());
  EXPECT_TRUE(contentOf(*openStore(directory())) == content_);
  checkDataDirectory(directory());
}

TEST_F(SnapshotUploadsTest, ChangeNothingWhenTheCloudCouldNotStartWithIt) {
  prepare_ = [](Store&) { throw std::runtime_error("table a has another key"); };
  serveDirectory();
  const std::string id = begin();
  sendAll(id, snapshot_);
  EXPECT_EQ(refusalOf([&] { finishAll(id); }),
            "SnapshotNotLoaded 400: The snapshot cannot be loaded: table a has another key. Nothing was changed.");
  expectOldState();
}

TEST_F(SnapshotUploadsTest, SayWhyThereIsNoRoom) {
  store_ = openStore(directory());
  serve(folder_.path() / "none");
  EXPECT_THAT(refusalOf([&] { begin(); }), StartsWith("SnapshotNotLoaded 400: The snapshot cannot be loaded: "));
}

}  // namespace
}  // namespace ddblog::snapshots
