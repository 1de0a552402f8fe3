// The offline cloud: composes store, services, function host and server.
//
//   OfflineCloud cloud(options, log, loaded);  // opens the store, provisions the application; throws a one-line error
//   cloud.start();                             // listens and responds; starts a process of each function ahead of time
//   cloud.stop();                              // answers in-flight requests, ends function processes; loses nothing
//
// A client can replace the state by a snapshot's (snapshots/snapshot_uploads.h), or take it back to the
// start or to a checkpoint (resets.h). Then `loaded` is called, and restart() exchanges the state: store,
// archive and services. The server with its connections stays.
//
// Thread safety: one thread constructs, starts, restarts and stops it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cloud_clock.h"
#include "base/faults.h"
#include "deploy/local/service_calls.h"
#include "store/store.h"
#include "template/template.h"

namespace ddblog::snapshots {
struct LoadedState;
}

namespace ddblog::offline {

struct CloudFrame;
class CloudState;
struct Reset;

struct OfflineOptions {
  std::optional<std::filesystem::path> template_file;          // std::nullopt: defaultApp
  std::shared_ptr<const templates::TemplateFile> application;  // the same, read (launch_options.h); nullptr: defaultApp
  std::map<std::string, std::string> parameters;               // template parameters
  std::map<std::string, std::string> imports;                  // values of Fn::ImportValue, by the export's name
  std::vector<std::filesystem::path> stored_values;            // files with values of SSM parameters and secrets
  std::string stage = "local";
  bool is_stage_given = false;  // the command line names it
  std::filesystem::path data = ".dynamodb-log";
  bool in_memory = false;
  Durability durability = Durability::kFsync;
  bool recover = false;  // goes on from the last sound place of damaged files
  std::string host = "127.0.0.1";
  std::vector<int> ports = {8000, 4010};
  std::map<std::string, std::string> access_keys;  // empty: any credentials are accepted
  std::vector<std::string> cors_origins;           // of allowed pages, besides loopback's; "*": every page
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  Duration retry_delay{1000};           // between attempts of an asynchronous invocation
  bool watch = true;                    // functions run changed code without a restart
  std::optional<FaultSettings> faults;  // to inject; std::nullopt: none
  bool leaves_out_errors = false;       // what is wrong in the template is left out; else it is thrown
  std::function<void()> request_stop;   // for POST /_local/stop, on any thread; empty: there is no such route
  std::optional<int> concurrency;       // processes of a function without reserved concurrency; std::nullopt: cores + 1
};

// What runs where, for the user.
struct OfflineSummary {
  std::vector<std::string> urls;
  std::vector<std::string> tables, buses, rules, queues, functions;
  std::vector<std::string> notes;
  std::vector<deploy::ProvisionError> refusals;  // of services, if errors are left out
  // What the services refused because of a value that stands in for one that nobody gave.
  std::vector<deploy::ProvisionError> refused_stand_ins;
  std::string waiting;         // what the last run left: "1,234 events, 12 invocations"; empty: nothing
  std::uint64_t failures = 0;  // that are kept: what earlier runs have given up
};

class OfflineCloud {
 public:
  // Both may be called from any thread. `loaded` must only notify the thread that owns the cloud.
  using Log = std::function<void(const std::string& line)>;
  using Loaded = std::function<void()>;

  // Throws StoreInUse, StoreDamaged, TemplateError, ProvisionError, std::runtime_error.
  OfflineCloud(OfflineOptions options, Log log, Loaded loaded);
  ~OfflineCloud();

  void start();
  void stop();
  // Does nothing unless a snapshot was loaded or a reset is wanted. Throws what the constructor throws;
  // then the cloud is unusable.
  void restart();
  const OfflineSummary& summary() const;
  // "13 duplicate, 2 slow"; empty: the options want no faults.
  std::string injectedFaults() const;

 private:
  void open();  // up to listening
  void carryOut(const Reset& reset);
  // Returns what was taken, in words.
  std::string replaceState(const std::function<snapshots::LoadedState()>& take, const CloudClock::TimeOfDay& time,
                           bool provisions);

  std::unique_ptr<CloudFrame> frame_;
  std::unique_ptr<CloudState> state_;
};

}  // namespace ddblog::offline
