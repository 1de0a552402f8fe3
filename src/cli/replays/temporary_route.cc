#include "cli/replays/temporary_route.h"

#include "cli/replays/incoming_report.h"
#include "deploy/replays/limits.h"

namespace ddblog::cli {

TemporaryRoute::TemporaryRoute(replays::Routes& routes, const replays::RouteRequest& request,
                               const replays::Check& check)
    : routes_(routes) {
  try {
    routes_.create(request, route_, check);
  } catch (...) {
    remove();
    throw;
  }
}

TemporaryRoute::~TemporaryRoute() { remove(); }

void TemporaryRoute::keepAlive(Timestamp now) {
  if (now < route_.alive + limits::kReplayHeartbeat) return;
  routes_.keepAlive(route_);
  route_.alive = now;
}

void TemporaryRoute::remove() {
  if (route_.name.empty()) return;  // its creation has not begun
  try {
    routes_.remove(route_);
  } catch (const std::exception& error) {
    note("the replay " + route_.name + ", its temporary rule and its queue could not all be removed from AWS: " +
         error.what() + ". The next replay removes what is left");
  }
}

std::vector<std::string> removeAbandonedRoutes(const replays::Routes& routes, Timestamp now) {
  std::vector<std::string> removed;
  for (const replays::Route& route : routes.all()) {
    if (!route.isAbandoned(now)) continue;
    routes.remove(route);
    removed.push_back(route.name);
  }
  return removed;
}

}  // namespace ddblog::cli
