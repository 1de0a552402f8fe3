// Makes the read models of a log new: gives the last event of each stream to the function that builds them. For a
// Projector (ddblog/projector.h) it is a hint: it reads the stream from the read model's version on.
//
//   beside     the read models of a new generation are built, while the old ones serve
//   in place   a read model is removed, the function makes it new, and the next stream follows. If the function fails,
//              what was removed is put back, unless the new one is as far. An item without a version is not removed: no
//              Projector has made it.
//
// A stream is done when its read model has the version that the stream had when the rebuild began. Later events come
// by the rules, as always. Whoever runs it again after an end in the middle loses nothing: beside, it goes on; in
// place, it begins again.
//
// Errors: those of Transport, while the streams are listed; from then on they are in the result. Thread safety: none;
// it has its own threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "ddblog/event_log.h"
#include "ddblog/transport.h"

namespace ddblog::cli {

struct RebuildPlan {
  std::string log_table = {};
  std::string read_model_table = {};
  std::string log = {};
  std::string generation = {};  // of the read models; empty: the first one
  std::string bus_arn = {};     // whose event the function gets
  bool in_place = false;
  bool keeps_going = false;  // after a stream that failed
  std::size_t threads = 4;
};

struct RebuildResult {
  std::uint64_t streams = 0;    // of the log
  std::uint64_t rebuilt = 0;    // whose read models were made
  std::uint64_t unchanged = 0;  // beside: whose read models were up to date
  std::uint64_t failed = 0;
  std::uint64_t missing = 0;             // of these, those whose read models were removed and could not be put back
  bool is_unreachable = false;           // a service did not answer, which ended it
  std::vector<std::string> errors = {};  // "users 42: …", the first ten
  std::set<std::string> types = {};      // of the read models

  bool isComplete() const { return rebuilt + unchanged == streams; }
};

class Rebuild {
 public:
  // Gives an event of the bus to the function. Throws std::runtime_error if it fails. Called on several threads.
  using Call = std::function<void(const std::string& event)>;
  struct Watch {
    std::function<bool()> is_interrupted;
    std::function<void(std::uint64_t streams)> has_total;  // before the first one
    std::function<void()> is_done;                         // one more; one call at a time
  };

  // Throws InvalidArgument for a generation with "#".
  Rebuild(std::shared_ptr<Transport> transport, RebuildPlan plan, Call call);

  RebuildResult run(const Watch& watch) const;

 private:
  struct Model {
    json::object item = {};
    std::uint64_t version = 0;  // 0: there is none
  };
  struct Progress;

  std::string keyOf(const StreamState& stream) const;
  json::object call(std::string_view operation, const json::object& request) const;
  static Model modelIn(json::object& response, std::string_view member);
  Model load(const StreamState& stream) const;
  Model remove(const StreamState& stream, const Model& old) const;
  void putBack(const Model& model) const;
  void rebuild(const StreamState& stream, Progress& progress) const;
  Model makeInPlace(const StreamState& stream, const Model& old) const;
  Model make(const StreamState& stream) const;

  const std::shared_ptr<Transport> transport_;
  const RebuildPlan plan_;
  const Call call_;
  const std::shared_ptr<Environment> environment_ = systemEnvironment();
  const std::string replay_name_;
};

}  // namespace ddblog::cli
