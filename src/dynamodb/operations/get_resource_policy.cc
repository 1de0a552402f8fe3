#include "dynamodb/operations/get_resource_policy.h"

#include "base/json_writer.h"
#include "dynamodb/table_extras.h"

namespace ddblog::dynamodb {

GetResourcePolicy::GetResourcePolicy(api::RequestReader& request, Context& context)
    : context_(context), arn_(readResourceArn(request.fields())) {
  request.finish();
}

std::string GetResourcePolicy::run(const Reader& reader) const {
  const auto table = tableOfArn(reader, context_, arn_, true);
  const std::optional<Policy> policy = policyOf(reader, table->id, arn_);
  if (!policy) throw policyNotFound(arn_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Policy").value(policy->document).key("RevisionId").value(policy->revision).endObject();
  return out;
}

}  // namespace ddblog::dynamodb
