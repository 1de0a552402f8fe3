// How processes are started, shared, limited and ended.
#include <signal.h>
#include <sys/resource.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kPid = "import os\ndef handler(event, context): return os.getpid()\n";
// Says that it is there and waits without end.
constexpr const char* kHangs =
    "import time, os\ndef handler(event, context):\n"
    "    if event.get('quick'): return os.getpid()\n"
    "    print('hanging', os.getpid())\n    time.sleep(1000)\n";

class FunctionProcesses : public testing::Test {
 protected:
  void add(const Function& function) { cloud_.addFunction(function); }
  std::string message(const InvocationResult& result) {
    EXPECT_EQ(result.kind, InvocationResult::Kind::kFunctionError) << result.payload;
    return text(parseJson(result.payload), "errorMessage");
  }
  FunctionCloud cloud_;
};

TEST_F(FunctionProcesses, HaveTheEnvironmentThatLambdaSets) {
  Function function = cloud_.python("users", "import os\ndef handler(event, context): return dict(os.environ)\n");
  function.environment = {{"TABLE", "core"}, {"AWS_ACCESS_KEY_ID", "mine"}, {"AWS_LAMBDA_FUNCTION_NAME", "not mine"}};
  function.memory_size = 256;
  ::setenv("NOT_FOR_FUNCTIONS", "secret", 1);
  add(function);
  const json::value environment = parseJson(cloud_.invoke("users").payload);
  EXPECT_EQ(text(environment, "TABLE"), "core");
  EXPECT_EQ(text(environment, "AWS_ACCESS_KEY_ID"), "mine");
  EXPECT_EQ(text(environment, "AWS_LAMBDA_FUNCTION_NAME"), "users");
  EXPECT_EQ(text(environment, "AWS_LAMBDA_FUNCTION_VERSION"), "$LATEST");
  EXPECT_EQ(text(environment, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), "256");
  EXPECT_EQ(text(environment, "AWS_LAMBDA_LOG_GROUP_NAME"), "/aws/lambda/users");
  EXPECT_EQ(text(environment, "AWS_REGION"), "us-east-1");
  EXPECT_EQ(text(environment, "AWS_DEFAULT_REGION"), "us-east-1");
  EXPECT_EQ(text(environment, "AWS_EXECUTION_ENV"), "AWS_Lambda_python3.11");
  EXPECT_EQ(text(environment, "AWS_ENDPOINT_URL"), "http://127.0.0.1:8000");
  EXPECT_EQ(text(environment, "LOCALSTACK_HOSTNAME"), "127.0.0.1");
  EXPECT_EQ(text(environment, "EDGE_PORT"), "8000");
  EXPECT_EQ(text(environment, "IS_OFFLINE"), "true");
  EXPECT_EQ(text(environment, "_HANDLER"), "index.handler");
  EXPECT_EQ(text(environment, "TZ"), ":UTC");
  EXPECT_EQ(text(environment, "LAMBDA_TASK_ROOT"), (cloud_.directory.path() / "users").string());
  EXPECT_EQ(text(environment, "NOT_FOR_FUNCTIONS"), "(missing)");
}

TEST_F(FunctionProcesses, InheritNoDescriptors) {
  add(cloud_.python(
      "open",
      "import os\ndef handler(event, context):\n"
      "    return sorted(os.readlink(f'/proc/self/fd/{fd}').split(':')[0] for fd in os.listdir('/proc/self/fd')"
      " if os.path.exists(f'/proc/self/fd/{fd}'))\n"));
  EXPECT_EQ(cloud_.invoke("open").payload, R"(["/dev/null", "pipe", "pipe", "socket"])");
}

TEST_F(FunctionProcesses, LinesOfOutputAndErrorsCarryTheFunctionsName) {
  add(cloud_.python("talks",
                    "import sys\ndef handler(event, context):\n    print('out')\n    print('err', file=sys.stderr)\n"));
  cloud_.invoke("talks");
  EXPECT_TRUE(cloud_.log.has("talks: out"));
  EXPECT_TRUE(cloud_.log.has("talks: err"));
}

