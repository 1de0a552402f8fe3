// DeleteSchedule. Rejects: broken constraints; ResourceNotFoundException.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteSchedule.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"

namespace ddblog::scheduler {

namespace {

class DeleteSchedule {
 public:
  DeleteSchedule(rpc::RequestReader& request, Context& context)
      : context_(context),
        name_(request.pathParameter("Name", nameRule())),
        group_(request.query("groupName", nameRule()).value_or(std::string(kDefaultGroup))) {
    request.query("clientToken", clientTokenRule());
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    context_.catalog.group(transaction, group_);
    context_.catalog.schedule(transaction, group_, name_);
    context_.catalog.erase(transaction, group_, name_);
    return "{}";
  }

 private:
  Context& context_;
  const std::string name_;
  const std::string group_;
};

}  // namespace

void addDeleteSchedule(rpc::RestApi& api, Context& context) {
  rpc::addWrite<DeleteSchedule>(api, {"DELETE", "/schedules/{Name}", "DeleteSchedule"}, context);
}

}  // namespace ddblog::scheduler
