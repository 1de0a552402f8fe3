// Reads the file of a service, or one that lists services, whatever it is written in.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>

#include "template/serverless/script.h"
#include "template/serverless/tree.h"

namespace ddblog::templates::serverless {

inline constexpr std::array kServiceEnds = {".yml", ".yaml", ".json", ".js", ".cjs", ".mjs", ".ts"};
inline constexpr std::size_t kServiceBytes = 1u << 20;

inline constexpr const char* kFrameworkStage = "dev";

bool hasServiceEnd(const std::filesystem::path& file);

// JavaScript and TypeScript export the tree; its variables are texts as in YAML. If modules stand in, those that are
// not there are too (script.h). Throws TemplateError.
Tree readServiceFile(const std::filesystem::path& file, const std::map<std::string, std::string>& environment,
                     Scripts& scripts, bool modules_stand_in);

// That of this process.
std::map<std::string, std::string> processEnvironment();

}  // namespace ddblog::templates::serverless
