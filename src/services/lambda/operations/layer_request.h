// What requests about layers have in common: the name of the layer in their path, and the answer.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/lambda/functions/layers.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

// Path parameter LayerName: a name or an ARN. Returns the name.
std::string readLayerName(rpc::RequestReader& request);
// Path parameter VersionNumber. Throws InvalidParameterValueException unless it is a positive number.
std::uint64_t readLayerNumber(rpc::RequestReader& request);

// Throws ResourceNotFoundException.
LayerVersion getLayer(const Reader& reader, const std::string& name, std::uint64_t version);

std::string layerArn(const Context& context, const std::string& name);
// PublishLayerVersion's and GetLayerVersion's answer.
std::string layerAnswer(const Context& context, const LayerVersion& layer);

}  // namespace ddblog::lambda
