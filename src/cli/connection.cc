#include "cli/connection.h"

#include <CLI/CLI.hpp>

#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/profile_files.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

// Whether somebody said where DynamoDB is.
bool endpointIsConfigured(const ConnectionFlags& flags) {
  const aws::Environment environment = aws::systemEnvironment();
  // Any region does: it is only looked whether the URL is one of AWS's own.
  const aws::Endpoint endpoint = aws::findEndpoint(aws::kDynamoDb, flags.endpoint_url, "us-east-1", environment,
                                                   aws::ProfileFiles::load(environment, flags.profile));
  return endpoint.host.find(".amazonaws.com") == std::string::npos;
}

}  // namespace

void addConnectionFlags(CLI::App& command, ConnectionFlags& flags) {
  command.add_option("--stage", flags.stage, "Begins the tables' names: <stage>-dynamodb-logs, <stage>-core")
      ->capture_default_str();
  command.add_option("--endpoint-url", flags.endpoint_url,
                     "Where the service is; default: as the AWS CLI finds it, and " + std::string(kOfflineEndpoint) +
                         " for the stage \"local\"");
  command.add_option("--region", flags.region, "The AWS region; default: as the AWS CLI finds it");
  command.add_option("--profile", flags.profile, "A profile of the AWS CLI's configuration files");
}

ConnectOptions connectOptions(const ConnectionFlags& flags) {
  ConnectOptions options{flags.endpoint_url, flags.region, flags.profile};
  try {
    if (flags.stage == "local" && !endpointIsConfigured(flags)) options.endpoint_url = kOfflineEndpoint;
  } catch (const std::exception& e) {
    throw ConfigurationError(e.what());
  }
  return options;
}

std::shared_ptr<Transport> connectAs(const ConnectionFlags& flags) { return connect(connectOptions(flags)); }

std::string eventBridgeUrl(const ConnectionFlags& flags) {
  const ConnectOptions options = connectOptions(flags);
  try {
    const aws::Environment environment = aws::systemEnvironment();
    return aws::findEndpoint(aws::kEventBridge, options.endpoint_url, options.region, environment,
                             aws::ProfileFiles::load(environment, options.profile))
        .url();
  } catch (const std::exception& e) {
    throw ConfigurationError(e.what());
  }
}

}  // namespace ddblog::cli
