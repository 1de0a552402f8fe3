#include "services/eventbridge/operations.h"

#include "rpc/operation.h"
#include "services/eventbridge/operations/create_event_bus.h"
#include "services/eventbridge/operations/delete_event_bus.h"
#include "services/eventbridge/operations/delete_rule.h"
#include "services/eventbridge/operations/describe_event_bus.h"
#include "services/eventbridge/operations/describe_rule.h"
#include "services/eventbridge/operations/disable_rule.h"
#include "services/eventbridge/operations/enable_rule.h"
#include "services/eventbridge/operations/list_event_buses.h"
#include "services/eventbridge/operations/list_rule_names_by_target.h"
#include "services/eventbridge/operations/list_rules.h"
#include "services/eventbridge/operations/list_tags_for_resource.h"
#include "services/eventbridge/operations/list_targets_by_rule.h"
#include "services/eventbridge/operations/put_events.h"
#include "services/eventbridge/operations/put_rule.h"
#include "services/eventbridge/operations/put_targets.h"
#include "services/eventbridge/operations/remove_targets.h"
#include "services/eventbridge/operations/replay_events.h"
#include "services/eventbridge/operations/tag_resource.h"
#include "services/eventbridge/operations/test_event_pattern.h"
#include "services/eventbridge/operations/untag_resource.h"

namespace ddblog::eventbridge {
rpc::JsonProtocol protocol() { return {"AWSEvents", "application/x-amz-json-1.1", ""}; }

void addOperations(rpc::JsonService& service, Context& context) {
  context.catalog.addDefaultBus(context.store, context.clock.now());

  addRead<DescribeEventBus>(service, "DescribeEventBus", context);
  addRead<DescribeRule>(service, "DescribeRule", context);
  addRead<ListEventBuses>(service, "ListEventBuses", context);
  addRead<ListRuleNamesByTarget>(service, "ListRuleNamesByTarget", context);
  addRead<ListRules>(service, "ListRules", context);
  addRead<ListTagsForResource>(service, "ListTagsForResource", context);
  addRead<ListTargetsByRule>(service, "ListTargetsByRule", context);
  addRead<TestEventPattern>(service, "TestEventPattern", context);

  addWrite<CreateEventBus>(service, "CreateEventBus", context);
  addWrite<DeleteEventBus>(service, "DeleteEventBus", context);
  addWrite<DeleteRule>(service, "DeleteRule", context);
  addWrite<DisableRule>(service, "DisableRule", context);
  addWrite<EnableRule>(service, "EnableRule", context);
  addWrite<PutEvents>(service, "PutEvents", context);
  addWrite<PutRule>(service, "PutRule", context);
  addWrite<PutTargets>(service, "PutTargets", context);
  addWrite<RemoveTargets>(service, "RemoveTargets", context);
  addWrite<TagResource>(service, "TagResource", context);
  addWrite<UntagResource>(service, "UntagResource", context);
}

void addLocalRoutes(rpc::RestService& service, Context& context) {
  service.add("POST", "/_local/replay", "Replay", replayHandler(context));
}

}  // namespace ddblog::eventbridge