TEST_F(FunctionProcesses, TheTailOfTheLogComesWithTheAnswer) {
  add(cloud_.python("talks", "def handler(event, context): print('hello')\n"));
  cloud_.invoke("talks");
  const std::string tail = cloud_.invoke("talks", "{}", true).log_tail;
  EXPECT_TRUE(tail.starts_with("START RequestId: ")) << tail;
  EXPECT_NE(tail.find("\nhello\nEND RequestId: "), std::string::npos) << tail;
  EXPECT_NE(tail.find("\nREPORT RequestId: "), std::string::npos) << tail;
  EXPECT_EQ(tail.find("hello"), tail.rfind("hello"));
}

TEST_F(FunctionProcesses, TheReportSaysWhatTheInvocationTook) {
  add(cloud_.python("talks", "def handler(event, context): return 1\n"));
  const std::string first = cloud_.invoke("talks", "{}", true).log_tail;
  EXPECT_TRUE(std::regex_search(
      first, std::regex("\nREPORT RequestId: \\S+\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: "
                        "128 MB\tMax Memory Used: [1-9]\\d* MB\tInit Duration: \\d+\\.\\d\\d ms\t\n$")))
      << first;
  const std::string second = cloud_.invoke("talks", "{}", true).log_tail;
  EXPECT_EQ(second.find("Init Duration"), std::string::npos) << second;
}

// The lines at its end (END, REPORT) cost a look at /proc, so they come with errors and if somebody asks.
TEST_F(FunctionProcesses, TheLogComesWithEveryResult) {
  add(cloud_.python("fails", "def handler(event, context):\n    print('hello')\n    raise ValueError('no')\n"));
  const std::string failed = cloud_.invoke("fails").log_tail;
  EXPECT_TRUE(failed.starts_with("START RequestId: ")) << failed;
  EXPECT_NE(failed.find("\nhello\n"), std::string::npos) << failed;
  add(cloud_.python("exits",
                    "import os\ndef handler(event, context):\n    print('bye', flush=True)\n    os._exit(3)\n"));
  const std::string exited = cloud_.invoke("exits").log_tail;
  EXPECT_NE(exited.find("\nbye\n"), std::string::npos) << exited;
  EXPECT_NE(exited.find("\tStatus: error\tError Type: Runtime.ExitError\t\n"), std::string::npos) << exited;
  add(cloud_.python("works", "def handler(event, context): print('hello')\n"));
  const std::string worked = cloud_.invoke("works").log_tail;
  EXPECT_TRUE(worked.ends_with("\nhello\n")) << worked;
}

// The reaper is a program of ours, which what a function loads may break.
TEST_F(FunctionProcesses, AloneGetTheVariablesOfTheDynamicLinker) {
  Function function =
      cloud_.python("linked",
                    "import os\ndef handler(event, context):\n"
                    "    names = [n for n in os.environ if n.startswith(('LD_', '-'))]\n"
                    "    return [names, open(f'/proc/{os.getppid()}/environ').read().count('\\0LD_PRELOAD')]\n");
  function.environment["LD_PRELOAD"] = "/nowhere/lib.so";
  add(function);
  EXPECT_EQ(cloud_.invoke("linked").payload, R"([["LD_PRELOAD"], 0])");
}

