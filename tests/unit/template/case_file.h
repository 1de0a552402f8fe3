// Cases of templates as data: cases/<topic>.cases, a template in and its model and notes out.
//
//   # A comment.
//   case A queue's URL is what Ref returns
//   given parameter Stage=prod
//   given stage prod            on the command line; "given usual stage": it is that of every start
//   given import shop-table=orders
//   given stored /shop/key=secret
//   given file nested/template.yaml
//     Resources: …
//   template
//     Resources:
//       Orders: {Type: AWS::SQS::Queue}
//   expect /queues/Orders/Attributes {}
//   note template.yaml:3: …
//
//   case Join puts a delimiter between its values
//   value !Join ["-", [a, b]]
//   gives a-b
//
// "template" and "given file" are followed by the text, indented by two spaces. "value" is an
// environment variable of a function that is added to the template. "expect POINTER JSON": a value of
// the model (case_file.cc); "expect POINTER absent". "note" and "error" are whole lines; a case
// without notes has none. "runs": the same, looked at only if a case has some. "refused TEXT": the template is not read at all.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "template/template.h"

namespace ddblog::templates {

struct TemplateCase {
  int line = 0;  // of the file
  std::string name;
  std::string file = "template.yaml";
  std::string text;
  std::string value;
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> parameters;
  Outside outside;
  std::vector<std::pair<std::string, std::string>> expected;  // pointer, JSON; "absent": nothing is there
  std::vector<std::string> given_value;                       // what the value must be; at most one
  std::vector<std::string> notes;
  std::vector<std::string> errors;
  std::vector<std::string> runs;
  std::string refused;
};

// Throws std::runtime_error "FILE:LINE: what is wrong".
std::vector<TemplateCase> readCases(const std::filesystem::path& file);

// The model that a template becomes, for comparison: its resources by their names.
json::object modelOf(const App& app);

}  // namespace ddblog::templates
