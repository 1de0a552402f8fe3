// dynamodb-log offline: runs the offline cloud in this process until SIGINT (Ctrl-C), SIGTERM, SIGHUP
// or SIGQUIT.
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "aws/endpoint.h"
#include "base/faults.h"
#include "base/ids.h"
#include "base/text.h"
#include "cli/cloud/background.h"
#include "cli/cloud/data_directory.h"
#include "cli/cloud/parent_watch.h"
#include "cli/cloud/ready_file.h"
#include "cli/cloud/recovery.h"
#include "cli/command_line.h"
#include "cli/options/access_keys.h"
#include "cli/options/template_options.h"
#include "cli/terminal/exit_report.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/log_output.h"
#include "offline/launch_options.h"
#include "offline/offline_cloud.h"
#include "offline/template_check.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log offline                           runs ./template.yaml or ./serverless.yml if it exists
  dynamodb-log offline -t serverless.yml --stage local
  dynamodb-log offline --template examples/users/template-node.yaml
  dynamodb-log offline --in-memory --port 9000   keeps no data when it stops
  dynamodb-log offline --detach                  in the background, until `dynamodb-log stop`

To use it from a client, set AWS_ENDPOINT_URL=http://localhost:8000 and any credentials.)";

// The cloud's threads send it to the main thread when a snapshot was loaded. It has no effect if
// anyone else sends it.
constexpr int kLoadedSignal = SIGUSR1;

struct Flags {
  offline::OfflineOptions options;
  std::string template_file;
  TemplateFlags of_template;
  std::vector<int> ports;
  std::string data = kDefaultDataDirectory;
  std::string durability = "fsync";
  std::vector<std::string> access_keys;
  std::vector<std::string> access_key_files;
  std::vector<std::string> faults;
  std::int64_t retry_delay_ms = -1;
  int concurrency = 0;
  std::string ready_file;
  std::int64_t parent_pid = 0;  // 0: nobody's
  bool insecure = false;
  bool verbose = false;
  bool detach = false;
  std::string log_file;  // of --detach; empty: beside the data directory
};

// A browser's Origin has a scheme and a host, and no path. Throws std::invalid_argument.
void checkOrigin(const std::string& text) {
  const std::size_t scheme = text.find("://");
  const bool has_host = scheme != std::string::npos && scheme > 0 && scheme + 3 < text.size();
  if (text == "*" || (has_host && text.find('/', scheme + 3) == std::string::npos)) return;
  throw std::invalid_argument("--cors-origin: '" + text + "' is not an origin, like https://app.example.com, or *");
}

// Throws std::invalid_argument.
FaultSettings faultsOf(const std::vector<std::string>& given) {
  try {
    Ids ids;
    return parseFaults(joined(given, ","), ids);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("--faults: ") + error.what());
  }
}

offline::LaunchOptions launchOptionsOf(const Flags& flags) {
  offline::LaunchOptions given;
  if (!flags.template_file.empty()) given.template_file = flags.template_file;
  if (flags.retry_delay_ms >= 0) given.retry_delay = Duration(flags.retry_delay_ms);
  given.ports = flags.ports;
  return given;
}

offline::OfflineOptions optionsOf(const Flags& flags) {
  offline::OfflineOptions options = flags.options;
  options.data = flags.data;
  offline::LaunchOptions given = launchOptionsOf(flags);
  applyTemplateFlags(flags.of_template, given, options);
  applyLaunchOptions(given, options);
  for (const std::string& origin : options.cors_origins) checkOrigin(origin);
  options.access_keys = accessKeysOf(flags.access_keys, flags.access_key_files, std::getenv(kAccessKeysVariable));
  options.durability = flags.durability == "os" ? Durability::kOperatingSystem : Durability::kFsync;
  if (!flags.faults.empty()) options.faults = faultsOf(flags.faults);
  if (flags.concurrency > 0) options.concurrency = flags.concurrency;
  if (!aws::isLoopbackHost(options.host) && options.access_keys.empty() && !flags.insecure) {
    throw std::invalid_argument("listening on " + options.host +
                                " lets anyone on the network in; use --access-key-file FILE, or --insecure");
  }
  return options;
}

std::string inColumns(const std::vector<std::string>& texts) { return texts.empty() ? "none" : joined(texts, "  "); }

constexpr std::size_t kShownNotes = 5;

// What does not run: the first few notes, or all of them.
void printNotes(LogOutput& output, const std::vector<std::string>& notes, bool all) {
  const std::size_t shown = all ? notes.size() : std::min(notes.size(), kShownNotes);
  for (std::size_t i = 0; i < shown; ++i) output.print("  note       " + notes[i]);
  if (shown == notes.size()) return;
  output.print("  notes      " + withThousands(notes.size() - shown) +
               " more: --verbose or `dynamodb-log validate` shows them");
}

