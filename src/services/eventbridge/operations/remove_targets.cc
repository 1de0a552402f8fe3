// RemoveTargets: removes targets from a rule. Unknown ids are reported as failed entries.
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class RemoveTargets {
 public:
  RemoveTargets(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string rule_;
  std::vector<std::string> ids_;
};

RemoveTargets::RemoveTargets(rpc::RequestReader& request, Context& context) : context_(context) {
  rule_ = request.fields().string("Rule", ruleNameRule()).value_or("");
  bus_ = readBusName(request.fields(), context);
  ids_ = request.fields().strings("Ids", {.required = true, .min = 1, .max = 100}, targetIdRule()).value_or(ids_);
  request.fields().boolean("Force");
  request.finish();
}

std::string RemoveTargets::run(Transaction& transaction) const {
  context_.catalog.rule(transaction, bus_, rule_);
  std::vector<std::string> missing;
  for (const std::string& id : ids_) {
    if (context_.catalog.hasTarget(transaction, bus_, rule_, id)) {
      context_.catalog.eraseTarget(transaction, bus_, rule_, id);
    } else {
      missing.push_back(id);
    }
  }
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("FailedEntryCount").value(static_cast<std::int64_t>(missing.size()));
  json.key("FailedEntries").beginArray();
  for (const std::string& id : missing) {
    json.beginObject().key("TargetId").value(id).key("ErrorCode").value("ResourceNotFoundException");
    json.key("ErrorMessage").value("Rule '" + rule_ + "' does not have a target with the Id '" + id + "'.");
    json.endObject();
  }
  json.endArray().endObject();
  return out;
}

}  // namespace

void addRemoveTargets(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<RemoveTargets>(api, "RemoveTargets", context);
}

}  // namespace ddblog::eventbridge
