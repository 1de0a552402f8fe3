// The options of every subcommand that talks to an endpoint, and the connection they ask for.
//
// Endpoint, region and credentials are found as the AWS CLI finds them
// (include/ddblog/transport.h). One thing is added: the stage "local" is the offline cloud's, so
// when no endpoint is configured it means http://localhost:8000, never AWS.
#pragma once

#include <memory>
#include <string>

#include "ddblog/transport.h"

namespace CLI {
class App;
}

namespace ddblog::cli {

inline constexpr const char* kOfflineEndpoint = "http://localhost:8000";

struct ConnectionFlags {
  std::string stage = "local";
  std::string endpoint_url;
  std::string region;
  std::string profile;
};

// --stage, --endpoint-url, --region, --profile. `flags` must outlive the command line's parsing.
void addConnectionFlags(CLI::App& command, ConnectionFlags& flags);

// Throws ConfigurationError.
ConnectOptions connectOptions(const ConnectionFlags& flags);
std::shared_ptr<Transport> connectAs(const ConnectionFlags& flags);

// The URL that requests to EventBridge go to. Throws ConfigurationError.
std::string eventBridgeUrl(const ConnectionFlags& flags);

}  // namespace ddblog::cli
