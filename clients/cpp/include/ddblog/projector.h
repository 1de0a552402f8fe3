// Builds read models from the events of one log.
//
//   ddblog::Projector users(ddblog::connect(), {.log_table = …,
//                                               .read_model_table = …,
//                                               .log = "users",
//                                               .type = "user"});
//   users.on("signup", [](const ddblog::Event& event, ddblog::ReadModel& user) {
//     user.setString("name", ddblog::Payload(event.payload).string("name"));
//   });
//   users.project(id, version);  // or users.handle(bus_event)
//
// An event is only a hint that there may be work: streams, buses and invocations guarantee neither
// order nor uniqueness. project() reads the read model's `version`, queries the log for later
// events (all pages, strongly consistent), stops at a gap, applies the events in order, and writes
// the result on condition that `version` has not changed. If another handler was faster, it goes on
// from what that one has written (the error of the failed condition holds it), a limited number of
// times.
//
// A read model is one item: pk = sk = `<log>#<id>`, `type`, `id`, `version` (N), and the attributes
// that the appliers set. If an applier asks for other items (ReadModelItems), they are written with
// it in one transaction. Events that are read together are written together; the result equals that
// of one conditional write per event. If an applier throws, the events before it are written and
// project() rethrows. The caller retries that event; other entities are not held up.
//
// A read model can be rebuilt while the old one serves. The new one has a generation: the key of a
// read model of the generation "v2" is v2/<log>#<id>. Handlers project both, the new one first; then
// rebuild() projects all streams, and makeCurrent() switches getCurrent(). The item pk =
// projection#<log>#<type>, sk = generation says which generation is current.
//
// Thread safety: call on() before anything else; project() and handle() may be called from any
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "ddblog/payload.h"
#include "ddblog/read_model.h"
#include "ddblog/schema.h"
#include "ddblog/transport.h"

namespace ddblog {

class JsonWriter;

struct ProjectorOptions {
  std::string log_table;
  std::string read_model_table;
  std::string log;              // "users"
  std::string type;             // the read model items' `type`: "user"
  int attempts = 10;            // in total, if other handlers keep winning the race
  std::string generation = {};  // of the read models: without "#"; empty: the first one
  Schema schema = {};           // of the log's events, as in EventLogOptions
  // Gets one line per finding: an event type without an applier, a gap. Default: standard error.
  std::function<void(const std::string&)> notice = {};
};

struct RebuildOptions {
  std::size_t threads = 8;
  // Gets the number of streams that are done, on one of the threads; one call at a time.
  std::function<void(std::uint64_t streams)> progress = {};
};

struct Rebuilt {
  std::uint64_t streams = 0;   // in the log
  std::uint64_t advanced = 0;  // whose read models were behind
};

class Projector {
 public:
  using Apply = std::function<void(const Event&, ReadModel&)>;
  using ApplyToItems = std::function<void(const Event&, ReadModel&, ReadModelItems&)>;

  // Throws InvalidArgument for a generation with "#".
  Projector(std::shared_ptr<Transport> transport, ProjectorOptions options,
            std::shared_ptr<Environment> environment = systemEnvironment());

  // Sets how events of one type change the read model. `apply` must depend only on its arguments: it
  // may be called again with the same event. It may throw anything (such as InvalidEvent) if it
  // cannot apply the event. Events of other types only advance the version.
  void on(std::string event_type, Apply apply);
  void on(std::string event_type, ApplyToItems apply);

  // Brings the read model of one entity up to date, unless it is already at version `hint` or
  // later, and returns its version. Throws what an applier threw, std::runtime_error if other
  // handlers won every race, InvalidArgument for an id that no key can hold (a sort key has at most
  // 1,024 bytes), and what Transport::call throws.
  std::uint64_t project(std::string_view id, std::uint64_t hint = UINT64_MAX);

  // The same for a bus event, as a function gets it: {"detail": {"log", "key": {"pk", "sk"}, …}}.
  // Throws InvalidEvent if it is anything else, or from another log.
  std::uint64_t handle(std::string_view bus_event);

  // The main item's attributes without its key; std::nullopt if it does not exist. It and the methods
  // below refuse ids as project() does.
  std::optional<Payload> get(std::string_view id) const;
  // The same, once the read model has seen version `version`: you read your own writes. Throws
  // WaitTimeout; the time of the reads themselves does not count.
  Payload waitFor(std::string_view id, std::uint64_t version,
                  std::chrono::milliseconds timeout = std::chrono::seconds(5)) const;

  // Projects all streams of the log; costs a scan of the log table. Throws what project() throws;
  // it can be called again.
  Rebuilt rebuild(const RebuildOptions& options = {}) const;
  // Makes this projector's generation the current one.
  void makeCurrent() const;
  std::string currentGeneration() const;
  // As get(), of the current generation.
  std::optional<Payload> getCurrent(std::string_view id) const;

 private:
  struct Progress;
  struct Advance;
  static std::string prefixOf(const std::string& generation);
  static void writeCondition(JsonWriter& json, const Progress& progress);
  std::string keyAt(const std::string& prefix, std::string_view id) const;
  std::string keyOf(std::string_view id) const;
  void writeKey(JsonWriter& json, const std::string& id) const;
  std::string pointerKey() const;
  std::optional<Payload> getAt(const std::string& prefix, std::string_view id) const;
  Progress load(const std::string& id) const;
  Progress progressOf(const std::string& response, const std::string& id) const;
  std::uint64_t goOn(Progress progress, const std::string& id, std::uint64_t hint) const;
  Advance advanceOnce(Progress& progress, const std::string& id) const;
  bool catchUp(const std::string& id, std::uint64_t version) const;
  void applyAll(Progress& progress, const std::string& id) const;
  void apply(Progress& progress, const Event& event) const;
  bool applyWith(const ApplyToItems& apply, Progress& progress, const Event& event) const;
  std::string updateItem(const Progress& progress, const std::string& id) const;
  std::string putItem(const Progress& progress, const std::string& id) const;
  std::optional<Progress> write(Progress& progress, const std::string& id) const;

  std::shared_ptr<Transport> transport_;
  ProjectorOptions options_;
  std::shared_ptr<Environment> environment_;
  std::string prefix_;  // of keys: "v2/"
  std::map<std::string, ApplyToItems> appliers_;
};

}  // namespace ddblog
