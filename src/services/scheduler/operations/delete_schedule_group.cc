// DeleteScheduleGroup: the group is DELETING until its schedules are deleted, some at a time.
//
// Rejects: broken constraints; the default group; ResourceNotFoundException.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteScheduleGroup.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"

namespace ddblog::scheduler {

namespace {

class DeleteScheduleGroup {
 public:
  DeleteScheduleGroup(rpc::RequestReader& request, Context& context)
      : context_(context), name_(request.pathParameter("Name", nameRule())) {
    request.query("clientToken", clientTokenRule());
    request.finish();
    if (name_ == kDefaultGroup) throw validationError("The default schedule group cannot be deleted.");
  }

  std::string run(Transaction& transaction) const {
    Group group = context_.catalog.group(transaction, name_);
    group.is_being_deleted = true;
    group.modified_at = context_.clock.now();
    context_.catalog.putGroup(transaction, group);
    return "{}";
  }

 private:
  Context& context_;
  const std::string name_;
};

}  // namespace

void addDeleteScheduleGroup(rpc::RestApi& api, Context& context) {
  rpc::addWrite<DeleteScheduleGroup>(api, {"DELETE", "/schedule-groups/{Name}", "DeleteScheduleGroup"}, context);
}

}  // namespace ddblog::scheduler