TEST_F(FunctionProcesses, RunTheBootstrapOfProvidedRuntimes) {
  Function function = cloud_.function("native", "provided.al2023", "bootstrap", R"(#!/usr/bin/env python3
import os, urllib.error, urllib.request
api = 'http://' + os.environ['AWS_LAMBDA_RUNTIME_API'] + '/2018-06-01/runtime'
def post(path, body):
    try:
        return urllib.request.urlopen(urllib.request.Request(api + path, data=body, method='POST')).status
    except urllib.error.HTTPError as error:
        return f'{error.code} {error.read().decode()}'
while True:
    with urllib.request.urlopen(api + '/invocation/next') as next:
        id, event = next.headers['Lambda-Runtime-Aws-Request-Id'], next.read()
    unknown = post('/invocation/nobody/response', b'{}')
    wrong = post('/init/error', b'{}')
    accepted = post(f'/invocation/{id}/response', event)
    print('unknown', unknown)
    print('wrong', wrong)
    print('accepted', accepted, flush=True)
    print('again', post(f'/invocation/{id}/response', event), flush=True)
)");
  std::filesystem::permissions(function.code_directory / "bootstrap", std::filesystem::perms::owner_all);
  add(function);
  EXPECT_EQ(cloud_.invoke("native", R"( {"n": 1.0} )").payload, R"( {"n": 1.0} )");
  EXPECT_TRUE(
      cloud_.log.has(R"(native: unknown 400 {"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"})"));
  EXPECT_TRUE(cloud_.log.has("native: wrong 403 "));
  EXPECT_TRUE(cloud_.log.has("native: accepted 202"));
  EXPECT_TRUE(cloud_.log.has("native: again 400 "));
}

TEST_F(FunctionProcesses, RunACommandLineOfTheirOwn) {
  Function function = cloud_.python("built-in", kPid);
  function.runtime = "";
  function.built_in = "exits";
  add(function);
  EXPECT_TRUE(message(cloud_.invoke("built-in")).ends_with("Error: Runtime exited with error: exit status 4"));
  EXPECT_TRUE(cloud_.log.has("built-in: started with built-in"));
}

TEST_F(FunctionProcesses, WhatCannotBeStartedIsSaidInOneLine) {
  Function no_directory = cloud_.python("directory", kPid);
  no_directory.code_directory = "/nowhere";
  Function no_program = cloud_.python("program", kPid);
  no_program.built_in = "nowhere";
  Function no_runtime = cloud_.python("runtime", kPid);
  no_runtime.runtime = "cobol85";
  Function no_bootstrap = cloud_.python("bootstrap", kPid);
  no_bootstrap.runtime = "provided.al2023";
  for (const Function& function : {no_directory, no_program, no_runtime, no_bootstrap}) add(function);
  // As a caller that waits for the answer.
  const auto ask = [this](const char* name) { return cloud_.end(cloud_.begin(name, "{}", false, false)); };
  EXPECT_TRUE(message(ask("directory")).ends_with("Error: code directory /nowhere does not exist"));
  EXPECT_TRUE(message(ask("program")).ends_with("Error: /nowhere/program: No such file or directory"));
  EXPECT_TRUE(message(ask("runtime")).find("runtime \"cobol85\" is not supported") != std::string::npos);
  EXPECT_TRUE(message(ask("bootstrap")).find("no executable ") != std::string::npos);
  EXPECT_TRUE(cloud_.log.has("directory: could not start: "));
}

TEST_F(FunctionProcesses, ThatTakeTooLongAreEndedAndReplaced) {
  add(cloud_.python("slow", kHangs));
  auto hanging = cloud_.begin("slow");
  ASSERT_TRUE(cloud_.log.has("slow: hanging"));
  cloud_.process_clock.move(std::chrono::seconds(3));
  const InvocationResult result = cloud_.end(std::move(hanging));
  EXPECT_TRUE(message(result).ends_with(" Error: Task timed out after 3.00 seconds"));
  EXPECT_NE(result.log_tail.find(" Task timed out after 3.00 seconds\n\nEND RequestId: "), std::string::npos);
  EXPECT_TRUE(result.log_tail.ends_with("\tStatus: timeout\t\n")) << result.log_tail;
  const std::string pid = cloud_.invoke("slow", R"({"quick":true})").payload;
  EXPECT_EQ(cloud_.log.countNow("hanging " + pid), 0);
}

