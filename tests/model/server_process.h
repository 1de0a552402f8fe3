// The real program, as a child of this one: started, killed (SIGKILL), stopped, on a machine whose clock of the day can be
// ahead.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ddblog::model {

class ServerProcess {
 public:
  // `folder`: where its data and its log go. `faults`: the library that moves the machine's clock (tests/attack/faults.cc).
  ServerProcess(std::string program, std::string faults, std::filesystem::path folder,
                std::vector<std::string> arguments);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;

  int port() const { return port_; }
  std::filesystem::path log() const { return folder_ / "server.log"; }

  void launch();      // does not wait
  void awaitReady();  // throws std::runtime_error if it ends, or does not listen within half a minute
  void kill();        // kill -9
  int stop();         // SIGTERM; its exit status
  // The program's own clocks: the time of day, and the time in which it ran.
  void moveClock(std::int64_t seconds);
  // The machine's clock of the day for what is launched from now on.
  void setMachineAhead(std::int64_t seconds);

 private:
  std::filesystem::path control() const { return folder_ / "faults"; }

  std::string program_;
  std::string faults_;
  std::filesystem::path folder_;
  std::vector<std::string> arguments_;
  int port_;
  pid_t process_ = -1;
};

}  // namespace ddblog::model
