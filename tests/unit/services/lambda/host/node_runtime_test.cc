// Functions of the nodejs* runtimes, as real processes.
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class NodeFunctions : public testing::Test {
 protected:
  json::value answer(const InvocationResult& result) {
    EXPECT_EQ(result.kind, InvocationResult::Kind::kAnswer) << result.payload;
    return parseJson(result.payload);
  }
  json::value error(const InvocationResult& result) {
    EXPECT_EQ(result.kind, InvocationResult::Kind::kFunctionError) << result.payload;
    return parseJson(result.payload);
  }
  void add(const Function& function) { cloud_.addFunction(function); }
  FunctionCloud cloud_;
};

TEST_F(NodeFunctions, AreEsModulesWithAsyncHandlers) {
  add(cloud_.node("users", "export const handler = async (event) => ({ got: event.name });"));
  EXPECT_EQ(text(answer(cloud_.invoke("users", R"({"name":"Ann \u20ac 😀"})")), "got"), "Ann € 😀");
}

TEST_F(NodeFunctions, AreCommonJsModulesWithCallbacks) {
  add(cloud_.function("users", "nodejs20.x", "index.js",
                      "exports.handler = (event, context, callback) => setTimeout(() => callback(null, 'later'), 5);"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("later")");
}

TEST_F(NodeFunctions, OfTypeModuleInPackageJsonAreEsModules) {
  cloud_.write("users/package.json", R"({"type": "module"})");
  add(cloud_.function("users", "nodejs20.x", "index.js",
                      "export const handler = async () => import.meta.url.length > 0;"));
  EXPECT_EQ(cloud_.invoke("users").payload, "true");
}

TEST_F(NodeFunctions, MayBeInADirectoryAndNested) {
  Function function = cloud_.function("users", "nodejs20.x", "src/users.cjs",
                                      "exports.api = { get: async () => require('path').basename(process.cwd()) };");
  function.handler = "src/users.api.get";
  add(function);
  EXPECT_EQ(cloud_.invoke("users").payload, R"("users")");
}

TEST_F(NodeFunctions, ACallbackWaitsForTheEmptyEventLoopUnlessToldNotTo) {
  add(cloud_.node("waits", R"(
    let later = false;
    export const handler = (event, context, callback) => {
      const before = later;
      context.callbackWaitsForEmptyEventLoop = event.wait;
      setTimeout(() => { later = true; console.log('timer ran'); }, event.wait ? 30 : 100000);
      callback(null, before);
    };)"));
  EXPECT_EQ(cloud_.invoke("waits", R"({"wait":true})").payload, "false");
  EXPECT_TRUE(cloud_.log.has("waits: timer ran"));
  EXPECT_EQ(cloud_.invoke("waits", R"({"wait":false})").payload, "true");
}

TEST_F(NodeFunctions, NothingReturnedIsNull) {
  add(cloud_.node("quiet", "export const handler = async () => {};"));
  add(cloud_.node("never", "export const handler = () => new Promise(() => {});"));
  add(cloud_.node("forgets", "export const handler = (event, context, callback) => 5;"));
  EXPECT_EQ(cloud_.invoke("quiet").payload, "null");
  EXPECT_EQ(cloud_.invoke("never").payload, "null");
  EXPECT_EQ(cloud_.invoke("forgets").payload, "null");
}

TEST_F(NodeFunctions, AnAsyncHandlerThatNeverAnswersFails) {
  add(cloud_.node("never", R"(export const handler = async (event) => {
      if (event.fine) return process.pid;
      await new Promise(() => {}); };)"));
  const std::string process = cloud_.invoke("never", R"({"fine":true})").payload;
  const json::value failure = error(cloud_.invoke("never"));
  EXPECT_EQ(text(failure, "errorType"), "Runtime.NodeJsExit");
  EXPECT_TRUE(
      text(failure, "errorMessage").starts_with("The Lambda runtime client detected an unexpected Node.js exit"));
  EXPECT_EQ(cloud_.invoke("never", R"({"fine":true})").payload, process);  // it goes on
}

// The event loop is busy for longer than the function's timeout.
TEST_F(NodeFunctions, AnswerAtOnceWithWhatDoesNotWaitForTheEventLoop) {
  add(cloud_.node("users", R"(
    export const handler = (event, context, callback) => {
      setTimeout(() => {}, 100000);
      if (event.how === 'succeed') context.succeed('fine');
      if (event.how === 'done') context.done(null, 'done');
      if (event.how === 'fail') context.fail(new RangeError('failed'));
      if (event.how === 'nothing') context.fail();
      if (event.how === 'callback') callback('text');
      callback(new Error('only the first call counts'));
    };)"));
  EXPECT_EQ(answer(cloud_.invoke("users", R"({"how":"succeed"})")), "fine");
  EXPECT_EQ(answer(cloud_.invoke("users", R"({"how":"done"})")), "done");
  EXPECT_EQ(text(error(cloud_.invoke("users", R"({"how":"fail"})")), "errorType"), "RangeError");
  EXPECT_EQ(text(error(cloud_.invoke("users", R"({"how":"nothing"})")), "errorMessage"), "handled");
  EXPECT_EQ(json::serialize(error(cloud_.invoke("users", R"({"how":"callback"})"))),
            R"({"errorType":"string","errorMessage":"text","trace":[]})");
}

TEST_F(NodeFunctions, ErrorsBetweenInvocationsAreNotOnesOfTheStart) {
  add(cloud_.node("users", R"(export const handler = async (event) => {
      if (event.later) setTimeout(() => { throw new Error('too late'); }, 10);
      return process.pid; };)"));
  const std::string process = cloud_.invoke("users", R"({"later":true})").payload;
  EXPECT_TRUE(cloud_.log.has("users: Uncaught Exception Error: too late"));
  std::string other;
  for (int i = 0; i < 100 && (other.empty() || other == process); ++i) other = cloud_.invoke("users").payload;
  EXPECT_NE(other, process);
  EXPECT_EQ(cloud_.log.countNow("could not start"), 0) << cloud_.log.all();
}

TEST_F(NodeFunctions, FromNodejs24OnHaveNoCallbacks) {
  Function function =
      cloud_.node("users", "export const handler = (event, context) => [event.n, 'succeed' in context];");
  function.runtime = "nodejs24.x";
  add(function);
  EXPECT_EQ(cloud_.invoke("users", R"({"n":7})").payload, "[7,false]");
  Function old = cloud_.node("old", "export const handler = (event, context, callback) => callback(null, 1);");
  old.runtime = "nodejs24.x";
  add(old);
  EXPECT_EQ(text(error(cloud_.invoke("old")), "errorType"), "Runtime.CallbackHandlerDeprecated");
}

TEST_F(NodeFunctions, MayStreamTheirAnswer) {
  add(cloud_.node("users", R"(export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
      if (event.http) stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
      stream.write('one ');
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (event.fail) throw new TypeError('in the middle');
      stream.write({ two: 2 });
      if (!event.open) stream.end();
    });)"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"(one {"two":2})");
  EXPECT_EQ(cloud_.invoke("users", R"({"http":true})").payload,
            R"({"statusCode":201})" + std::string(8, '\0') + R"(one {"two":2})");
  EXPECT_EQ(text(error(cloud_.invoke("users", R"({"fail":true})")), "errorType"), "TypeError");
  EXPECT_EQ(text(error(cloud_.invoke("users", R"({"open":true})")), "errorMessage"),
            "Response stream is not finished.");
}

// More than a pipe takes at a time, and the process ends right after it.
TEST_F(NodeFunctions, WhatTheyPrintIsNeitherLostNorReordered) {
  add(cloud_.node("prints", R"(export const handler = async () => {
      for (let i = 0; i < 3000; ++i) {
        console.log('out', i, 'x'.repeat(50));
        console.error('err', i, 'x'.repeat(50));
      }
      process.stdout.write('without a newline');
      process.exit(3); };)"));
  EXPECT_EQ(text(error(cloud_.invoke("prints")), "errorType"), "Runtime.ExitError");
  EXPECT_TRUE(cloud_.log.has("prints: without a newline"));
  const std::string all = cloud_.log.all();
  std::size_t at = 0;
  for (int i = 0; i < 3000; ++i) {
    for (const char* kind : {"out ", "err "}) {
      at = all.find("prints: " + (kind + std::to_string(i)) + " ", at);
      ASSERT_NE(at, std::string::npos) << kind << i;
    }
  }
}

TEST_F(NodeFunctions, AnUnfinishedLineAppearsAtTheEndOfItsInvocation) {
  add(cloud_.node("users", "export const handler = async () => { process.stdout.write('50 %'); };"));
  cloud_.invoke("users");
  EXPECT_EQ(cloud_.log.countNow("users: 50 %"), 1) << cloud_.log.all();
}

TEST_F(NodeFunctions, KnowTheirContext) {
  add(cloud_.node("users", R"(export const handler = async (event, context) => ({
      ...context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });)"));
  const json::value context = answer(cloud_.invoke("users"));
  EXPECT_EQ(text(context, "functionName"), "users");
  EXPECT_EQ(text(context, "functionVersion"), "$LATEST");
  EXPECT_EQ(text(context, "memoryLimitInMB"), "128");
  EXPECT_EQ(text(context, "logGroupName"), "/aws/lambda/users");
  EXPECT_EQ(text(context, "invokedFunctionArn"), "arn:aws:lambda:us-east-1:000000000000:function:users");
  EXPECT_EQ(text(context, "awsRequestId").size(), 36u);
  EXPECT_TRUE(text(context, "trace").starts_with("Root=1-"));
  const auto left = context.at("left").to_number<double>();
  EXPECT_GT(left, -20'000);  // the process may have taken long to start
  EXPECT_LE(left, 3000);
}

TEST_F(NodeFunctions, ErrorsHaveTypeMessageAndTrace) {
  add(cloud_.node("throws", R"(
    class TooBad extends Error { name = 'TooBad'; }
    export const handler = async (event) => { if (event.text) throw event.text; throw new TooBad('oh no'); };)"));
  const json::value failure = error(cloud_.invoke("throws"));
  EXPECT_EQ(text(failure, "errorType"), "TooBad");
  EXPECT_EQ(text(failure, "errorMessage"), "oh no");
  EXPECT_NE(text(failure, "trace").find("index.mjs:3"), std::string::npos) << text(failure, "trace");
  const json::value thrown_text = error(cloud_.invoke("throws", R"({"text":"just text"})"));
  EXPECT_EQ(json::serialize(thrown_text), R"({"errorType":"string","errorMessage":"just text","trace":[]})");
  EXPECT_TRUE(cloud_.log.has("throws: Invoke Error TooBad: oh no"));
}

TEST_F(NodeFunctions, ErrorsThatNobodyCaughtEndTheProcessAndTellTheCaller) {
  add(cloud_.node("rejects", R"(export const handler = async (event) => {
      if (event.fine) return process.pid;
      Promise.reject(new Error('forgotten'));
      await new Promise((resolve) => setTimeout(resolve, 10000)); };)"));
  add(cloud_.node("throws", R"(export const handler = () => new Promise(() => {
      setTimeout(() => { throw new TypeError('out of reach'); }, 1); });)"));
  const json::value rejection = error(cloud_.invoke("rejects"));
  EXPECT_EQ(text(rejection, "errorType"), "Runtime.UnhandledPromiseRejection");
  EXPECT_EQ(text(rejection, "errorMessage"), "Error: forgotten");
  EXPECT_NE(cloud_.invoke("rejects", R"({"fine":true})").payload, "");
  EXPECT_EQ(text(error(cloud_.invoke("throws")), "errorType"), "TypeError");
}

TEST_F(NodeFunctions, WhatCannotBeLoadedIsAnInitError) {
  add(cloud_.node("nothing", "export const other = 1;"));
  add(cloud_.node("module", "import 'not-there'; export const handler = async () => 1;"));
  add(cloud_.node("syntax", "export const handler = async () => {"));
  add(cloud_.node("throws", "throw new RangeError('at the start');"));
  Function bad_name = cloud_.node("name", "export const handler = async () => 1;");
  bad_name.handler = "index";
  add(bad_name);
  Function no_file = cloud_.node("file", "");
  no_file.handler = "other.handler";
  add(no_file);
  EXPECT_EQ(text(error(cloud_.invoke("nothing")), "errorType"), "Runtime.HandlerNotFound");
  EXPECT_EQ(text(parseJson(cloud_.invoke("nothing").payload), "errorMessage"),
            "index.handler is undefined or not exported");
  const InvocationResult module = cloud_.end(cloud_.begin("module", "{}", false, false));
  EXPECT_EQ(text(error(module), "errorType"), "Runtime.ImportModuleError");
  EXPECT_EQ(text(error(cloud_.invoke("syntax")), "errorType"), "Runtime.UserCodeSyntaxError");
  EXPECT_EQ(text(error(cloud_.invoke("throws")), "errorMessage"), "at the start");
  EXPECT_EQ(text(error(cloud_.invoke("name")), "errorType"), "Runtime.MalformedHandlerName");
  EXPECT_EQ(text(error(cloud_.invoke("file")), "errorType"), "Runtime.ImportModuleError");
}

TEST_F(NodeFunctions, AnAnswerThatIsNoJsonIsAnError) {
  add(cloud_.node("big", "export const handler = async () => 10n;"));
  EXPECT_EQ(text(error(cloud_.invoke("big")), "errorType"), "Error");
  EXPECT_EQ(text(error(cloud_.invoke("big")), "errorMessage"), "Unable to stringify response body");
}

TEST_F(NodeFunctions, KeepTheirProcessFromOneInvocationToTheNext) {
  add(cloud_.node("users", "let count = 0; export const handler = async () => ++count;"));
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(cloud_.invoke("users").payload, std::to_string(i));
}

TEST_F(NodeFunctions, LargeEventsAndAnswersGoThroughUnchanged) {
  add(cloud_.node("echo", "export const handler = async (event) => event;"));
  const std::string payload = R"({"text":")" + std::string(5 << 20, 'x') + R"("})";
  EXPECT_EQ(cloud_.invoke("echo", payload).payload, payload);
  add(cloud_.node("large", "export const handler = async () => 'x'.repeat(7 << 20);"));
  EXPECT_EQ(text(error(cloud_.invoke("large")), "errorType"), "Function.ResponseSizeTooLarge");
  EXPECT_EQ(text(error(cloud_.invoke("large")), "errorType"), "Function.ResponseSizeTooLarge");
}

TEST_F(NodeFunctions, WhoseModulesAreNotInstalledSaySoOnce) {
  add(cloud_.node("users", "import 'not-there'; export const handler = async () => 1;"));
  EXPECT_EQ(text(error(cloud_.end(cloud_.begin("users", "{}", false, false))), "errorType"),
            "Runtime.ImportModuleError");
  EXPECT_EQ(text(error(cloud_.end(cloud_.begin("users", "{}", false, false))), "errorType"),
            "Runtime.ImportModuleError");
  EXPECT_TRUE(cloud_.log.has("users: the module not-there is not installed: run \"npm install not-there\" in "));
  EXPECT_EQ(cloud_.log.countNow("not-there"), 1) << cloud_.log.all();
  EXPECT_EQ(cloud_.log.countNow("users: "), 1) << cloud_.log.all();
}

}  // namespace
}  // namespace ddblog::lambda
