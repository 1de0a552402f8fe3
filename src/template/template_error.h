// What is wrong with a template.
#pragma once

#include <stdexcept>
#include <string>

#include "template/node.h"

namespace ddblog::templates {

// what() is one line. While a template is read, `place` says where; a TemplateFile's errors begin with
// the place: "template.yaml:12: …".
class TemplateError : public std::runtime_error {
 public:
  explicit TemplateError(const std::string& what, Place at = {}) : std::runtime_error(what), place(at) {}

  Place place;
};

}  // namespace ddblog::templates
