// CreateScheduleGroup. The same request once more, with the same ClientToken, gets the same answer.
//
// Rejects: broken constraints; ConflictException if the group exists; ServiceQuotaExceededException.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"
#include "services/scheduler/schedules/limits.h"

namespace ddblog::scheduler {

namespace {

class CreateScheduleGroup {
 public:
  CreateScheduleGroup(rpc::RequestReader& request, Context& context) : context_(context) {
    group_.name = request.pathParameter("Name", nameRule());
    group_.tags = readTags(request.fields());
    group_.client_token = request.fields().string("ClientToken", clientTokenRule()).value_or("");
    request.finish();
    checkTags(group_.tags);
  }

  std::string run(Transaction& transaction) const {
    const auto existing = context_.catalog.findGroup(transaction, group_.name);
    const bool is_repeated = existing && !group_.client_token.empty() && existing->client_token == group_.client_token;
    if (!is_repeated) create(transaction, existing.has_value());
    std::string body;
    JsonWriter(body).beginObject().key("ScheduleGroupArn").value(context_.arns.group(group_.name)).endObject();
    return body;
  }

 private:
  void create(Transaction& transaction, bool exists) const {
    if (exists) throw conflict("Schedule group " + group_.name + " already exists.");
    if (context_.catalog.countGroups(transaction) >= limits::kGroups) {
      throw quotaExceeded("There can be 500 schedule groups at most.");
    }
    Group group = group_;
    group.created_at = group.modified_at = context_.clock.now();
    context_.catalog.putGroup(transaction, group);
  }

  Context& context_;
  Group group_;
};

}  // namespace

void addCreateScheduleGroup(rpc::RestApi& api, Context& context) {
  rpc::addWrite<CreateScheduleGroup>(api, {"POST", "/schedule-groups/{Name}", "CreateScheduleGroup"}, context);
}

}  // namespace ddblog::scheduler