void greet(LogOutput& output, const offline::OfflineOptions& options, const offline::OfflineSummary& summary,
           std::chrono::milliseconds taken, bool verbose, bool is_detached) {
  std::string data = options.in_memory ? "in memory, lost when this stops" : options.data.string();
  if (!options.in_memory) {
    data += options.durability == Durability::kFsync ? " (fsync before each response)" : " (written, not synced)";
  }
  const std::string application =
      options.template_file ? options.template_file->string() : "none: the built-in application";
  output.print("dynamodb-log offline is ready after " + std::to_string(taken.count()) + " ms");
  output.print("  serves     DynamoDB, DynamoDB Streams, EventBridge and its Scheduler, Lambda, SQS, each on " +
               inColumns(summary.urls));
  output.print("  data       " + data);
  output.print("  template   " + application + " (stage " + options.stage + ")");
  output.print("  tables     " + inColumns(summary.tables));
  output.print("  buses      " + inColumns(summary.buses));
  output.print("  rules      " + inColumns(summary.rules));
  if (!summary.queues.empty()) output.print("  queues     " + inColumns(summary.queues));
  output.print("  functions  " + inColumns(summary.functions));
  if (!summary.waiting.empty()) output.print("  waiting    " + summary.waiting);
  if (summary.failures > 0) {
    output.print("  failures   " + withThousands(summary.failures) + ", which `dynamodb-log failures` shows");
  }
  if (options.faults) output.print("  faults     repeat them with --faults " + toString(*options.faults));
  printNotes(output, summary.notes, verbose);
  output.print(is_detached ? "Stop it with `dynamodb-log stop`." : "Stop it with Ctrl-C.");
}

// Connections, function processes and the store's files may need more descriptors than the usual
// soft limit of 1,024.
void raiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Puts the data in order with a cloud that only this program can find: nobody appends to a stream whose
// events are not back yet.
void recover(offline::OfflineOptions options, const offline::OfflineCloud::Log& log) {
  options.recover = true;
  options.faults.reset();
  options.host = "127.0.0.1";
  options.ports = {0};
  offline::OfflineCloud cloud(options, log, [] {});
  cloud.start();
  log(putEventsBack(options, cloud.summary().urls.front()));
  cloud.stop();
}

// Beside the data directory, which holds nothing but the cloud's own files.
std::filesystem::path logFileOf(const Flags& flags) {
  if (!flags.log_file.empty()) return flags.log_file;
  std::string directory = std::filesystem::absolute(flags.data).lexically_normal().string();
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  if (flags.options.in_memory && !flags.ports.empty()) directory += "-" + std::to_string(flags.ports.front());
  return directory + ".log";
}

// `clean` refuses a data directory with a log file in it. Throws std::invalid_argument.
void checkLogFile(const Flags& flags) {
  if (flags.log_file.empty() || flags.options.in_memory) return;
  const auto log = std::filesystem::weakly_canonical(std::filesystem::absolute(flags.log_file));
  const auto data = std::filesystem::weakly_canonical(std::filesystem::absolute(flags.data) / "");
  if (const auto from_data = log.lexically_relative(data); !from_data.empty() && *from_data.begin() != "..") {
    throw std::invalid_argument("--log-file must be outside the data directory " + flags.data);
  }
}

std::string backgroundMessage(const Flags& flags, const offline::OfflineCloud& cloud) {
  const bool has_own_data = flags.options.in_memory || flags.data != kDefaultDataDirectory;
  const std::string which = flags.options.in_memory ? " --endpoint-url " + cloud.summary().urls.front()
                            : has_own_data          ? " --data " + flags.data
                                                    : "";
  return "The offline cloud runs in the background (process " + std::to_string(::getpid()) + ") on " +
         inColumns(cloud.summary().urls) + "\nIts output goes to " + logFileOf(flags).string() +
         "; `dynamodb-log stop" + which + "` ends it.";
}

// `background`: nullptr: it runs in the terminal.
int runCloud(const Flags& flags, Background* background) {
  const auto begin = std::chrono::steady_clock::now();
  offline::OfflineOptions options = optionsOf(flags);  // may wait for a named pipe, so Ctrl-C ends it
  // Before any thread starts: all of them inherit the blocked signals, and this one can wait for
  // them.
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, kLoadedSignal}) sigaddset(&awaited, signal);
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);  // ignored, the kernel would reuse a reaper's number before its end is seen
  raiseDescriptorLimit();
  umask(077);  // only the user may read the data; function processes have a mask of their own

  std::optional<ParentWatch> parent;
  if (flags.parent_pid > 0) {
    parent.emplace(static_cast<pid_t>(flags.parent_pid),
                   [main_thread = pthread_self()] { pthread_kill(main_thread, SIGTERM); });
  }
  ReadyFile ready_file(flags.ready_file);
  const bool recovers = std::exchange(options.recover, false) && !options.in_memory;
  options.request_stop = [] { ::kill(::getpid(), SIGTERM); };
  if (recovers) useCredentialsOf(options);
  LogOutput output(STDOUT_FILENO);
  const auto log = [&output](const std::string& line) { output.log(line); };
  if (recovers) recover(options, log);
  offline::OfflineCloud cloud(options, log,
                              [main_thread = pthread_self()] { pthread_kill(main_thread, kLoadedSignal); });
  cloud.start();
  ready_file.write(options, cloud.summary());
  greet(output, options, cloud.summary(),
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin), flags.verbose,
        background != nullptr);
  if (background) background->ready(backgroundMessage(flags, cloud));
  int received = 0;
  for (sigwait(&awaited, &received); received == kLoadedSignal; sigwait(&awaited, &received)) cloud.restart();
  output.log("stopping");
  cloud.stop();
  if (options.faults) output.log("injected faults: " + cloud.injectedFaults());
  return kOk;
}

