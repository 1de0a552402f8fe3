// A route out of AWS that exists as long as this object, and what killed replays have left.
//
// Errors: those of replays::Routes. Thread safety: none.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "deploy/replays/replay_route.h"

namespace ddblog::cli {

class TemporaryRoute {
 public:
  // `check` may throw to end the creation, on Ctrl-C: then what exists already is removed.
  TemporaryRoute(replays::Routes& routes, const replays::RouteRequest& request, const replays::Check& check);
  // Removes it. If that fails, says so on standard error: the next replay removes it. What was replayed stays good.
  ~TemporaryRoute();
  TemporaryRoute(const TemporaryRoute&) = delete;

  const replays::Route& route() const { return route_; }
  // Says in AWS now and then that this process still runs.
  void keepAlive(Timestamp now);

 private:
  void remove();

  replays::Routes& routes_;
  replays::Route route_;
};

// The routes of processes that have ended. Returns their names.
std::vector<std::string> removeAbandonedRoutes(const replays::Routes& routes, Timestamp now);

}  // namespace ddblog::cli
