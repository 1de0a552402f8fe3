// CreateFunction: creates a function whose code is a zip archive in the request.
//
// Rejects: broken constraints; InvalidParameterValueException for settings and code that Lambda would
// reject, or that are not served offline; ResourceConflictException if the function exists.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
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

class CreateFunction {
 public:
  CreateFunction(rpc::RequestReader& request, Context& context)
      : context_(context),
        name_(request.fields().string("FunctionName", nameRule())),
        settings_(request, FunctionSettings::For::kCreate) {
    rpc::ObjectReader& fields = request.fields();
    if (auto code = fields.object("Code", true)) code_.emplace(*code);
    const auto package = fields.string("PackageType", {.one_of = {"Zip", "Image"}}).value_or("Zip");
    publish_ = fields.boolean("Publish").value_or(false);
    for (auto& [name, value] : fields.stringMap("Tags").value_or(Pairs())) function_.tags[name] = value;
    request.finish();
    function_.name = newFunctionName(*name_);
    checkTags(function_.tags);
    settings_.check(context);
    if (package == "Zip" && (!fields.has("Runtime") || !fields.has("Handler"))) {
      throw invalidParameterValue(
          "Runtime and Handler are mandatory parameters for functions created with deployment packages.");
    }
  }

  void checkCode() {
    code_->check();
    function_.code = code_->code();
    touch(function_, context_);
  }

  std::string run(Transaction& transaction) const {
    if (context_.functions.find(transaction, function_.name)) {
      throw resourceConflict("Function already exist: " + function_.name);
    }
    Function function = function_;
    settings_.applyTo(function, transaction);
    putCode(transaction, function.code, code_->zip());
    context_.functions.put(transaction, function);
    context_.queue.functionIsMade(transaction, function.reference());
    FunctionPointer made = context_.functions.find(transaction, function.name);
    if (publish_) {
      Function published = *context_.functions.publish(transaction, *made, std::nullopt);
      published.arn = made->arn;  // as AWS shows it
      made = std::make_shared<const Function>(std::move(published));
    }
    std::string body;
    JsonWriter json(body);
    writeConfiguration(json, *made);
    return body;
  }

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  static rpc::StringRule nameRule() {
    rpc::StringRule rule = functionNameRule();
    rule.required = true;
    rule.min = 1;
    rule.max = 140;
    return rule;
  }

  Context& context_;
  const std::optional<std::string> name_;
  const FunctionSettings settings_;
  std::optional<UploadedCode> code_;
  bool publish_ = false;
  Function function_;
};

}  // namespace

void addCreateFunction(rpc::RestApi& api, Context& context) {
  addCodeUpload<CreateFunction>(api, {"POST", "/2015-03-31/functions", "CreateFunction", 201}, context);
}

}  // namespace ddblog::lambda
