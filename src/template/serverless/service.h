// Translates a serverless.yml (Serverless Framework 1 to 4, osls) into a CloudFormation template,
// which the reader of templates takes.
//
// The template has the resources that the framework would deploy, with its names and logical ids:
//
//   function `sign-up` of service `users`, stage `local`   SignDashupLambdaFunction, users-local-sign-up
//   its second event, an eventBridge one                   UserslocalsignuprRule…, users-local-sign-up-rule-2
//   `resources` and its `extensions`                       merged over them
//
// What cannot run here (http, layers of AWS, unknown plugins …) is left out, and a note with its
// place in the file says so. The template for AWS (Inputs::is_for_aws) also has roles, permissions and
// the settings that only matter there (deployed.cc); it declares nothing that belongs to another stack.
// Events: stream, sqs, eventBridge, schedule (also of EventBridge Scheduler, with a time zone),
// cloudwatchEvent. Plugins
// whose work is built in: serverless-offline and those for streams, queues and EventBridge,
// serverless-dynamodb-local and its successor (seeds), serverless-plugin-conditional-functions.
// Sources: https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml,
// https://www.serverless.com/framework/docs/providers/aws/guide/resources, and the plugins' pages.
//
// Thread safety: stateless functions.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "template/app.h"
#include "template/intrinsics.h"
#include "template/node.h"
#include "template/serverless/tree.h"

namespace ddblog::templates::serverless {

struct Inputs {
  std::optional<std::string> stage;                        // absent: the file's, or else dev
  std::optional<std::string> region;                       // absent: the file's, or else us-east-1
  std::string account_id = PseudoParameters().account_id;  // unless the file names another
  std::map<std::string, std::string> parameters;           // --parameter
  std::map<std::string, std::string> environment;          // of this process
  bool is_for_aws = false;  // the template is for CloudFormation, not for the offline cloud
};

struct Translation {
  json::object document;
  std::map<std::string, std::string> parameters;  // those that the document declares
  std::vector<std::string> notes;                 // "serverless.yml:12: …"
  std::map<std::string, Place> places;            // of the document's resources, by their logical ids
  std::set<std::string> checked_functions;        // logical ids of functions whose code was looked for
  std::vector<App::Seed> seeds;
  std::set<std::string, std::less<>> stand_ins;  // texts that stand in for values of variables
  LaunchSettings settings;
  std::string stack_name;
};

// What the command line says; among its parameters Stage, the stage. A stage and a region that nobody
// gave are the file's.
Inputs inputsOf(std::map<std::string, std::string> parameters, std::optional<std::string> stage,
                std::optional<std::string> region);

// By its name: serverless.yml, .yaml, .json, .js, .cjs, .mjs and .ts.
bool hasServiceName(const std::filesystem::path& file);
// Whether a file with such a name holds a template of SAM or CloudFormation: Resources, and no service.
bool isTemplateByContent(const std::filesystem::path& file);
// By what it holds: a service, and a provider or functions.
bool isService(const Node& document);

// Throws TemplateError: it is no serverless.yml, or what would run here is wrong.
Translation translate(const std::filesystem::path& file, const Inputs& inputs);

}  // namespace ddblog::templates::serverless
