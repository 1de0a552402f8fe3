// ListLayers: the newest version of each layer, in pages of MaxItems (at most 50). With find=LayerVersion
// the same path is GetLayerVersionByArn: a version of a layer, by its ARN.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html and
// https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/compatible_layers.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/layer_request.h"
#include "services/lambda/operations/pages.h"

namespace ddblog::lambda {

namespace {

class ListLayers {
 public:
  ListLayers(rpc::RequestReader& request, Context& context) : context_(context), compatible_(request), page_(request) {
    if (request.query("find") == "LayerVersion") arn_ = request.query("Arn", {.min = 1, .max = 140}).value_or("");
    request.finish();
  }

  std::string run(const Reader& reader) const {
    if (arn_) return byArn(reader);
    return page_.write("Layers", compatible_.among(newestLayers(reader)),
                       [&](JsonWriter& json, const LayerVersion& layer) {
                         const std::string arn = layerArn(context_, layer.name);
                         json.beginObject().key("LayerName").value(layer.name).key("LayerArn").value(arn);
                         json.key("LatestMatchingVersion").beginObject();
                         writeLayer(json, arn, layer);
                         json.endObject().endObject();
                       });
  }

 private:
  std::string byArn(const Reader& reader) const {
    const std::string& arn = *arn_;
    for (const LayerVersion& layer : versionsOfLayer(reader, layerName(arn))) {
      if (layerArn(context_, layer.name) + ":" + std::to_string(layer.version) == arn) {
        return layerAnswer(context_, layer);
      }
    }
    throw resourceNotFound("The resource you requested does not exist.", 404);
  }

  Context& context_;
  const CompatibleLayers compatible_;
  const Page page_;
  std::optional<std::string> arn_;  // GetLayerVersionByArn
};

}  // namespace

void addListLayers(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListLayers>(api, {"GET", "/2018-10-31/layers", "ListLayers"}, context);
}

}  // namespace ddblog::lambda
