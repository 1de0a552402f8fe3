#include "cli/connection.h"

#include "aws/credentials/profile_files.h"
#include "aws/endpoint.h"
#include "aws/environment.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

// Whether an endpoint for DynamoDB is configured.
bool endpointIsConfigured(const ConnectionFlags& flags) {
  const aws::Environment environment = aws::systemEnvironment();
  // Any region will do: only whether the URL is one of AWS's matters.
  const aws::Endpoint endpoint = aws::findEndpoint(aws::kDynamoDb, flags.endpoint_url, "us-east-1", environment,
                                                   aws::ProfileFiles::load(environment, flags.profile));
  return endpoint.host.find(".amazonaws.com") == std::string::npos;
}

}  // namespace

void presetConnection(const Command& command, ConnectionFlags& flags) {
  command.preset("stage", flags.stage);
  flags.stage_choice = configuredStage(command);
  command.preset("region", flags.region);
  command.preset("profile", flags.configured_profile);
  std::string port;
  if (command.preset("port", port) && port != "0") flags.offline_endpoint = "http://localhost:" + port;
  command.preset("endpoint-url", flags.offline_endpoint);
}

std::string profileOf(const ConnectionFlags& flags) {
  return flags.profile.empty() && flags.stage != "local" ? flags.configured_profile : flags.profile;
}

void addConnectionFlags(Command& command, ConnectionFlags& flags) {
  presetConnection(command, flags);
  command.option("--stage,-s NAME", flags.stage, "The prefix of the tables' names: NAME-dynamodb-logs, NAME-core");
  noteTypedStage(command, flags.stage_choice);
  command.option("--endpoint-url URL", flags.endpoint_url,
                 "The service's URL (default: as the AWS CLI finds it, or " + flags.offline_endpoint +
                     " if the stage is \"local\")");
  command.option("--region,-r REGION", flags.region, "The AWS region (default: as the AWS CLI finds it)");
  command.option("--profile NAME", flags.profile, "A profile in the AWS CLI's configuration files");
}

ConnectOptions connectOptions(const ConnectionFlags& flags) {
  ConnectOptions options{flags.endpoint_url, flags.region, profileOf(flags)};
  try {
    if (flags.stage == "local" && !endpointIsConfigured(flags)) options.endpoint_url = flags.offline_endpoint;
  } catch (const std::exception& e) {
    throw ConfigurationError(e.what());
  }
  return options;
}

std::shared_ptr<Transport> connectAs(const ConnectionFlags& flags) { return connect(connectOptions(flags)); }

void confirmStage(const ConnectionFlags& flags, const std::string& verb) {
  confirmStage(flags.stage_choice, flags.stage, connectOptions(flags), verb);
}

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
