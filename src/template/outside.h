// What a template gets from outside: values of its parameters, of other stacks' exports, and of
// parameters and secrets that are kept in AWS.
//
// Values. Thread safety: immutable while a template is read.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace ddblog::templates {

struct PseudoParameters {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  std::string stack_name = "local";
  std::string endpoint = "http://127.0.0.1:8000";  // in the URLs of queues
};

struct Outside {
  std::string stage;                           // of the parameter Stage, where it is allowed; empty: none
  bool is_stage_given = false;                 // the command line names the stage: it goes before a Default
  std::map<std::string, std::string> imports;  // by the export's name
  std::map<std::string, std::string> stored;   // by the name of an SSM parameter or a secret; JSON for a structure
};

// Reads `stored` from a JSON or YAML file: {"/shop/key": "value", "secret": {"user": "…"}}, or the
// output of `aws ssm get-parameters`. Throws TemplateError.
std::map<std::string, std::string> readStoredValues(const std::filesystem::path& file);

// The text of a file of at most 1 MB (CloudFormation's limit for a template). Throws TemplateError.
std::string readTextFile(const std::filesystem::path& file);

}  // namespace ddblog::templates
