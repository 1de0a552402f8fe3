#include "services/dynamodb/operations/get_resource_policy.h"

#include "base/json_writer.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {

GetResourcePolicy::GetResourcePolicy(rpc::RequestReader& request, Context& context)
    : context_(context), arn_(readPolicyArn(request.fields(), context)) {
  request.finish();
}

std::string GetResourcePolicy::run(const Reader& reader) const {
  const auto table = tableOfPolicy(reader, context_, arn_);
  const std::optional<Policy> policy = policyOf(reader, table->id, arn_);
  if (!policy) throw policyNotFound(arn_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Policy").value(policy->document).key("RevisionId").value(policy->revision).endObject();
  return out;
}

}  // namespace ddblog::dynamodb
