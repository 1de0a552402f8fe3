// The options of every subcommand that calls a service, and the connection that they describe.
//
// Endpoint, region and credentials are found as the AWS CLI finds them (ddblog/transport.h), with
// one addition: the stage "local" is the offline cloud's. If no endpoint is configured, it means
// http://localhost:8000, never AWS.
#pragma once

#include <memory>
#include <string>

#include "cli/command_line.h"
#include "cli/options/stage_choice.h"
#include "ddblog/transport.h"

namespace ddblog::cli {

inline constexpr const char* kOfflineEndpoint = "http://localhost:8000";

struct ConnectionFlags {
  std::string stage = "local";
  StageChoice stage_choice;
  std::string endpoint_url;
  std::string region;
  std::string profile;                              // --profile
  std::string configured_profile;                   // settings.h
  std::string offline_endpoint = kOfflineEndpoint;  // of the stage "local", if no other is configured
};

// What the user has configured (settings.h): stage, region, profile, and where the offline cloud answers.
void presetConnection(const Command& command, ConnectionFlags& flags);

// --profile, or what is configured; the latter not for the stage "local", whose cloud needs nobody's credentials.
std::string profileOf(const ConnectionFlags& flags);

// --stage, --endpoint-url, --region, --profile, with these presets. `flags` must outlive the CommandLine.
void addConnectionFlags(Command& command, ConnectionFlags& flags);

// Throws ConfigurationError.
ConnectOptions connectOptions(const ConnectionFlags& flags);
std::shared_ptr<Transport> connectAs(const ConnectionFlags& flags);

// For a command that changes something: asks if a file has chosen a stage in AWS (stage_choice.h). `verb`: "append".
void confirmStage(const ConnectionFlags& flags, const std::string& verb);

// The URL that requests to EventBridge go to. Throws ConfigurationError.
std::string eventBridgeUrl(const ConnectionFlags& flags);

}  // namespace ddblog::cli
