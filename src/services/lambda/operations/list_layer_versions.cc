// ListLayerVersions: the versions of a layer from the newest on, those for a runtime or an
// architecture if the request says so, in pages of MaxItems (at most 50).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/compatible_layers.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/layer_request.h"
#include "services/lambda/operations/pages.h"

namespace ddblog::lambda {

namespace {

class ListLayerVersions {
 public:
  ListLayerVersions(rpc::RequestReader& request, Context& context)
      : context_(context), name_(readLayerName(request)), compatible_(request), page_(request) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const std::vector<LayerVersion> layers = compatible_.among(versionsOfLayer(reader, name_));
    return page_.write("LayerVersions", layers, [&](JsonWriter& json, const LayerVersion& layer) {
      json.beginObject();
      writeLayer(json, layerArn(context_, name_), layer);
      json.endObject();
    });
  }

 private:
  Context& context_;
  const std::string name_;
  const CompatibleLayers compatible_;
  const Page page_;
};

}  // namespace

void addListLayerVersions(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListLayerVersions>(api, {"GET", "/2018-10-31/layers/{LayerName}/versions", "ListLayerVersions"},
                                  context);
}

}  // namespace ddblog::lambda
