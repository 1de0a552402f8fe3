#include "deploy/local/provision_schedules.h"

#include <set>
#include <string>

#include "deploy/local/declared.h"
#include "deploy/local/service_calls.h"

namespace ddblog::deploy {

namespace {

const rpc::JsonApi& schedulerOf(const rpc::Apis& apis) {
  const rpc::JsonApi* api = apis.findInternal("Scheduler");
  if (!api) throw ProvisionError("there is no service for schedules");
  return *api;
}

std::string groupOf(const json::object& schedule) {
  const std::string group = textOf(schedule, "GroupName");
  return group.empty() ? "default" : group;
}

}  // namespace

void provisionSchedules(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals) {
  const rpc::JsonApi& scheduler = schedulerOf(apis);
  std::set<std::string> groups, schedules;
  for (const json::object& group : app.schedule_groups) {
    const std::string name = textOf(group, "Name");
    provision(refusals, scheduler, "PutScheduleGroup", group, "schedule group " + name);
    groups.insert(declaredKey("schedule-group").text(name).str());
  }
  for (const json::object& schedule : app.schedules) {
    const std::string name = textOf(schedule, "Name");
    provision(refusals, scheduler, "PutSchedule", schedule, "schedule " + name);
    schedules.insert(declaredKey("schedule").text(groupOf(schedule)).text(name).str());
  }
  replaceDeclared(store, "schedule", schedules, [&](KeyParser former) {
    const std::string group = former.text();
    const std::string name = former.text();
    provision(refusals, scheduler, "DeleteSchedule", {{"GroupName", group}, {"Name", name}}, "schedule " + name);
  });
  replaceDeclared(store, "schedule-group", groups, [&](KeyParser former) {
    const std::string name = former.text();
    provision(refusals, scheduler, "DeleteScheduleGroup", {{"Name", name}}, "schedule group " + name);
  });
}

}  // namespace ddblog::deploy
