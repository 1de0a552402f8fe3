// Processes on kernels without close_range: a seccomp filter answers ENOSYS, as such a kernel does.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "services/lambda/host/process.h"

namespace ddblog::lambda {
namespace {

// For this thread and the threads and processes that it starts, for ever.
void becomeOld() {
  constexpr std::uint32_t kNoSuchCall = SECCOMP_RET_ERRNO | ENOSYS;
  sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 1, 0),
                          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, kNoSuchCall)};
  const sock_fprog program{std::size(filter), filter};
  ASSERT_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

struct Ended {
  std::string output;
  ExitStatus status;
};

// Runs a shell's script as functions are run, from a thread like the one that calls it.
Ended run(const std::string& script, bool kill = false) {
  Supervisor supervisor;
  std::string output;
  std::promise<ExitStatus> end;
  const auto process = std::make_shared<Process>(
      supervisor, [&](std::string_view line) { output.append(line).append("\n"); },
      [&](ExitStatus status) { end.set_value(status); },
      [&](const std::system_error& error) { end.set_exception(std::make_exception_ptr(error)); });
  std::promise<void> started;
  supervisor.post([&] {
    process->spawn({{"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin"}, "/"});
    started.set_value();
  });
  started.get_future().wait();
  if (kill) process->kill();
  const ExitStatus status = end.get_future().get();
  supervisor.stop();
  return {output, status};
}

Ended runOnOldKernel(const std::string& script, bool kill = false) {
  Ended ended;
  std::thread([&] {
    becomeOld();
    EXPECT_EQ(syscall(SYS_close_range, 3, 3, 0), -1);
    ended = run(script, kill);
  }).join();
  return ended;
}

TEST(OnAnOldKernel, TheEndOfAProcessIsSeen) {
  const Ended ended = runOnOldKernel("echo out; echo err >&2; exit 3");
  EXPECT_EQ(ended.output, "out\nerr\n");
  EXPECT_EQ(ended.status.toString(), "exit status 3");
}

TEST(OnAnOldKernel, AProcessCanBeKilled) {
  EXPECT_EQ(runOnOldKernel("sleep 1000", true).status.toString(), "signal: killed");
}

TEST(OnAnOldKernel, AProcessInheritsNoDescriptors) {
  const int open = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  ASSERT_GT(open, 2);
  const std::string is_open = "test -e /proc/self/fd/" + std::to_string(open) + " && echo open || echo closed";
  EXPECT_EQ(runOnOldKernel(is_open).output, "closed\n");
  EXPECT_EQ(run(is_open).output, "closed\n");
  ::close(open);
}

}  // namespace
}  // namespace ddblog::lambda
