#include "services/scheduler/operations.h"

namespace ddblog::scheduler {

// Each is defined in operations/<name>.cc.
using AddOperation = void(rpc::RestApi&, Context&);
AddOperation addGetSchedule, addGetScheduleGroup, addListScheduleGroups, addListSchedules, addListTagsForResource;
AddOperation addCreateSchedule, addCreateScheduleGroup, addDeleteSchedule, addDeleteScheduleGroup, addTagResource,
    addUntagResource, addUpdateSchedule;
using AddProvisioningOperation = void(rpc::JsonApi&, Context&);
AddProvisioningOperation addDeleteProvisioned, addPutSchedule, addPutScheduleGroup;

rpc::RestProtocol protocol() {
  return rpc::RestProtocol({.signing_name = "scheduler",
                            .bare_errors = true,
                            .internal_error = {"InternalServerException",
                                               "The request processing has failed because of an unknown error.", 500}});
}

rpc::JsonProtocol provisioningProtocol() {
  return rpc::JsonProtocol({.target_prefix = "Scheduler", .content_type = {}, .signing_name = {}});
}

void addOperations(rpc::RestApi& api, Context& context) {
  context.catalog.addDefaultGroup(context.store, context.clock.now());
  for (AddOperation* add :
       {addGetSchedule, addGetScheduleGroup, addListScheduleGroups, addListSchedules, addListTagsForResource}) {
    add(api, context);
  }
  for (AddOperation* add : {addCreateSchedule, addCreateScheduleGroup, addDeleteSchedule, addDeleteScheduleGroup,
                            addTagResource, addUntagResource, addUpdateSchedule}) {
    add(api, context);
  }
}

void addProvisioningOperations(rpc::JsonApi& api, Context& context) {
  for (AddProvisioningOperation* add : {addDeleteProvisioned, addPutSchedule, addPutScheduleGroup}) {
    add(api, context);
  }
}

}  // namespace ddblog::scheduler
