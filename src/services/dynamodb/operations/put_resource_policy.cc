#include "services/dynamodb/operations/put_resource_policy.h"

#include "base/json_writer.h"
#include "services/dynamodb/tables/policy_document.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {

PutResourcePolicy::PutResourcePolicy(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  arn_ = readPolicyArn(fields, context);
  policy_ = fields.string("Policy", {.required = true}).value_or("");
  expected_revision_ = fields.string("ExpectedRevisionId", {.min = 1, .max = 255});
  fields.boolean("ConfirmRemoveSelfResourceAccess");
  request.finish();
  checkPolicy(policy_);
  policy_ = compactPolicy(policy_);
}

std::string PutResourcePolicy::run(Transaction& transaction) const {
  const auto table = tableOfPolicy(transaction, context_, arn_);
  const std::optional<Policy> current = policyOf(transaction, table->id, arn_);
  if (expected_revision_) checkRevision(current, *expected_revision_, arn_, *table);
  // The same policy again is no new revision.
  const std::string revision = current && current->document == policy_
                                   ? current->revision
                                   : putPolicy(transaction, table->id, arn_, policy_, context_.clock.now());
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("RevisionId").value(revision).endObject();
  return out;
}

}  // namespace ddblog::dynamodb
