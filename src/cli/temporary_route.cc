#include "cli/temporary_route.h"

#include "cli/incoming_report.h"
#include "deploy/replays/limits.h"

namespace ddblog::cli {

TemporaryRoute::TemporaryRoute(replays::Routes& routes, const replays::RouteRequest& request) : routes_(routes) {
  try {
    routes_.create(request, route_);
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
  try {
    routes_.remove(route_);
  } catch (const std::exception& error) {
    note("the temporary rule and queue " + route_.name + " could not be removed from AWS: " + error.what() +
         ". The next replay removes them");
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
