// ListSchedules: the schedules of a group, or of all, by group and name. Rejects: broken constraints;
// ResourceNotFoundException for the group.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html
#include "base/json_fields.h"
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"

namespace ddblog::scheduler {

namespace {

class ListSchedules {
 public:
  ListSchedules(rpc::RequestReader& request, Context& context)
      : context_(context),
        group_(request.query("ScheduleGroup", nameRule()).value_or("")),
        state_(request.query("State", {.one_of = {"ENABLED", "DISABLED"}}).value_or("")),
        page_(readPage(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    if (!group_.empty()) context_.catalog.group(reader, group_);
    const auto page = context_.catalog.list(reader, group_, state_, page_);
    std::string body;
    JsonWriter json(body);
    json.beginObject();
    writeNextToken(json, page.next_token);
    json.key("Schedules").beginArray();
    for (const Schedule& schedule : page.entries) {
      json.beginObject();
      json.key("Arn").value(context_.arns.schedule(schedule));
      json.key("CreationDate").value(toEpochSeconds(schedule.created_at));
      json.key("GroupName").value(schedule.group);
      json.key("LastModificationDate").value(toEpochSeconds(schedule.modified_at));
      json.key("Name").value(schedule.name);
      json.key("State").value(schedule.state);
      json.key("Target").beginObject().key("Arn").value(textOf(schedule.target, "Arn")).endObject();
      json.endObject();
    }
    json.endArray().endObject();
    return body;
  }

 private:
  Context& context_;
  const std::string group_;  // empty: all
  const std::string state_;  // empty: any
  const ListRequest page_;
};

}  // namespace

void addListSchedules(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListSchedules>(api, {"GET", "/schedules", "ListSchedules"}, context);
}

}  // namespace ddblog::scheduler