int offline(const Flags& flags) {
  if (!flags.detach) {
    if (!flags.log_file.empty()) throw std::invalid_argument("--log-file is for --detach");
    return runCloud(flags, nullptr);
  }
  checkLogFile(flags);
  Background background(logFileOf(flags));
  if (!background.isChild()) return background.waitForChild();
  try {
    return runCloud(flags, &background);
  } catch (...) {  // goes on to the log file
    background.failed(errorLine(exitReportOf(std::current_exception())));
    throw;
  }
}

}  // namespace

void addOffline(Command& program) {
  Command command = program.subcommand(
      "offline", "Run the offline cloud: DynamoDB, Streams, EventBridge, Scheduler, Lambda and SQS in this process");
  auto flags = std::make_shared<Flags>();
  command.preset("template", flags->template_file);
  command.preset("data", flags->data);
  if (std::string port; command.preset("port", port)) flags->ports = {std::stoi(port)};
  command.option("--template,-t FILE", flags->template_file,
                 "AWS SAM or CloudFormation template, serverless.yml, or the directory cdk.out (default: "
                 "./template.yaml, or what `sam build` made of it, or ./serverless.yml, or ./cdk.out)");
  addTemplateOptions(command, flags->of_template);
  command.option("--data DIRECTORY", flags->data, "The data directory");
  command.list("--port PORT", flags->ports,
               "A port that serves every service; repeatable (default: 8000, 4010, and those in a serverless.yml)",
               {0, 65535});
  command.option("--host ADDRESS", flags->options.host, "The address to listen on");
  command.flag("--in-memory", flags->options.in_memory, "Keep nothing on disk");
  command.choice("--durability fsync|os", flags->durability, {"fsync", "os"},
                 "fsync before each response, or leave it to the operating system");
  command.flag("--recover", flags->options.recover,
               "Start with damaged data: at the last sound place, with the log's events from the archive");
  command.number("--retry-delay-ms MS", flags->retry_delay_ms,
                 "Delay between attempts of an asynchronous invocation (default: the serverless.yml's, or else 1000)",
                 {0, 86'400'000});
  command.number("--concurrency N", flags->concurrency, "Processes per function at most (default: cores + 1)",
                 {1, 1000});
  command.flag("--watch,!--no-watch", flags->options.watch,
               "Let functions run changed code without a restart (the default)");
  command.list("--faults SETTINGS", flags->faults,
               "Inject faults that AWS can have, at these rates: seed=N,duplicate=0.1,reorder=0.1,"
               "partial-failure=0.1,throttle=0.1,slow=0.1,crash-function=0.05");
  command.list("--access-key-file FILE", flags->access_key_files,
               "Accept only requests signed with one of the file's keys, a line ID:SECRET each; repeatable");
  command.list("--access-key ID:SECRET", flags->access_keys,
               "The same with one key, which other users can see in the list of processes; repeatable. The environment "
               "can name keys too: DYNAMODB_LOG_ACCESS_KEYS='ID:SECRET …'");
  command.list("--cors-origin ORIGIN", flags->options.cors_origins,
               "Let web pages of this origin (https://app.example.com) use the cloud, besides loopback's; '*': every "
               "page; repeatable");
  command.flag("--detach,-d", flags->detach,
               "Go on in the background, and return when the cloud is ready (dynamodb-log stop ends it)");
  command.option("--log-file FILE", flags->log_file,
                 "Where the output goes with --detach (default: the data directory's name with .log)");
  command.option("--ready-file FILE", flags->ready_file,
                 "A file to write when requests are answered: JSON with url, urls, ports, pid and dataDirectory");
  command.number("--parent-pid PID", flags->parent_pid, "Stop when this process has ended", {1, 4'194'304});
  command.flag("--verbose", flags->verbose, "Show every note about the template");
  command.flag("--insecure", flags->insecure, "Listen beyond loopback without access keys");
  command.examples(kExamples);
  command.runs([flags] { return offline(*flags); });
}

}  // namespace ddblog::cli
