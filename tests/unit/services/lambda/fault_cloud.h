// A function service into which one kind of fault is injected.
#pragma once

#include <memory>

#include "base/faults.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {

class FaultCloud : public FunctionCloud {
 public:
  explicit FaultCloud(Fault fault, double rate = 1) : injected(settings(fault, rate)) {
    faults = &injected;
    restart();
  }
  ~FaultCloud() { stop(); }

  Faults injected;

 private:
  static FaultSettings settings(Fault fault, double rate) {
    FaultSettings settings{.seed = 7};
    settings.rates[static_cast<std::size_t>(fault)] = rate;
    return settings;
  }
};

}  // namespace ddblog::lambda
