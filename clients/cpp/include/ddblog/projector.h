// Building read models: what a handler does with the events of one log.
//
//   ddblog::Projector users(ddblog::connect(), {.log_table = …, .read_model_table = …, .log = "users", .type =
//   "user"}); users.on("signup", [](const ddblog::Event& event, ddblog::ReadModel& user) { user.setText("name", …); });
//   users.project(id, version);                         // or users.handle(event_of_the_bus)
//
// An event that arrives is a hint that there may be something to do: neither order nor uniqueness is promised by
// streams, buses and invocations. project() reads the read model's `version`, queries the log for what comes after it
// (all pages, consistently), stops at a gap, applies the events in order, and writes the result on condition that
// `version` is still what it read. If another handler was faster it reads again, a bounded number of times.
//
// The read model of one thing is one item: pk = sk = `<log>#<id>`, `type`, `id`, `version` (N), and what the appliers
// set. Events that were found together are written together: their result, under one condition, is the same as that of
// one write after another. When an applier throws, what came before its event is written, and the exception comes out
// of project(): the event is tried again by whoever invoked, and nobody else waits for it.
//
// Thread safety: on() before everything else; project() and handle() may be called from any thread.
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
#include "ddblog/wire.h"

namespace ddblog {

// One read model's attributes while events are applied to it.
class ReadModel {
 public:
  // What is there now; std::nullopt if absent or of another type.
  std::optional<std::string> text(const std::string& attribute) const;
  std::optional<std::string> json(const std::string& attribute) const;  // any type, as JSON text

  void setText(const std::string& attribute, std::string_view text);
  void setNumber(const std::string& attribute, std::string_view number);  // every digit is kept
  void setTruth(const std::string& attribute, bool truth);
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
  int attempts = 10;  // in all, when others are faster each time
  // Gets one line about what was noticed: an event of a type that nobody applies, a gap. Default: standard error.
  std::function<void(const std::string&)> notice = {};
};

class Projector {
 public:
  using Apply = std::function<void(const Event&, ReadModel&)>;

  Projector(std::shared_ptr<Wire> wire, ProjectorOptions options,
            std::shared_ptr<Surroundings> surroundings = systemSurroundings());

  // How an event of that type changes the read model. It must depend on nothing but its arguments, and throws what it
  // likes (InvalidEvent) when it cannot apply the event. Events of other types only advance the version.
  void on(std::string event_type, Apply apply);

  // Brings the read model of one thing up to date, unless it is at `hint` or later already, and returns its version.
  // Throws what an applier threw, std::runtime_error when others were faster each time, and what Wire::call throws.
  std::uint64_t project(std::string_view id, std::uint64_t hint);

  // The same for an event of the bus, as a function gets it: {"detail": {"log", "key": {"pk", "sk"}, …}}. Throws
  // InvalidEvent when it is something else, or of another log.
  std::uint64_t handle(std::string_view bus_event);

 private:
  enum class Written { kYes, kLostRace };
  struct Progress;
  std::uint64_t attempt(const std::string& id, std::uint64_t hint, bool& lost_race);
  Progress load(const std::string& id) const;
  void applyAll(Progress& progress, const std::string& id) const;
  void apply(Progress& progress, const Event& event) const;
  std::string updateItem(const Progress& progress, const std::string& id) const;
  Written write(Progress& progress, const std::string& id) const;

  std::shared_ptr<Wire> wire_;
  ProjectorOptions options_;
  std::shared_ptr<Surroundings> surroundings_;
  std::map<std::string, Apply> appliers_;
};

}  // namespace ddblog
