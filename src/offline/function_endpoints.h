// Functions whose own variables lead away from this cloud: AWS_ENDPOINT_URL, and AWS_ENDPOINT_URL_DYNAMODB
// and the like of the services that are here
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
//
// Thread safety: pure function.
#pragma once

#include <string>
#include <vector>

#include "template/app.h"

namespace ddblog::offline {

// One line for each such variable, with the function's place in the template. `urls`: the cloud's own,
// "http://127.0.0.1:8000"; every name and address of this machine means the same.
std::vector<std::string> notesOnEndpoints(const templates::App& app, const std::vector<std::string>& urls);

}  // namespace ddblog::offline
