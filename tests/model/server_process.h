// The real program, as a child of this one: started, killed (SIGKILL), stopped.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ddblog::model {

class ServerProcess {
 public:
  // `folder`: where its data and its log go.
  ServerProcess(std::string program, std::filesystem::path folder, std::vector<std::string> arguments);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;

  int port() const { return port_; }
  std::filesystem::path log() const { return folder_ / "server.log"; }

  void launch();      // does not wait
  void awaitReady();  // throws std::runtime_error if it ends, or does not listen within half a minute
  void kill();        // kill -9
  int stop();         // SIGTERM; its exit status
  void moveClock(std::int64_t seconds);

 private:
  std::string program_;
  std::filesystem::path folder_;
  std::vector<std::string> arguments_;
  int port_;
  pid_t process_ = -1;
};

}  // namespace ddblog::model
