#include "services/eventbridge/operations.h"

namespace ddblog::eventbridge {

// Each operation's file in operations/ ends with the function that adds it.
using AddOperation = void(rpc::JsonApi&, Context&);
AddOperation addDescribeEventBus, addDescribeRule, addListEventBuses, addListRuleNamesByTarget, addListRules,
    addListTagsForResource, addListTargetsByRule, addTestEventPattern;
AddOperation addCreateEventBus, addDeleteEventBus, addDeleteRule, addDisableRule, addEnableRule, addPutEvents,
    addPutPermission, addPutRule, addPutTargets, addRemovePermission, addRemoveTargets, addTagResource,
    addUntagResource, addUpdateEventBus;
void addPutAwsEvents(rpc::RestApi& api, Context& context);
void addReplayEvents(rpc::RestApi& api, Context& context);
void addLocalReplays(rpc::RestApi& api, ArchiveContext& context);

rpc::JsonProtocol protocol() {
  return rpc::JsonProtocol(
      {.target_prefix = "AWSEvents",
       .content_type = "application/x-amz-json-1.1",
       .signing_name = "events",
       .internal_error = {"InternalException", "The request processing has failed because of an unknown error.", 500}});
}

void addOperations(rpc::JsonApi& api, Context& context) {
  context.catalog.addDefaultBus(context.store, context.clock.now());
  constexpr AddOperation* kReads[] = {addDescribeEventBus,      addDescribeRule,    addListEventBuses,
                                      addListRuleNamesByTarget, addListRules,       addListTagsForResource,
                                      addListTargetsByRule,     addTestEventPattern};
  constexpr AddOperation* kWrites[] = {addCreateEventBus, addDeleteEventBus,   addDeleteRule,    addDisableRule,
                                       addEnableRule,     addPutEvents,        addPutPermission, addPutRule,
                                       addPutTargets,     addRemovePermission, addRemoveTargets, addTagResource,
                                       addUntagResource,  addUpdateEventBus};
  for (AddOperation* add : kReads) add(api, context);
  for (AddOperation* add : kWrites) add(api, context);
}

using AddArchiveOperation = void(rpc::JsonApi&, ArchiveContext&);
AddArchiveOperation addDescribeArchive, addDescribeReplay, addListArchives, addListReplays;
AddArchiveOperation addCancelReplay, addCreateArchive, addDeleteArchive, addStartReplay, addUpdateArchive;

void addArchiveOperations(rpc::JsonApi& api, ArchiveContext& context) {
  for (AddArchiveOperation* add : {addDescribeArchive, addDescribeReplay, addListArchives, addListReplays}) {
    add(api, context);
  }
  for (AddArchiveOperation* add :
       {addCancelReplay, addCreateArchive, addDeleteArchive, addStartReplay, addUpdateArchive}) {
    add(api, context);
  }
}

void addLocalRoutes(rpc::RestApi& api, ArchiveContext& context) {
  addPutAwsEvents(api, context.bus);
  addReplayEvents(api, context.bus);
  addLocalReplays(api, context);
}

}  // namespace ddblog::eventbridge
