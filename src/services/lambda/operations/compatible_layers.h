// The layers for a runtime and an architecture, if a request asks for some.
//
// A layer that names no runtimes, or no architectures, is for none in particular: it is not listed if
// the request names one, as in AWS. Thread safety: a value.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/lambda/functions/layers.h"

namespace ddblog::lambda {

class CompatibleLayers {
 public:
  explicit CompatibleLayers(rpc::RequestReader& request)
      : runtime_(request.query("CompatibleRuntime").value_or("")),
        architecture_(request.query("CompatibleArchitecture", {.one_of = {"x86_64", "arm64"}}).value_or("")) {}

  std::vector<LayerVersion> among(std::vector<LayerVersion> layers) const {
    std::erase_if(layers, [this](const LayerVersion& layer) {
      return !fits(layer.runtimes, runtime_) || !fits(layer.architectures, architecture_);
    });
    return layers;
  }

 private:
  static bool fits(const std::vector<std::string>& of_layer, const std::string& asked) {
    return asked.empty() || std::ranges::find(of_layer, asked) != of_layer.end();
  }

  const std::string runtime_;
  const std::string architecture_;
};

}  // namespace ddblog::lambda
