// UpdateFunctionCode: gives $LATEST of a function another archive. New invocations run the new code,
// running ones end in the old.
//
// Rejects: as CreateFunction; ResourceNotFoundException; PreconditionFailedException for another
// RevisionId than the current one.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_json.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/functions/stored_code.h"
#include "services/lambda/operations/code_upload.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/function_settings.h"
#include "services/lambda/operations/uploaded_code.h"

namespace ddblog::lambda {

namespace {

class UpdateFunctionCode {
 public:
  UpdateFunctionCode(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)), code_(request.fields()) {
    rpc::ObjectReader& fields = request.fields();
    publish_ = fields.boolean("Publish").value_or(false);
    dry_run_ = fields.boolean("DryRun").value_or(false);
    revision_id_ = fields.string("RevisionId").value_or("");
    const auto architectures = fields.strings("Architectures", {.min = 1, .max = 1}, {.one_of = {"x86_64", "arm64"}});
    request.finish();
    if (architectures) architecture_ = architectures->front();
    context.functions.get(asked_.name, asked_.qualifier);  // before the archive is read
  }

  void checkCode() { code_.check(); }

  std::string run(Transaction& transaction) const {
    Function function = *context_.functions.get(transaction, asked_.name);
    checkRevisionId(revision_id_, function.revision_id);
    function.code = code_.code();
    function.code_directory.clear();
    function.built_in.clear();
    if (!architecture_.empty()) {
      json::object kept = function.kept.empty() ? json::object() : parseJson(function.kept).as_object();
      kept["Architectures"] = json::array{json::value(architecture_)};
      function.kept = json::serialize(kept);
    }
    touch(function, context_);
    FunctionPointer changed = std::make_shared<const Function>(function);
    if (!dry_run_) {
      putCode(transaction, function.code, code_.zip());
      context_.functions.put(transaction, function);
      changed = context_.functions.find(transaction, function.name);
      if (publish_) changed = context_.functions.publish(transaction, *changed, std::nullopt);
    }
    std::string body;
    JsonWriter json(body);
    writeConfiguration(json, *changed);
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  UploadedCode code_;
  bool publish_ = false;
  bool dry_run_ = false;
  std::string revision_id_;
  std::string architecture_;
};

}  // namespace

void addUpdateFunctionCode(rpc::RestApi& api, Context& context) {
  addCodeUpload<UpdateFunctionCode>(api, {"PUT", "/2015-03-31/functions/{FunctionName}/code", "UpdateFunctionCode"},
                                    context);
}

}  // namespace ddblog::lambda
