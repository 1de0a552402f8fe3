#include "services/dynamodb/operations/delete_resource_policy.h"

#include "base/json_writer.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {

DeleteResourcePolicy::DeleteResourcePolicy(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  arn_ = readPolicyArn(fields, context);
  expected_revision_ = fields.string("ExpectedRevisionId", {.min = 1, .max = 255});
  request.finish();
}

std::string DeleteResourcePolicy::run(Transaction& transaction) const {
  const auto table = tableOfPolicy(transaction, context_, arn_);
  const std::optional<Policy> current = policyOf(transaction, table->id, arn_);
  if (expected_revision_) checkRevision(current, *expected_revision_, arn_, *table);
  std::string out;
  JsonWriter json(out);
  json.beginObject();
  if (current) {
    erasePolicy(transaction, table->id, arn_);
    json.key("RevisionId").value(current->revision);
  }
  json.endObject();
  return out;
}

}  // namespace ddblog::dynamodb
