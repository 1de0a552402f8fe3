// PutScheduleGroup (ours, to provision a template): creates a group, or changes its tags to what the template says.
//
// {"Name": …, "Tags": […]}. Rejects: broken constraints; ServiceQuotaExceededException.
#include "rpc/operation.h"
#include "services/scheduler/operations/fields.h"
#include "services/scheduler/schedules/limits.h"

namespace ddblog::scheduler {

namespace {

class PutScheduleGroup {
 public:
  PutScheduleGroup(rpc::RequestReader& request, Context& context) : context_(context) {
    rpc::StringRule name_rule = nameRule();
    name_rule.required = true;
    name_ = request.fields().string("Name", name_rule).value_or("");
    tags_ = readTags(request.fields());
    request.finish();
    checkTags(tags_);
  }

  std::string run(Transaction& transaction) const {
    const Timestamp now = context_.clock.now();
    Group group{name_, false, now, now, {}, {}};
    if (auto before = context_.catalog.findGroup(transaction, name_)) {
      group = *std::move(before);
      if (group.tags == tags_ && !group.is_being_deleted) return "{}";
      group.is_being_deleted = false;
      group.modified_at = now;
    } else if (context_.catalog.countGroups(transaction) >= limits::kGroups) {
      throw quotaExceeded("There can be 500 schedule groups at most.");
    }
    group.tags = tags_;
    context_.catalog.putGroup(transaction, group);
    return "{}";
  }

 private:
  Context& context_;
  std::string name_;
  json::object tags_;
};

}  // namespace

void addPutScheduleGroup(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<PutScheduleGroup>(api, "PutScheduleGroup", context);
}

}  // namespace ddblog::scheduler
