// The offline cloud: store, services, function host and server put together into one running whole.
//
//   OfflineCloud cloud(options, log);   // opens the store, provisions the application; throws what is wrong, one line
//   cloud.start();                      // listens and answers; a process of each function is started ahead
//   cloud.stop();                       // in-flight requests answered, function processes ended, nothing lost
//
// A client can replace its state by a snapshot's (snapshots/restores.h). Then `loaded` is called,
// and restart() puts in its place a cloud of that state: with the same options and application, on
// the same ports.
//
// Thread safety: one thread makes, starts and stops it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/store.h"

namespace ddblog::offline {

struct OfflineOptions {
  std::optional<std::filesystem::path> template_file;  // none: defaultApp
  std::map<std::string, std::string> parameters;       // of the template
  std::string stage = "local";
  std::filesystem::path data = ".dynamodb-log";
  bool in_memory = false;
  Durability durability = Durability::kFsync;
  std::string host = "127.0.0.1";
  std::vector<int> ports = {8000, 4010};
  std::map<std::string, std::string> access_keys;  // empty: any credentials
  std::vector<std::string> cors_origins;           // of pages, besides loopback's; "*": every page
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  Duration retry_delay{1000};      // between attempts of an asynchronous invocation
  std::optional<int> concurrency;  // processes of a function without reserved concurrency; none: cores + 1
};

// What runs and where, for people.
struct OfflineSummary {
  std::vector<std::string> urls;
  std::vector<std::string> tables, buses, rules, functions;
  std::vector<std::string> notes;
};

class OfflineCloud {
 public:
  // These may be called from any thread; `loaded` only passes it on to the thread that owns the
  // cloud.
  using Log = std::function<void(const std::string& line)>;
  using Loaded = std::function<void()>;

  // Throws StoreInUse, TemplateError, ProvisionError, std::runtime_error.
  OfflineCloud(OfflineOptions options, Log log, Loaded loaded);
  ~OfflineCloud();

  void start();
  void stop();
  // Does nothing unless a snapshot was loaded. Throws as the constructor does; then the cloud is
  // gone.
  void restart();
  const OfflineSummary& summary() const;

 private:
  struct Parts;
  void open();  // makes the parts one whole, up to listening

  std::unique_ptr<Parts> parts_;
};

}  // namespace ddblog::offline
