// DeleteResourcePolicy: deletes the policy of a table or a stream. It is no error if there is no
// policy, unless ExpectedRevisionId is given.
//
// Errors: constraints of single fields; an invalid ARN; ResourceNotFoundException;
// PolicyNotFoundException.
#include <optional>
#include <string>

#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/resource_arn.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {
namespace {

class DeleteResourcePolicy {
 public:
  DeleteResourcePolicy(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::optional<std::string> expected_revision_;
};

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

}  // namespace

void addDeleteResourcePolicy(rpc::JsonApi& service, Context& context) {
  rpc::addWrite<DeleteResourcePolicy>(service, "DeleteResourcePolicy", context);
}

}  // namespace ddblog::dynamodb
