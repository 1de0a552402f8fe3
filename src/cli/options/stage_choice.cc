#include "cli/options/stage_choice.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <stdexcept>

#include "aws/credentials/profile_files.h"
#include "aws/endpoint.h"
#include "aws/environment.h"
#include "cli/options/settings.h"
#include "cli/terminal/confirm.h"
#include "cli/terminal/printable.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

// Any region will do where none is configured: only whether the host is this machine matters.
constexpr const char* kSomeRegion = "us-east-1";

bool isOnThisMachine(const ConnectOptions& options) {
  constexpr std::array kServices = {aws::kDynamoDb, aws::kEventBridge, aws::kLambda, aws::kCloudFormation};
  try {
    const aws::Environment environment = aws::systemEnvironment();
    const aws::ProfileFiles profiles = aws::ProfileFiles::load(environment, options.profile);
    return std::ranges::all_of(kServices, [&](const aws::Service& service) {
      return aws::findEndpoint(service, options.endpoint_url, kSomeRegion, environment, profiles).isLoopback();
    });
  } catch (const std::exception& error) {
    throw ConfigurationError(error.what());
  }
}

std::string originOf(const StageChoice& choice, const std::string& stage) {
  return "The stage " + stage + " comes from " + choice.file + ".";
}

}  // namespace

StageChoice configuredStage(const Command& command) {
  const auto found = command.settings().find("stage");
  const bool is_of_file = found != command.settings().end() && found->second.source != settingVariable("stage");
  return {is_of_file ? found->second.source : std::string(), false};
}

void noteTypedStage(Command& command, StageChoice& choice) { command.notesGiven("--stage", choice.is_typed); }

void confirmStage(const StageChoice& choice, const std::string& stage, const ConnectOptions& options,
                  const std::string& verb) {
  if (!choice.isOfFile() || stage == "local" || isOnThisMachine(options)) return;
  if (::isatty(STDIN_FILENO) != 1) {
    throw std::invalid_argument(originOf(choice, stage) + " To let " + verb + " change it in AWS, name it: --stage " +
                                stage);
  }
  if (!confirm(printable(originOf(choice, stage)) + " Let " + verb + " change it in AWS?", verb)) {
    throw std::runtime_error("Nothing was changed.");
  }
}

void sayStage(const StageChoice& choice, const std::string& stage) {
  if (choice.isOfFile()) std::cerr << printable(originOf(choice, stage)) << std::endl;
}

}  // namespace ddblog::cli
