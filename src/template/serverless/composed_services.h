// A serverless-compose.yml (also .yaml, .json, .js, .ts …): it lists services, each with its own serverless.yml, which
// are deployed one after another.
//
//   services:
//     users: {path: services/users}
//     mail:
//       path: services/mail
//       config: serverless.mail.yml              if its file has another name
//       dependsOn: users                         or a list
//       params: {table: "${users.tableName}"}    an output of the stack of users
//
// Its variables are those of a serverless.yml, mostly ${sls:stage} and ${env:…}, and outputs of other services.
// Source: https://www.serverless.com/framework/docs/guides/compose
//
// Limits: 1 MB. Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ddblog::templates::serverless {

struct ComposedService {
  std::string name;
  std::filesystem::path file;                     // its serverless.yml, or a template
  std::map<std::string, std::string> parameters;  // outputs of other services are variables in them: "${users.url}"
  std::set<std::string> needs;                    // the services that come before it
};

// By its name: serverless-compose.yml.
bool isComposeFile(const std::filesystem::path& file);

// In an order in which they can be deployed. `is_for_aws`: a variable without a value is an error. Throws
// TemplateError "file:line: …": a service has no file, needs one that there is not, or they need each other.
std::vector<ComposedService> readComposedServices(const std::filesystem::path& file, const std::string& stage,
                                                  const std::string& region, bool is_for_aws);

// The text with the outputs that it names. `output` returns the value of a service's output.
std::string withOutputs(
    const std::string& text,
    const std::function<std::string(const std::string& service, const std::string& output)>& output);

}  // namespace ddblog::templates::serverless
