// DeleteLayerVersion: deletes a version of a layer. Functions that have it keep it. Nothing happens if
// there is no such version.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/layer_request.h"

namespace ddblog::lambda {

namespace {

class DeleteLayerVersion {
 public:
  DeleteLayerVersion(rpc::RequestReader& request, Context&)
      : name_(readLayerName(request)), version_(readLayerNumber(request)) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    if (const auto layer = findLayer(transaction, name_, version_)) eraseLayer(transaction, *layer);
    return "";
  }

 private:
  const std::string name_;
  const std::uint64_t version_;
};

}  // namespace

void addDeleteLayerVersion(rpc::RestApi& api, Context& context) {
  rpc::addWrite<DeleteLayerVersion>(
      api, {"DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", "DeleteLayerVersion", 204}, context);
}

}  // namespace ddblog::lambda
