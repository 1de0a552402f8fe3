// What a template is read with, and what `dynamodb-log validate` says about one.
//
// Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "offline/offline_cloud.h"
#include "template/outside.h"

namespace ddblog::offline {

templates::PseudoParameters pseudoParametersOf(const OfflineOptions& options, const std::string& endpoint);
// Throws TemplateError if a file with stored values cannot be read.
templates::Outside outsideOf(const OfflineOptions& options);

// The template in the working directory, if there is one.
std::optional<std::filesystem::path> defaultTemplate();

struct CheckedLine {
  enum class Kind { kRuns, kNote, kError };

  Kind kind;
  std::string place;  // "template.yaml:12: "
  std::string text;
};

// Reads the options' template, and provisions it in memory. Throws TemplateError if the file is no
// template, or does not take the parameters.
std::vector<CheckedLine> checkTemplate(const OfflineOptions& options);

// The runtimes of the functions of the options' template: "nodejs22.x". Throws TemplateError.
std::set<std::string> runtimesOf(const OfflineOptions& options);

}  // namespace ddblog::offline
