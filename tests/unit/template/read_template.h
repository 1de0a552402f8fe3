// Reads a template's file once, as a start does.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "template/template.h"

namespace ddblog::templates {

// Throws TemplateError.
inline TemplateReport inspectTemplate(const std::filesystem::path& file, std::map<std::string, std::string> parameters,
                                      const PseudoParameters& pseudo = {}, const Outside& outside = {}) {
  GivenPlace given;
  if (outside.is_stage_given) given.stage = outside.stage;
  return TemplateFile(file, std::move(parameters), given).inspect(pseudo, outside);
}

inline App readTemplate(const std::filesystem::path& file, std::map<std::string, std::string> parameters,
                        const PseudoParameters& pseudo = {}) {
  return TemplateFile(file, std::move(parameters), {}).read(pseudo, {});
}

}  // namespace ddblog::templates
