// MemorySize: how the memory of processes is counted, and what happens to one that uses too much.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "services/lambda/host/memory_use.h"
#include "services/lambda/host/process_tree.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

// Fills 200 MB and waits without end, or answers at once.
constexpr const char* kFills =
    "import time\ndef handler(event, context):\n"
    "    if event.get('quick'): return 'answered'\n"
    "    kept = b'x' * (200 << 20)\n"
    "    print('full', flush=True)\n    time.sleep(1000)\n";

class MemoryLimit : public testing::Test {
 protected:
  FunctionCloud cloud_;
};

TEST_F(MemoryLimit, EndsTheProcessThatExceedsIt) {
  cloud_.addFunction(cloud_.python("fills", kFills));
  auto running = cloud_.begin("fills");
  ASSERT_TRUE(cloud_.log.has("fills: full"));
  cloud_.process_clock.move(Duration(100));
  const InvocationResult result = cloud_.end(std::move(running));
  ASSERT_EQ(result.kind, InvocationResult::Kind::kFunctionError);
  const json::value error = parseJson(result.payload);
  EXPECT_EQ(text(error, "errorType"), "Runtime.ExitError");
  EXPECT_TRUE(text(error, "errorMessage").ends_with(" Error: Runtime exited with error: signal: killed"));
  EXPECT_NE(result.log_tail.find("\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t"), std::string::npos)
      << result.log_tail;
  EXPECT_NE(result.log_tail.find("\tStatus: error\tError Type: Runtime.OutOfMemory\t\n"), std::string::npos)
      << result.log_tail;
  EXPECT_TRUE(cloud_.log.has(" MB of its 128 MB of memory (MemorySize)")) << cloud_.log.all();
  EXPECT_EQ(cloud_.invoke("fills", R"({"quick": true})").payload, R"("answered")");
}

TEST_F(MemoryLimit, IsThatOfTheFunction) {
  Function function = cloud_.python("fills", kFills);
  function.memory_size = 512;
  cloud_.addFunction(function);
  auto running = cloud_.begin("fills");
  ASSERT_TRUE(cloud_.log.has("fills: full"));
  cloud_.process_clock.move(Duration(100));
  cloud_.process_clock.move(std::chrono::seconds(3));
  EXPECT_EQ(text(parseJson(cloud_.end(std::move(running)).payload), "errorType"), "Sandbox.Timedout");
  EXPECT_EQ(cloud_.log.countNow("MemorySize"), 0) << cloud_.log.all();
}

TEST_F(MemoryLimit, HoldsForTheStart) {
  cloud_.addFunction(cloud_.python("fills",
                                   "import time\nkept = b'x' * (200 << 20)\n"
                                   "print('full', flush=True)\ntime.sleep(1000)\n"));
  auto running = cloud_.begin("fills");
  ASSERT_TRUE(cloud_.log.has("fills: full"));
  cloud_.process_clock.move(Duration(100));
  EXPECT_TRUE(cloud_.end(std::move(running)).payload.find("signal: killed") != std::string::npos);
}

TEST_F(MemoryLimit, IsThatOfTheHeapOfNodeToo) {
  cloud_.addFunction(cloud_.node("heap",
                                 "import v8 from 'node:v8';\n"
                                 "export const handler = async () =>\n"
                                 "  [typeof gc, v8.getHeapStatistics().heap_size_limit < 160 * 2 ** 20];\n"));
  EXPECT_EQ(cloud_.invoke("heap").payload, R"(["function",true])");
}

TEST_F(MemoryLimit, HoldsForSharedMemoryToo) {
  cloud_.addFunction(cloud_.python("shares",
                                   "import mmap, time\ndef handler(event, context):\n"
                                   "    shared = mmap.mmap(-1, 200 << 20)\n"
                                   "    for page in range(0, 200 << 20, 4096): shared[page] = 1\n"
                                   "    print('full', flush=True)\n    time.sleep(1000)\n"));
  Function function = *cloud_.service->functions().get("shares");
  function.timeout = std::chrono::seconds(900);
  cloud_.addFunction(function);
  auto running = cloud_.begin("shares");
  ASSERT_TRUE(cloud_.log.has("shares: full"));
  cloud_.process_clock.move(Duration(100));
  EXPECT_TRUE(cloud_.end(std::move(running)).payload.find("signal: killed") != std::string::npos);
}

// What a process shares with its children counts once, as for a cgroup.
TEST_F(MemoryLimit, CountsSharedPagesOnce) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer's own memory is not shared";
#endif
  constexpr std::size_t kFilled = 64u << 20;
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const std::string filled(kFilled, 'x');
    for (int i = 0; i < 2; ++i) {
      if (::fork() == 0) {
        [[maybe_unused]] const auto written = ::write(ready[1], "x", 1);
        ::pause();
      }
    }
    ::pause();
    _exit(filled.size() == kFilled ? 0 : 1);
  }
  char byte = 0;
  for (int i = 0; i < 2; ++i) ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const auto simple = memoryInUse(::getpid());
  const auto exact = exactMemoryInUse(::getpid());
  const auto children = processesBelow(::getpid());
  ASSERT_TRUE(children);
  for (const pid_t child : *children) ::kill(child, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  for (const int end : ready) ::close(end);
  ASSERT_TRUE(simple && exact);
  EXPECT_GE(*simple, 3 * kFilled);
  EXPECT_GE(*exact, kFilled);
  EXPECT_LT(*exact, 2 * kFilled);
}

}  // namespace
}  // namespace ddblog::lambda
