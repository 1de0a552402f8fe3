// AddPermission: adds a statement to the policy of a function, a version or an alias. Policies are
// kept and given back; nothing is checked against them.
//
// Rejects: broken constraints; ResourceNotFoundException; ResourceConflictException for a statement id
// that exists; PolicyLengthExceededException; PreconditionFailedException for another RevisionId.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
#include <algorithm>
#include <cctype>

#include "base/json.h"
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/functions/policies.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/qualified_target.h"

namespace ddblog::lambda {

namespace {

json::value principalOf(const std::string& principal) {
  if (principal == "*") return "*";
  if (principal.size() == 12 && std::ranges::all_of(principal, [](unsigned char c) { return std::isdigit(c); })) {
    return {{"AWS", "arn:aws:iam::" + principal + ":root"}};
  }
  if (principal.starts_with("arn:")) return {{"AWS", principal}};
  return {{"Service", principal}};
}

class AddPermission {
 public:
  AddPermission(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    rpc::ObjectReader& fields = request.fields();
    id_ = fields.string("StatementId", {.required = true, .min = 1, .max = 100, .pattern = "([a-zA-Z0-9-_]+)"})
              .value_or("");
    action_ =
        fields.string("Action", {.required = true, .pattern = R"((lambda:[*]|lambda:[a-zA-Z]+|[*]))"}).value_or("");
    principal_ = fields.string("Principal", {.required = true, .pattern = R"([^\s]+)"}).value_or("");
    source_arn_ = fields.string("SourceArn").value_or("");
    readCondition(fields, "SourceAccount", "AWS:SourceAccount", R"(\d{12})");
    readCondition(fields, "EventSourceToken", "lambda:EventSourceToken", R"([a-zA-Z0-9._\-]+)");
    readCondition(fields, "PrincipalOrgID", "aws:PrincipalOrgID", "^o-[a-z0-9]{10,32}$");
    readCondition(fields, "FunctionUrlAuthType", "lambda:FunctionUrlAuthType", {});
    revision_id_ = fields.string("RevisionId").value_or("");
    request.finish();
    if (asked_.qualifier == kLatest) {
      throw invalidParameterValue("We currently do not support adding policies for $LATEST.");
    }
  }

  std::string run(Transaction& transaction) const {
    const FunctionPointer function = context_.functions.get(transaction, asked_.name, asked_.qualifier);
    checkRevisionId(revision_id_, revisionIdOf(transaction, *function));
    json::array statements = findPolicy(transaction, function->name, qualifierOf(*function));
    for (const json::value& other : statements) {
      if (other.as_object().at("Sid") != json::string(id_)) continue;
      throw resourceConflict("The statement id (" + id_ +
                             ") provided already exists. Please provide a new statement id, or remove the existing "
                             "statement.");
    }
    const json::object added = statement(function->arn);
    statements.push_back(added);
    if (json::serialize(statements).size() > limits::kFunctionPolicyBytes) {
      throw ApiError("PolicyLengthExceededException",
                     "The final policy size (" + std::to_string(json::serialize(statements).size()) +
                         ") is bigger than the limit (" + std::to_string(limits::kFunctionPolicyBytes) + ").");
    }
    putPolicy(transaction, function->name, qualifierOf(*function), statements);
    putSettings(context_, transaction, *function);
    return json::serialize(json::object{{"Statement", json::serialize(added)}});
  }

 private:
  void readCondition(rpc::ObjectReader& fields, std::string_view field, std::string_view key,
                     std::string_view pattern) {
    if (auto text = fields.string(field, {.pattern = pattern})) equals_[key] = *text;
  }

  json::object statement(const std::string& arn) const {
    json::object made{{"Sid", id_},
                      {"Effect", "Allow"},
                      {"Principal", principalOf(principal_)},
                      {"Action", action_},
                      {"Resource", arn}};
    json::object condition;
    if (!equals_.empty()) condition["StringEquals"] = equals_;
    if (!source_arn_.empty()) condition["ArnLike"] = json::object{{"AWS:SourceArn", source_arn_}};
    if (!condition.empty()) made["Condition"] = std::move(condition);
    return made;
  }

  Context& context_;
  const FunctionReference asked_;
  std::string id_;
  std::string action_;
  std::string principal_;
  std::string source_arn_;
  json::object equals_;
  std::string revision_id_;
};

}  // namespace

void addAddPermission(rpc::RestApi& api, Context& context) {
  rpc::addWrite<AddPermission>(api, {"POST", "/2015-03-31/functions/{FunctionName}/policy", "AddPermission", 201},
                               context);
}

}  // namespace ddblog::lambda
