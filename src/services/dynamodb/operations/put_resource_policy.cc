// PutResourcePolicy: attaches a policy to a table or a stream, or replaces it. We store and return
// policies, but enforce none.
//
// Errors: constraints of single fields; an invalid ARN; an invalid policy (policy_document.h); then
// ResourceNotFoundException, and PolicyNotFoundException if the policy's revision is not
// ExpectedRevisionId ("NO_POLICY": there must be no policy yet).
#include <optional>
#include <string>

#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/policy_document.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {
namespace {

class PutResourcePolicy {
 public:
  PutResourcePolicy(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::string policy_;
  std::optional<std::string> expected_revision_;
};

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
  // Putting the same policy again makes no new revision.
  const std::string revision = current && current->document == policy_
                                   ? current->revision
                                   : putPolicy(transaction, table->id, arn_, policy_, context_.clock.now());
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("RevisionId").value(revision).endObject();
  return out;
}

}  // namespace

void addPutResourcePolicy(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<PutResourcePolicy>(service, "PutResourcePolicy", context);
}

}  // namespace ddblog::dynamodb
