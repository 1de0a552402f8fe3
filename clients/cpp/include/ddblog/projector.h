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
// from what that has written (which the error of the failed condition holds), a limited number of times.
//
// A read model is one item: pk = sk = `<log>#<id>`, `type`, `id`, `version` (N), and the attributes
// that the appliers set. Events that are read together are written together; the result equals that
// of one conditional write per event. If an applier throws, the events before it are written and
// project() rethrows. The caller retries that event; other entities are not held up.
//
// Thread safety: call on() before anything else; project() and handle() may be called from any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "ddblog/transport.h"

namespace ddblog {

// The attributes of one read model while events are applied to it.
class ReadModel {
 public:
  // The current value; std::nullopt if absent or of another type.
  std::optional<std::string> string(const std::string& attribute) const;
  std::optional<std::string> json(const std::string& attribute) const;  // any type, as JSON text

  void setString(const std::string& attribute, std::string_view value);
  void setNumber(const std::string& attribute, std::string_view number);  // keeps every digit
  void setBool(const std::string& attribute, bool value);
  void setJson(const std::string& attribute, std::string_view json);  // throws std::invalid_argument
  void remove(const std::string& attribute);

 private:
  friend class Projector;
  std::map<std::string, std::string> attributes_;  // as DynamoDB's JSON: {"S": "Ada"}
  std::set<std::string> changed_;
};

struct ProjectorOptions {
  std::string log_table;
  std::string read_model_table;
  std::string log;    // "users"
  std::string type;   // the read model items' `type`: "user"
  int attempts = 10;  // in total, if other handlers keep winning the race
  // Gets one line per finding: an event type without an applier, a gap. Default: standard error.
  std::function<void(const std::string&)> notice = {};
};

class Projector {
 public:
  using Apply = std::function<void(const Event&, ReadModel&)>;

  Projector(std::shared_ptr<Transport> transport, ProjectorOptions options,
            std::shared_ptr<Environment> environment = systemEnvironment());

  // Sets how events of one type change the read model. `apply` must depend only on its arguments.
  // It may throw anything (such as InvalidEvent) if it cannot apply the event. Events of other
  // types only advance the version.
  void on(std::string event_type, Apply apply);

  // Brings the read model of one entity up to date, unless it is already at version `hint` or
  // later, and returns its version. Throws what an applier threw, std::runtime_error if other
  // handlers won every race, and what Transport::call throws.
  std::uint64_t project(std::string_view id, std::uint64_t hint);

  // The same for a bus event, as a function gets it: {"detail": {"log", "key": {"pk", "sk"}, …}}.
  // Throws InvalidEvent if it is anything else, or from another log.
  std::uint64_t handle(std::string_view bus_event);

 private:
  struct Progress;
  std::optional<Progress> advance(Progress& progress, const std::string& id) const;
  Progress load(const std::string& id) const;
  Progress progressOf(const std::string& response, const std::string& id) const;
  void applyAll(Progress& progress, const std::string& id) const;
  void apply(Progress& progress, const Event& event) const;
  std::string updateItem(const Progress& progress, const std::string& id) const;
  std::optional<Progress> write(Progress& progress, const std::string& id) const;

  std::shared_ptr<Transport> transport_;
  ProjectorOptions options_;
  std::shared_ptr<Environment> environment_;
  std::map<std::string, Apply> appliers_;
};

}  // namespace ddblog
