// GetResourcePolicy: the policy of a table or a stream, and its revision.
//
// Errors: an invalid ARN; ResourceNotFoundException; PolicyNotFoundException.
#include <string>

#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {
namespace {

class GetResourcePolicy {
 public:
  GetResourcePolicy(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string arn_;
};

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

}  // namespace

void addGetResourcePolicy(rpc::JsonApi& service, Context& context) {
  rpc::addRead<GetResourcePolicy>(service, "GetResourcePolicy", context);
}

}  // namespace ddblog::dynamodb
