// GetLayerVersion: a version of a layer.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersion.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/layer_request.h"

namespace ddblog::lambda {

namespace {

class GetLayerVersion {
 public:
  GetLayerVersion(rpc::RequestReader& request, Context& context)
      : context_(context), name_(readLayerName(request)), version_(readLayerNumber(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const { return layerAnswer(context_, getLayer(reader, name_, version_)); }

 private:
  Context& context_;
  const std::string name_;
  const std::uint64_t version_;
};

}  // namespace

void addGetLayerVersion(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetLayerVersion>(
      api, {"GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", "GetLayerVersion"}, context);
}

}  // namespace ddblog::lambda
