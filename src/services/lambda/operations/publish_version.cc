// PublishVersion: publishes a version of $LATEST, which never changes. If nothing has changed since the
// last one, it returns that one.
//
// Rejects: ResourceNotFoundException; InvalidParameterValueException for another CodeSha256 than that
// of $LATEST; PreconditionFailedException for another RevisionId.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_json.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class PublishVersion {
 public:
  PublishVersion(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    if (!request.request().body.empty()) {
      rpc::ObjectReader& fields = request.fields();
      sha256_ = fields.string("CodeSha256").value_or("");
      description_ = fields.string("Description", {.max = 256});
      revision_id_ = fields.string("RevisionId").value_or("");
    }
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Function latest = *context_.functions.get(transaction, asked_.name);
    checkRevisionId(revision_id_, latest.revision_id);
    if (const std::string current = shownSha256(latest.code); !sha256_.empty() && sha256_ != current) {
      throw invalidParameterValue("CodeSHA256 (" + sha256_ + ") is different from current CodeSHA256 in $LATEST (" +
                                  current + "). Please try again with the CodeSHA256 in $LATEST.");
    }
    latest.revision_id = context_.ids.uuid();
    std::string body;
    JsonWriter json(body);
    writeConfiguration(json, *context_.functions.publish(transaction, latest, description_));
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  std::string sha256_;
  std::optional<std::string> description_;
  std::string revision_id_;
};

}  // namespace

void addPublishVersion(rpc::RestApi& api, Context& context) {
  rpc::addWrite<PublishVersion>(api, {"POST", "/2015-03-31/functions/{FunctionName}/versions", "PublishVersion", 201},
                                context);
}

}  // namespace ddblog::lambda
