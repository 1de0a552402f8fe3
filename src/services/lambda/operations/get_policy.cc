// GetPolicy: the policy of a function, a version or an alias.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/functions/policies.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/qualified_target.h"

namespace ddblog::lambda {

namespace {

class GetPolicy {
 public:
  GetPolicy(rpc::RequestReader& request, Context& context) : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer function = context_.functions.get(reader, asked_.name, asked_.qualifier);
    json::array statements = findPolicy(reader, function->name, qualifierOf(*function));
    if (statements.empty()) throw notFound("The resource you requested does not exist.");
    const json::object policy{{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", std::move(statements)}};
    return json::serialize(
        json::object{{"Policy", json::serialize(policy)}, {"RevisionId", revisionIdOf(reader, *function)}});
  }

 private:
  Context& context_;
  const FunctionReference asked_;
};

}  // namespace

void addGetPolicy(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetPolicy>(api, {"GET", "/2015-03-31/functions/{FunctionName}/policy", "GetPolicy"}, context);
}

}  // namespace ddblog::lambda
