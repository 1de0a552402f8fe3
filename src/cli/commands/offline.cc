// dynamodb-log offline: runs the offline cloud in this process until Ctrl-C or SIGTERM.
#include <pthread.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <iostream>

#include "aws/endpoint.h"
#include "cli/data_directory.h"
#include "cli/subcommands.h"
#include "cli/terminal/exit_status.h"
#include "offline/offline_cloud.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log offline                                   the template.yaml of this directory, if there is one
  dynamodb-log offline --template examples/users/template-node.yaml
  dynamodb-log offline --in-memory --port 9000           forgets everything when it ends

Point a client at it with AWS_ENDPOINT_URL=http://localhost:8000 and any credentials.)";

// By which the cloud's threads tell the main one that a snapshot was loaded; from elsewhere it does
// nothing.
constexpr int kLoadedSignal = SIGUSR1;

struct Flags {
  offline::OfflineOptions options;
  std::string template_file;
  std::string data = kDefaultDataDirectory;
  std::string durability = "fsync";
  std::vector<std::string> parameters;
  std::vector<std::string> access_keys;
  std::int64_t retry_delay_ms = 1000;
  int concurrency = 0;
  bool insecure = false;
};

// "NAME<separator>VALUE" pairs. Throws std::invalid_argument.
std::map<std::string, std::string> pairs(const std::vector<std::string>& texts, char separator, const char* option) {
  std::map<std::string, std::string> found;
  for (const std::string& text : texts) {
    const std::size_t place = text.find(separator);
    if (place == std::string::npos || place == 0 || place + 1 == text.size()) {
      throw std::invalid_argument(std::string(option) + " wants NAME" + separator + "VALUE, not '" + text + "'");
    }
    found[text.substr(0, place)] = text.substr(place + 1);
  }
  return found;
}

offline::OfflineOptions optionsOf(const Flags& flags) {
  offline::OfflineOptions options = flags.options;
  options.data = flags.data;
  if (!flags.template_file.empty()) {
    options.template_file = flags.template_file;
  } else if (std::filesystem::exists("template.yaml")) {
    options.template_file = "template.yaml";
  }
  options.parameters = pairs(flags.parameters, '=', "--parameter");
  options.parameters.emplace("Stage", options.stage);
  options.access_keys = pairs(flags.access_keys, ':', "--access-key");
  options.durability = flags.durability == "os" ? Durability::kOperatingSystem : Durability::kFsync;
  options.retry_delay = Duration(flags.retry_delay_ms);
  if (flags.concurrency > 0) options.concurrency = flags.concurrency;
  if (!aws::isLoopbackHost(options.host) && options.access_keys.empty() && !flags.insecure) {
    throw std::invalid_argument("listening on " + options.host +
                                " lets everybody on the network in: give --access-key ID:SECRET, or say --insecure");
  }
  return options;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "  ") + text;
  return all.empty() ? "none" : all;
}

void greet(const offline::OfflineOptions& options, const offline::OfflineSummary& summary,
           std::chrono::milliseconds taken) {
  std::string data = options.in_memory ? "in memory: forgotten when this ends" : options.data.string();
  if (!options.in_memory) {
    data += options.durability == Durability::kFsync ? " (fsync before each answer)" : " (written, not synced)";
  }
  std::cout << "dynamodb-log offline is ready after " << taken.count() << " ms\n"
            << "  serves     DynamoDB, DynamoDB Streams, EventBridge, Lambda, each on " << joined(summary.urls) << "\n"
            << "  data       " << data << "\n"
            << "  template   "
            << (options.template_file ? options.template_file->string() : "none: the built-in application")
            << " (stage " << options.stage << ")\n"
            << "  tables     " << joined(summary.tables) << "\n"
            << "  buses      " << joined(summary.buses) << "\n"
            << "  rules      " << joined(summary.rules) << "\n"
            << "  functions  " << joined(summary.functions) << "\n";
  for (const std::string& note : summary.notes) std::cout << "  note       " << note << "\n";
  std::cout << "Stop it with Ctrl-C." << std::endl;
}

// Connections, function processes and the store's files need more descriptors than the usual soft
// limit of 1,024.
void raiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int offline(const Flags& flags) {
  const auto begin = std::chrono::steady_clock::now();
  // Before any thread is made, so that all of them have the signals blocked and this one can wait
  // for them.
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int signal : {SIGINT, SIGTERM, kLoadedSignal}) sigaddset(&awaited, signal);
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  raiseDescriptorLimit();

  const offline::OfflineOptions options = optionsOf(flags);
  auto log = spdlog::stdout_color_mt("offline");
  log->set_pattern("%H:%M:%S.%e %v");
  log->flush_on(spdlog::level::info);
  offline::OfflineCloud cloud(
      options, [log](const std::string& line) { log->info(line); },
      [main_thread = pthread_self()] { pthread_kill(main_thread, kLoadedSignal); });
  cloud.start();
  greet(options, cloud.summary(),
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin));
  int received = 0;
  for (sigwait(&awaited, &received); received == kLoadedSignal; sigwait(&awaited, &received)) cloud.restart();
  log->info("stopping");
  cloud.stop();
  return kOk;
}

}  // namespace

Run addOffline(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("--template", flags->template_file,
                     "AWS SAM or CloudFormation template (default: ./template.yaml)");
  command.add_option("--parameter", flags->parameters, "A template parameter, NAME=VALUE; repeatable");
  command.add_option("--stage", flags->options.stage, "The stage: the template parameter Stage")->capture_default_str();
  command.add_option("--data", flags->data, "The data directory")->capture_default_str();
  command.add_option("--port", flags->options.ports, "A port; repeatable; every service is on each")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command.add_option("--host", flags->options.host, "The address to listen on")->capture_default_str();
  command.add_option("--region", flags->options.region, "The region in ARNs")->capture_default_str();
  command.add_flag("--in-memory", flags->options.in_memory, "Keep nothing on disk");
  command.add_option("--durability", flags->durability, "fsync: before each answer; os: left to the operating system")
      ->check(CLI::IsMember({"fsync", "os"}))
      ->capture_default_str();
  command.add_option("--retry-delay-ms", flags->retry_delay_ms, "Between attempts of an asynchronous invocation")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{86'400'000}))
      ->capture_default_str();
  command.add_option("--concurrency", flags->concurrency, "Processes of a function at most (default: cores + 1)")
      ->check(CLI::Range(1, 1000));
  command.add_option("--access-key", flags->access_keys, "ID:SECRET: only requests signed with it; repeatable");
  command.add_flag("--insecure", flags->insecure, "Listen beyond loopback without --access-key");
  command.footer(kExamples);
  return [flags] { return offline(*flags); };
}

}  // namespace ddblog::cli
