// DeleteSchedule and DeleteScheduleGroup of a template that no longer declares them (ours): without an error if
// they are gone already.
//
// {"Name": …, "GroupName": …}, {"Name": …}. Rejects: broken constraints.
#include "rpc/operation.h"
#include "services/scheduler/operations/fields.h"

namespace ddblog::scheduler {

namespace {

class DeleteProvisionedSchedule {
 public:
  DeleteProvisionedSchedule(rpc::RequestReader& request, Context& context)
      : context_(context),
        name_(request.fields().string("Name", nameRule()).value_or("")),
        group_(readGroupName(request.fields())) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    if (context_.catalog.find(transaction, group_, name_)) context_.catalog.erase(transaction, group_, name_);
    return "{}";
  }

 private:
  Context& context_;
  const std::string name_;
  const std::string group_;
};

class DeleteProvisionedGroup {
 public:
  DeleteProvisionedGroup(rpc::RequestReader& request, Context& context)
      : context_(context), name_(request.fields().string("Name", nameRule()).value_or("")) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    if (auto group = context_.catalog.findGroup(transaction, name_); group && name_ != kDefaultGroup) {
      group->is_being_deleted = true;
      context_.catalog.putGroup(transaction, *group);
    }
    return "{}";
  }

 private:
  Context& context_;
  const std::string name_;
};

}  // namespace

void addDeleteProvisioned(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<DeleteProvisionedSchedule>(api, "DeleteSchedule", context);
  rpc::addWrite<DeleteProvisionedGroup>(api, "DeleteScheduleGroup", context);
}

}  // namespace ddblog::scheduler
