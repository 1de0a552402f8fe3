// `dynamodb-log offline` as a child process: started, ready, stopped.
//
// Thread safety: one thread makes and destroys it; output() may be called from any thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/child_process.h"
#include "ddblog/local_cloud.h"

namespace ddblog {

class LocalCloud::Program {
 public:
  // Starts it and waits until it is ready. Throws as LocalCloud's constructor does.
  explicit Program(const LocalCloudOptions& options);
  // Asks it to stop, and kills it if it does not within 20 s.
  ~Program();
  Program(const Program&) = delete;

  const std::string& url() const { return url_; }
  std::string output() const;

 private:
  // A directory that goes with this object.
  class Folder {
   public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

   private:
    std::filesystem::path path_;
  };

  std::vector<std::string> arguments(const LocalCloudOptions& options) const;
  void start(const LocalCloudOptions& options);
  void waitUntilReady(std::chrono::seconds timeout);

  Folder folder_;
  std::string file_;  // the program's name
  std::optional<ChildProcess> process_;
  std::string url_;
};

}  // namespace ddblog
