// What starts the cloud: the command line, and what the application's file says where the command
// line says nothing (a serverless.yml has a stage, a region, and ports in the settings of its
// plugins).
//
// Errors: TemplateError for a file that is wrong. Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "offline/offline_cloud.h"

namespace ddblog::offline {

// What the command line said.
struct LaunchOptions {
  std::optional<std::filesystem::path> template_file;
  std::optional<std::string> stage;
  std::optional<std::string> region;
  std::vector<int> ports;
  std::optional<Duration> retry_delay;
};

// The application's file that is used when none is named: template.yaml, or serverless.yml
// (also .yaml, .json, .js …).
std::optional<std::filesystem::path> findApplication(const std::filesystem::path& directory);

// Sets in `options` what `given` is about. Its parameters must be set, without Stage, which is added.
void applyLaunchOptions(const LaunchOptions& given, OfflineOptions& options);

}  // namespace ddblog::offline
