// Layers: archives that functions share. Each has versions, which never change.
//
//   kLayers  <name> 0            the number of its last version: {"last": 3}
//   kLayers  <name> <version>    {"code": …, "description": …, "createdAt": …, "runtimes": […], …}
//
// A function keeps its layers' archives even if those versions are deleted.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
// Thread safety: pure functions; publish and erase on the writer thread, in a transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/json_writer.h"
#include "services/lambda/functions/function.h"
#include "store/store.h"

namespace ddblog::lambda {

struct LayerVersion {
  std::string name;
  std::uint64_t version = 0;
  Code code;
  std::string description;
  std::string license;
  Timestamp created_at;
  std::vector<std::string> runtimes;
  std::vector<std::string> architectures;
};

// A layer's name, in an ARN of it or of a version of it, or as it is.
std::string layerName(std::string_view name_or_arn);

// Stores the layer as the next version of its name, and returns the number.
std::uint64_t publishLayer(Transaction& transaction, const LayerVersion& layer);
void eraseLayer(Transaction& transaction, const LayerVersion& layer);
std::optional<LayerVersion> findLayer(const Reader& reader, std::string_view name, std::uint64_t version);
// The versions of a layer, from the newest on.
std::vector<LayerVersion> versionsOfLayer(const Reader& reader, std::string_view name);
// The newest version of each layer, in the order of their names.
std::vector<LayerVersion> newestLayers(const Reader& reader);

// The versions with these ARNs. Throws ApiError (InvalidParameterValueException) if one does not
// exist, or two are of one layer.
std::vector<LayerReference> findLayers(const Reader& reader, const std::vector<std::string>& arns);

// The members of a LayerVersionsListItem, for an object that is begun. `layer_arn`: without a version.
void writeLayer(JsonWriter& json, const std::string& layer_arn, const LayerVersion& layer);

}  // namespace ddblog::lambda
