// A consumer of the group "counted" that writes a line for each event it has handled, for a test in
// Python (tests/attack/libraries/subscription_test.py):
//
//   subscription_consumer FILE
//
// SIGTERM stops it, from when there is a file FILE.ready. The line: nanoseconds of the machine's steady
// clock, stream, version.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "ddblog/subscription.h"

int main(int, char** arguments) {
  const std::string file = arguments[1];
  sigset_t stops;  // taken by a thread, because stop() is not for signal handlers
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  const int output = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  try {
    ddblog::EventLog log(ddblog::connect(), ddblog::logTableName("local"));
    ddblog::Subscription subscription(log, {.group = "counted",
                                            .lease_duration = std::chrono::milliseconds(1500),
                                            .idle_pause = std::chrono::milliseconds(20)});
    subscription.onAny([&](const ddblog::Event& event) {
      const auto now = std::chrono::steady_clock::now().time_since_epoch();
      const std::string line = std::to_string(std::chrono::nanoseconds(now).count()) + " " + event.id + " " +
                               std::to_string(event.version) + "\n";
      if (::write(output, line.data(), line.size()) < 0) throw std::runtime_error("The line was not written.");
    });
    std::thread([&] {
      int number = 0;
      sigwait(&stops, &number);
      subscription.stop();
    }).detach();
    std::ofstream(file + ".ready").close();
    subscription.run();
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    _exit(1);
  }
  _exit(0);  // the thread may still wait
}