// Both processes are busy. The one that ends first takes what came last, because somebody waits for it.
TEST_F(FunctionProcesses, RunWhatSomebodyWaitsForFirst) {
  add(cloud_.python("two",
                    "import os, time\ndef handler(event, context):\n"
                    "    if 'until' in event:\n        print('busy', event['until'])\n"
                    "        while not os.path.exists(event['until']): time.sleep(0.001)\n"
                    "    else:\n        print('runs', event['n'])\n"));
  auto first = cloud_.begin("two", R"({"until":"first"})"), second = cloud_.begin("two", R"({"until":"second"})");
  ASSERT_TRUE(cloud_.log.has("two: busy first"));
  ASSERT_TRUE(cloud_.log.has("two: busy second"));
  auto asynchronous = cloud_.begin("two", R"({"n":"asynchronous"})");
  auto synchronous = cloud_.begin("two", R"({"n":"synchronous"})", false, false);
  cloud_.write("two/first", "");
  cloud_.end(std::move(synchronous));
  EXPECT_TRUE(cloud_.log.has("two: runs synchronous"));
  cloud_.end(std::move(asynchronous));
  const std::string log = cloud_.log.all();
  EXPECT_LT(log.find("two: runs synchronous"), log.find("two: runs asynchronous"));
  cloud_.write("two/second", "");
  cloud_.end(std::move(first));
  cloud_.end(std::move(second));
}

// Has a child of each kind, says their numbers, and then does what `end` says.
std::string parentOf(const std::string& end) {
  return R"(
import os, subprocess, sys, time
def fork_twice():
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(writer, str(os.getpid()).encode())
            time.sleep(1000)
        os._exit(0)
    return os.read(reader, 20).decode()
def handler(event, context):
    children = [subprocess.Popen(['sleep', '1000']).pid,
                subprocess.Popen(['sleep', '1000'], start_new_session=True).pid,
                subprocess.Popen(['sh', '-c', 'setsid sleep 1000 & wait'], process_group=0).pid
                if sys.version_info >= (3, 11) else os.getpid(), fork_twice()]
    print('children', *children, 'end', flush=True)
    )" + end +
         "\n";
}

