// The credentials of the container or the instance that this program runs in.
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
//
// Errors: CredentialsError. Thread safety: stateless functions.
#pragma once

#include <optional>

#include "aws/credentials/credentials.h"
#include "aws/environment.h"

namespace ddblog::aws {

class HttpClient;

// std::nullopt: the environment names no container.
std::optional<Credentials> containerCredentials(const Environment& environment, HttpClient& http);

// std::nullopt: not an instance, an instance without a role, or AWS_EC2_METADATA_DISABLED=true.
std::optional<Credentials> instanceCredentials(const Environment& environment, HttpClient& http);

}  // namespace ddblog::aws
