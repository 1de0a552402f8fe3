// A service while it is translated: what the readers of its parts share.
//
// Each reader takes one part of the file and adds CloudFormation resources to `resources`. It
// resolves only what it reads.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "template/serverless/script.h"
#include "template/serverless/service.h"
#include "template/serverless/tree.h"
#include "template/serverless/variables.h"

namespace ddblog::templates::serverless {

struct Service {
  Service(const std::filesystem::path& file, Tree tree, Scripts& of_files)
      : scripts(of_files),
        directory(file.has_parent_path() ? file.parent_path() : "."),
        root(std::move(tree)),
        variables(directory, root, inputs, notes, scripts) {}
  Service(const Service&) = delete;

  // The member of a map, resolved; nullptr: it is missing, or null. `node` resolves the member
  // alone, `whole` also what is below it.
  Tree* node(Tree& map, std::string_view name);
  const Tree* whole(Tree& map, std::string_view name);
  std::optional<std::string> text(Tree& map, std::string_view name);  // throws TemplateError: a map or a list
  bool hasPlugin(std::string_view name) const { return plugins.contains(name); }

  Scripts& scripts;
  std::filesystem::path directory;
  Tree root;
  VariableInputs inputs;
  Notes notes;
  Variables variables;
  std::string name;
  std::set<std::string, std::less<>> plugins;
  std::set<std::string, std::less<>> function_keys;  // those that run
  json::object resources;                            // the template's, with generated ones
  std::map<std::string, std::string> dotenv;         // of all functions: what serverless-dotenv-plugin loads
  std::map<std::string, Place> places;               // of resources, by their logical ids; of generated ones: what
                                                     // they are made for
  std::set<std::string> checked_functions;           // logical ids of functions whose code was looked for
  std::optional<int> default_retry_attempts;         // of functions that have no setting of their own
  bool is_for_aws = false;
  std::map<std::string, json::array> needed_statements;  // for AWS: what a function's role must allow, by its key

  // The end of a note.
  const char* isLeftOut() const { return is_for_aws ? " is not deployed" : " does not run here"; }
};

struct ServiceFunction {
  std::string key;         // "sign-up"
  std::string name;        // "users-local-sign-up"
  std::string logical_id;  // "SignDashupLambdaFunction"
  std::string normalized;  // "SignDashup"
};

// plugins.cc: what the settings of plugins mean here.
void readPlugins(Service& service, LaunchSettings& settings);
std::vector<App::Seed> readSeeds(Service& service);
// functions.cc
void readFunctions(Service& service);
void readLayers(Service& service);
// events.cc
void readEvents(Service& service, const ServiceFunction& function, Tree& events);
// deployed.cc: what only AWS needs. A function's role, log group and other settings:
void deployFunction(Service& service, const ServiceFunction& function, Tree& tree, json::object& resource);
// that its role allows it to do something, and that a rule may invoke it;
void allow(Service& service, const std::string& function_key, std::initializer_list<const char*> actions,
           const json::value& resource);
void allowRule(Service& service, const std::string& function_id, const std::string& rule_id);
// that its failures or results may be sent to a target (an ARN, or a function that returns one);
void allowDelivery(Service& service, const std::string& function_key, const json::value& target);
// a schedule in a time zone, which a rule cannot have; and the roles, once all functions are read.
void deploySchedule(Service& service, const ServiceFunction& function, const std::string& logical_id, Tree& settings,
                    const json::object& rule);
void deployRoles(Service& service);
// A layer, which is SAM's for the offline cloud and CloudFormation's in AWS.
void deployLayer(Service& service, const std::string& logical_id, const std::string& name, const std::string& path,
                 Tree& layer);
// resources.cc: `resources` of the file, over the generated ones.
json::object readResources(Service& service);

// The logical ids that the framework makes.
std::string normalizedName(std::string_view function_key);  // "sign-up" is "SignDashup"
std::string alphanumericName(std::string_view name);        // "my-bus" is "Mybus"

// The logical id of the resource that the file declares with this type and name; empty: none.
std::string declaredAs(Service& service, std::string_view type, std::string_view property, const std::string& name);
// The type of a resource of the file, whose declaration may be spread over its parts, or of a generated
// one; empty: there is none.
std::string declaredType(Service& service, std::string_view logical_id);
// The ARN as CloudFormation has it. A queue that a text names and the file does not declare is of
// another stack: it is made here, so that messages can be sent to it, and a note says so.
json::value queueArn(Service& service, const Tree& arn);
// The same of a table's stream. A table that the file does not declare may be made later: its mapping waits.
json::value streamArn(Service& service, const Tree& arn);
// Whether one of the plugins compiles the handlers.
bool compilesHandlers(const Service& service);
// Whether it is the ARN of an SNS topic, or a reference to one of `resources`.
bool isTopic(Service& service, const Tree& arn);

}  // namespace ddblog::templates::serverless
