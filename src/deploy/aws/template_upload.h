// A template that is being uploaded: the outermost, or a nested one.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/json.h"
#include "deploy/package/function_code.h"
#include "template/stack.h"

namespace ddblog::deploy {

struct TemplateUpload {
  templates::Stack& stack;
  json::object& body;  // as it is uploaded
  const std::filesystem::path& directory;
  const std::map<std::string, std::string>& parameters;
  bool is_nested;
  std::map<std::string, const CodePackage*> functions = {}, layers = {};  // by their logical ids
};

}  // namespace ddblog::deploy
