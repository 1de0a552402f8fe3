// dynamodb-log doctor: says what keeps the offline cloud from running on this machine and in this directory.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "aws/json_response.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cloud/checkup.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/options/settings.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "offline/launch_options.h"
#include "offline/template_check.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log doctor
  dynamodb-log doctor --template app/template.yaml
  dynamodb-log doctor -o json | jq 'select(.advice)'

Checks the configuration and where it comes from, the running cloud and its clock, the ports, the data directory and its
disk, what the template needs (Node.js, Python, boto3), and the machine's limits and time. The line of a problem says
what to do. Exit status 1: there is a problem.)";

struct Flags {
  ConnectionFlags connection;
  std::string template_file;
  std::string data;
  std::vector<int> ports;
  std::string ready_file = "ready.json";
  std::string output = "text";
};

// Where each configured value comes from.
std::vector<Checked> checkSettings(const Settings& settings) {
  std::vector<Checked> found;
  for (const auto& [name, setting] : settings) {
    found.push_back({"setting", name + " = " + setting.value + "  (" + setting.source + ")"});
  }
  if (found.empty()) found.push_back({"settings", std::string("none: no ") + kSettingsFile + ", no variables"});
  return found;
}

// Returns whether a cloud runs.
bool checkCloud(const Flags& flags, std::vector<Checked>& found) {
  ConnectionFlags offline = flags.connection;
  offline.stage = "local";
  try {
    const LocalCloud cloud(offline, "`dynamodb-log status`", 1);
    if (!cloud.runId()) {
      found.push_back({"cloud", "none runs at " + cloud.url()});
      return false;
    }
    found.push_back({"cloud", "runs at " + cloud.url()});
    const json::object clock = aws::parseResponse(cloud.send("GET", "/_local/clock").body);
    const std::int64_t seconds = clock.at("offset").as_int64() / 1000;
    if (seconds != 0 || clock.at("frozen").as_bool()) {
      found.push_back({"clock", "the cloud's is " + std::string(clock.at("now").as_string()) +
                                    (clock.at("frozen").as_bool() ? ", frozen" : "") +
                                    ": `dynamodb-log clock real` makes it the machine's"});
    }
    return true;
  } catch (const std::exception& error) {
    found.push_back({"cloud", error.what(), "name the cloud's URL with --endpoint-url, or its port with --port"});
    return false;
  }
}

// What the template needs. Sets the ports that it names.
void checkTemplateOf(const Flags& flags, std::vector<int>& ports, std::vector<Checked>& found) {
  offline::OfflineOptions options;
  offline::LaunchOptions given;
  given.ports = flags.ports;
  if (!flags.template_file.empty()) given.template_file = flags.template_file;
  try {
    applyLaunchOptions(given, options);
    ports = options.ports;
    if (!options.template_file) {
      found.push_back({"template", "none here: the cloud runs the built-in application"});
      return;
    }
    const std::set<std::string> runtimes = offline::runtimesOf(options);
    found.push_back({"template", options.template_file->string()});
    for (Checked& one : checkInterpreters(runtimes)) found.push_back(std::move(one));
  } catch (const std::exception& error) {
    if (ports.empty()) ports = offline::OfflineOptions().ports;
    found.push_back({"template", error.what(), "`dynamodb-log validate` says all that is wrong in it"});
  }
}

void print(const std::vector<Checked>& found, const std::string& output) {
  std::size_t width = 0;
  for (const Checked& one : found) width = std::max(width, one.what.size());
  for (const Checked& one : found) {
    if (output == "json") {
      json::object line{{"check", one.what}, {"ok", !one.isProblem()}, {"text", one.text}};
      if (one.isProblem()) line["advice"] = one.advice;
      std::cout << printableJson(json::serialize(line)) << '\n';
      continue;
    }
    std::string line = std::string(one.isProblem() ? "problem  " : "ok       ") + one.what +
                       std::string(width - one.what.size() + 2, ' ') + one.text;
    if (one.isProblem()) line += ": " + one.advice;
    std::cout << printable(line) << '\n';
  }
  std::cout.flush();
}

int doctor(const Flags& flags, const Settings& settings) {
  std::vector<Checked> found = checkSettings(settings);
  std::vector<int> ports;
  const bool is_running = checkCloud(flags, found);
  checkTemplateOf(flags, ports, found);
  for (const int port : ports) found.push_back(checkPort(port, is_running));
  for (Checked& one : checkDirectory(flags.data)) found.push_back(std::move(one));
  for (Checked& one : checkReadyFile(flags.ready_file)) found.push_back(std::move(one));
  for (Checked& one : checkMachine()) found.push_back(std::move(one));
  print(found, flags.output);
  const auto problems = std::ranges::count_if(found, &Checked::isProblem);
  if (flags.output == "text") {
    std::cerr << (problems == 0   ? std::string("No problem was found.")
                  : problems == 1 ? std::string("There is 1 problem.")
                                  : "There are " + std::to_string(problems) + " problems.")
              << std::endl;
  }
  return problems == 0 ? kOk : kFailure;
}

}  // namespace

void addDoctor(Command& program) {
  Command command = program.subcommand("doctor", "Say what keeps the offline cloud from running here, and what to do");
  auto flags = std::make_shared<Flags>();
  flags->data = offline::OfflineOptions().data.string();
  command.preset("template", flags->template_file);
  command.preset("data", flags->data);
  if (std::string port; command.preset("port", port)) flags->ports = {std::stoi(port)};
  command.option("--template,-t FILE", flags->template_file,
                 "The template (default: ./template.yaml, ./serverless.yml or ./cdk.out)");
  command.option("--data DIRECTORY", flags->data, "The data directory");
  command.list("--port PORT", flags->ports, "A port that the cloud will use; repeatable", {0, 65535});
  command.option("--ready-file FILE", flags->ready_file, "The ready file that a start will write");
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "How to print; json: one object a line");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags, command] { return doctor(*flags, command.settings()); });
}

}  // namespace ddblog::cli