bool isAlive(pid_t pid) {
  std::ifstream state("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, letter = "gone";
  state >> number >> name >> letter;
  return letter != "gone" && letter != "Z" && letter != "X";  // a zombie that its new parent has not waited for
}

std::vector<pid_t> childrenIn(const std::string& log) {
  std::istringstream text(log.substr(log.find("children ") + 9));
  std::vector<pid_t> children;
  for (pid_t child; text >> child;) children.push_back(child);
  return children;
}

TEST_F(FunctionProcesses, HaveEndedWhenTheirInvocationFails) {
  add(cloud_.python("slow", kHangs));
  auto hanging = cloud_.begin("slow");
  ASSERT_TRUE(cloud_.log.has("slow: hanging"));
  const std::string log = cloud_.log.all();
  const pid_t pid = std::stoi(log.substr(log.find("slow: hanging ") + 14));
  EXPECT_TRUE(isAlive(pid));
  cloud_.process_clock.move(std::chrono::seconds(3));
  cloud_.end(std::move(hanging));
  EXPECT_FALSE(isAlive(pid)) << "it could still make requests";
}

TEST_F(FunctionProcesses, MayEndThemselvesAfterTheirLastInvocation) {
  add(cloud_.python("users",
                    "import os, signal, time\ndef end(number, frame):\n"
                    "    print('ends itself', flush=True)\n    os._exit(0)\n"
                    "signal.signal(signal.SIGTERM, end)\n"
                    "def handler(event, context):\n    print('runs', flush=True)\n"
                    "    while not os.path.exists(event['go']): time.sleep(0.001)\n"));
  const auto go = cloud_.directory.path() / "go";
  auto last = cloud_.begin("users", R"({"go":")" + go.string() + R"("})");
  ASSERT_TRUE(cloud_.log.has("users: runs"));
  Function changed = *cloud_.service->functions().get("users");
  changed.memory_size = 256;
  add(changed);
  EXPECT_EQ(cloud_.invoke("users", R"({"go":"/"})").kind, InvocationResult::Kind::kAnswer);  // of another process
  std::ofstream(go) << "go";
  EXPECT_EQ(cloud_.end(std::move(last)).kind, InvocationResult::Kind::kAnswer);
  EXPECT_TRUE(cloud_.log.has("users: ends itself")) << cloud_.log.all();
}

TEST_F(FunctionProcesses, EndWithEverythingTheyStarted) {
  add(cloud_.python("parent", parentOf("time.sleep(1000)")));
  auto hanging = cloud_.begin("parent");
  ASSERT_TRUE(cloud_.log.has(" end"));
  const std::vector<pid_t> children = childrenIn(cloud_.log.all());
  ASSERT_EQ(children.size(), 4u) << cloud_.log.all();
  for (const pid_t child : children) EXPECT_TRUE(isAlive(child)) << child;
  cloud_.process_clock.move(std::chrono::seconds(3));
  cloud_.end(std::move(hanging));
  cloud_.stop();
  for (const pid_t child : children) EXPECT_FALSE(isAlive(child)) << child;
}

TEST_F(FunctionProcesses, ThatExitEndEverythingTheyStarted) {
  add(cloud_.python("parent", parentOf("os._exit(3)")));
  EXPECT_TRUE(message(cloud_.invoke("parent")).ends_with(" Error: Runtime exited with error: exit status 3"));
  const std::vector<pid_t> children = childrenIn(cloud_.log.all());
  ASSERT_EQ(children.size(), 4u) << cloud_.log.all();
  for (const pid_t child : children) EXPECT_FALSE(isAlive(child)) << child;
}

TEST_F(FunctionProcesses, ThatAreKilledFailTheirInvocation) {
  add(cloud_.python("killed",
                    "import os, signal\ndef handler(event, context): os.kill(os.getpid(), signal.SIGKILL)\n"));
  const InvocationResult result = cloud_.invoke("killed");
  EXPECT_TRUE(message(result).ends_with(" Error: Runtime exited with error: signal: killed"));
  EXPECT_EQ(text(parseJson(result.payload), "errorType"), "Runtime.ExitError");
}

TEST_F(FunctionProcesses, ThatAreKilledWhileIdleAreReplaced) {
  add(cloud_.python("pid", kPid));
  const std::string first = cloud_.invoke("pid").payload;
  ::kill(std::stoi(first), SIGKILL);
  // The end may be noticed before or after the next invocation was handed to it.
  std::string second = cloud_.invoke("pid").payload;
  if (second.find("ExitError") != std::string::npos) second = cloud_.invoke("pid").payload;
  EXPECT_NE(second, first);
  EXPECT_GT(std::stoi(second), 0);
}

TEST_F(FunctionProcesses, ThatExitWithoutAWordAreAnInitError) {
  Function function = cloud_.python("silent", kPid);
  function.built_in = "true";
  add(function);
  EXPECT_TRUE(message(cloud_.invoke("silent")).ends_with(" Error: Runtime exited without providing a reason"));
}

// A machine without descriptors is no failure of the function: its invocation is throttled, which costs no attempt.
TEST_F(FunctionProcesses, ThatTheMachineCannotStartAreThrottled) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizers need descriptors themselves";
#endif
  add(cloud_.python("pid", kPid));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 3;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const InvocationResult result = cloud_.invoke("pid");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(result.kind, InvocationResult::Kind::kThrottled) << result.payload;
  EXPECT_TRUE(cloud_.log.has("pid: throttled, the machine has no more to give: ")) << cloud_.log.all();
  EXPECT_EQ(cloud_.invoke("pid").kind, InvocationResult::Kind::kAnswer);
}

