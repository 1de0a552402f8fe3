#include "model/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "model/wire.h"

namespace ddblog::model {

namespace {

int freePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool is_bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  if (!is_bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

}  // namespace

ServerProcess::ServerProcess(std::string program, std::string faults, std::filesystem::path folder,
                             std::vector<std::string> arguments)
    : program_(std::filesystem::absolute(program)),
      faults_(std::filesystem::absolute(faults)),
      folder_(std::move(folder)),
      arguments_(std::move(arguments)),
      port_(freePort()) {
  if (!std::filesystem::exists(faults_)) throw std::runtime_error("there is no library " + faults_);
  setMachineAhead(0);
}

ServerProcess::~ServerProcess() {
  if (process_ > 0) kill();
}

void ServerProcess::launch() {
  std::vector<std::string> words = {program_, "offline", "--port", std::to_string(port_), "--data", folder_ / "data"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const std::string log_path = log(), control_path = control();
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("cannot fork");
  if (process_ > 0) return;
  const int log_file = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(log_file, 1);
  ::dup2(log_file, 2);
  ::setenv("LD_PRELOAD", faults_.c_str(), 1);
  ::setenv("FAULTS_CONTROL", control_path.c_str(), 1);
  if (::chdir(folder_.c_str()) == 0) ::execv(pointers[0], pointers.data());
  ::_exit(127);
}

void ServerProcess::awaitReady() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      throw std::runtime_error("the server ended instead of listening; see " + log().string());
    }
    Connection connection(port_);
    if (connection.sendRest("GET", "/_local/health", "")) {
      const auto answer = connection.receive();
      if (answer && answer->isOk()) return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  throw std::runtime_error("the server does not listen within half a minute; see " + log().string());
}

void ServerProcess::kill() {
  ::kill(process_, SIGKILL);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
    throw std::runtime_error("the server ended by itself before it was killed; see " + log().string());
  }
}

int ServerProcess::stop() {
  ::kill(process_, SIGTERM);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The control of tests/attack/faults.cc: no faults, and seconds_ahead.
void ServerProcess::setMachineAhead(std::int64_t seconds) {
  const std::array<std::int32_t, 10> words = {0, 0, 0, 0, 0, 0, 0, 0, 0, static_cast<std::int32_t>(seconds)};
  std::ofstream(control(), std::ios::binary).write(reinterpret_cast<const char*>(words.data()), sizeof words);
}

void ServerProcess::moveClock(std::int64_t seconds) {
  Connection connection(port_);
  connection.sendRest("POST", "/_local/clock", "{\"move\":" + std::to_string(seconds * 1000) + "}");
  const auto answer = connection.receive();
  if (!answer || !answer->isOk()) throw std::runtime_error("the clock cannot be moved");
}

}  // namespace ddblog::model
