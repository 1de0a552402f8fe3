// PublishLayerVersion: publishes the next version of a layer from a zip archive.
//
// Rejects: broken constraints; InvalidParameterValueException as CreateFunction for the archive.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
#include "services/lambda/functions/stored_code.h"
#include "services/lambda/operations/code_upload.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/layer_request.h"
#include "services/lambda/operations/uploaded_code.h"

namespace ddblog::lambda {

namespace {

class PublishLayerVersion {
 public:
  PublishLayerVersion(rpc::RequestReader& request, Context& context) : context_(context) {
    rpc::ObjectReader& fields = request.fields();
    layer_.name = readLayerName(request);
    layer_.description = fields.string("Description", {.max = 256}).value_or("");
    if (auto content = fields.object("Content", true)) content_.emplace(*content);
    layer_.runtimes = fields.strings("CompatibleRuntimes", {.max = 15}).value_or(std::vector<std::string>());
    layer_.license = fields.string("LicenseInfo", {.max = 512}).value_or("");
    layer_.architectures = fields.strings("CompatibleArchitectures", {.max = 2}, {.one_of = {"x86_64", "arm64"}})
                               .value_or(std::vector<std::string>());
    request.finish();
  }

  void checkCode() {
    content_->check();
    layer_.code = content_->code();
    layer_.created_at = context_.clock.now();
  }

  std::string run(Transaction& transaction) const {
    LayerVersion layer = layer_;
    putCode(transaction, layer.code, content_->zip());
    layer.version = publishLayer(transaction, layer);
    return layerAnswer(context_, layer);
  }

 private:
  Context& context_;
  LayerVersion layer_;
  std::optional<UploadedCode> content_;
};

}  // namespace

void addPublishLayerVersion(rpc::RestApi& api, Context& context) {
  addCodeUpload<PublishLayerVersion>(
      api, {"POST", "/2018-10-31/layers/{LayerName}/versions", "PublishLayerVersion", 201}, context);
}

}  // namespace ddblog::lambda