TEST_F(FunctionProcesses, ThatCannotStartAreNotStartedInALoop) {
  Function function = cloud_.python("broken", kPid);
  function.built_in = "false";
  add(function);
  cloud_.invoke("broken");
  cloud_.invoke("broken");
  auto third = cloud_.begin("broken");  // after the second failure in a row the next start waits
  EXPECT_EQ(third.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  cloud_.process_clock.move(Duration(100));
  EXPECT_EQ(cloud_.end(std::move(third)).kind, InvocationResult::Kind::kFunctionError);
}

TEST_F(FunctionProcesses, AreAsManyAsInvocationsRunAtATime) {
  // Each waits until the other one is there.
  add(cloud_.python("meets",
                    "import os, time\ndef handler(event, context):\n"
                    "    open(event['me'], 'w').close()\n"
                    "    while not os.path.exists(event['you']): time.sleep(0.001)\n    return os.getpid()\n"));
  auto ann = cloud_.begin("meets", R"({"me":"ann","you":"bob"})");
  auto bob = cloud_.begin("meets", R"({"me":"bob","you":"ann"})");
  const std::string one = cloud_.end(std::move(ann)).payload;
  const std::string other = cloud_.end(std::move(bob)).payload;
  EXPECT_NE(one, other);
  const auto alive = [&] { return (::kill(std::stoi(one), 0) == 0) + (::kill(std::stoi(other), 0) == 0); };
  EXPECT_EQ(alive(), 2);
  // One of two idle ones is surplus after a while; the other one stays.
  cloud_.process_clock.move(std::chrono::minutes(2));
  for (int i = 0; i < 2000 && alive() > 1; ++i) std::this_thread::yield(), ::usleep(1000);
  EXPECT_EQ(alive(), 1);
}

TEST_F(FunctionProcesses, ReservedConcurrencyRefusesWhoMayNotWait) {
  Function function = cloud_.python("one", kHangs);
  function.reserved_concurrency = 1;
  add(function);
  auto running = cloud_.begin("one");
  ASSERT_TRUE(cloud_.log.has("one: hanging"));
  EXPECT_EQ(cloud_.end(cloud_.begin("one", "{}", false, false)).kind, InvocationResult::Kind::kThrottled);
  auto patient = cloud_.begin("one", R"({"quick":true})");
  cloud_.process_clock.move(std::chrono::seconds(3));
  EXPECT_EQ(cloud_.end(std::move(patient)).kind, InvocationResult::Kind::kAnswer);
  Function never = cloud_.python("never", kHangs);
  never.reserved_concurrency = 0;
  add(never);
  EXPECT_EQ(cloud_.invoke("never").kind, InvocationResult::Kind::kThrottled);
}

// The caller can go on, for example with a function of the same name that is made later.
TEST_F(FunctionProcesses, OfADeletedFunctionLeaveNobodyWaiting) {
  Function function = cloud_.python("one", kHangs);
  function.reserved_concurrency = 1;
  add(function);
  auto running = cloud_.begin("one");
  ASSERT_TRUE(cloud_.log.has("one: hanging"));
  auto waiting = cloud_.begin("one");
  cloud_.call("DELETE", "/2015-03-31/functions/one").response();
  EXPECT_EQ(cloud_.end(std::move(waiting)).kind, InvocationResult::Kind::kThrottled);
  cloud_.process_clock.move(std::chrono::seconds(3));
  EXPECT_EQ(cloud_.end(std::move(running)).kind, InvocationResult::Kind::kFunctionError);
}

TEST_F(FunctionProcesses, ChangedFunctionsGetFreshProcesses) {
  add(cloud_.python("users", "def handler(event, context): return 'old'\n"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("old")");
  add(cloud_.python("users", "def handler(event, context): return 'changed'\n"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("changed")");
}

TEST_F(FunctionProcesses, StartBeforeTheyAreNeededIfAsked) {
  add(cloud_.python("early", "print('here I am', flush=True)\ndef handler(event, context): pass\n"));
  cloud_.service->prewarm();
  EXPECT_TRUE(cloud_.log.has("early: here I am"));
}

TEST_F(FunctionProcesses, EndWithTheService) {
  add(cloud_.python("pid", kPid));
  add(cloud_.python("slow", kHangs));
  const pid_t pid = std::stoi(cloud_.invoke("pid").payload);
  auto running = cloud_.begin("slow");
  ASSERT_TRUE(cloud_.log.has("slow: hanging"));
  cloud_.stop();
  EXPECT_EQ(cloud_.end(std::move(running)).kind, InvocationResult::Kind::kStopped);
  EXPECT_NE(::kill(pid, 0), 0);
}

}  // namespace
}  // namespace ddblog::lambda
