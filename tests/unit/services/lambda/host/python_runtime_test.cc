// Functions of the python3.* runtimes, as real processes.
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class PythonFunctions : public testing::Test {
 protected:
  json::value error(const std::string& name) {
    const InvocationResult result = cloud_.invoke(name);
    EXPECT_EQ(result.kind, InvocationResult::Kind::kFunctionError) << result.payload;
    return parseJson(result.payload);
  }
  void add(const Function& function) { cloud_.addFunction(function); }
  FunctionCloud cloud_;
};

TEST_F(PythonFunctions, AnswerWhatTheirHandlerReturns) {
  add(cloud_.python("users",
                    "import decimal\ndef handler(event, context):\n"
                    "    return {'name': event['name'], 'n': decimal.Decimal('3'), 'd': decimal.Decimal('1.5')}\n"));
  EXPECT_EQ(cloud_.invoke("users", R"({"name":"Ann €"})").payload, R"({"name": "Ann \u20ac", "n": 3, "d": 1.5})");
  add(cloud_.python("quiet", "def handler(event, context): pass\n"));
  EXPECT_EQ(cloud_.invoke("quiet").payload, "null");
}

TEST_F(PythonFunctions, KnowTheirContext) {
  add(cloud_.python("users", R"(import os
def handler(event, context):
    return [context.function_name, context.function_version, context.memory_limit_in_mb, context.log_group_name,
            context.invoked_function_arn, len(context.aws_request_id), 0 <= context.get_remaining_time_in_millis() <= 3000,
            os.path.basename(os.getcwd())]
)"));
  EXPECT_EQ(
      cloud_.invoke("users").payload,
      R"(["users", "$LATEST", "128", "/aws/lambda/users", "arn:aws:lambda:us-east-1:000000000000:function:users", 36, true, "users"])");
}

TEST_F(PythonFunctions, ErrorsHaveTypeMessageAndTrace) {
  add(cloud_.python("throws", "def handler(event, context):\n    raise KeyError('name')\n"));
  const json::value failure = error("throws");
  EXPECT_EQ(text(failure, "errorType"), "KeyError");
  EXPECT_EQ(text(failure, "errorMessage"), "'name'");
  EXPECT_EQ(text(failure, "requestId").size(), 36u);
  const json::array& trace = failure.at("stackTrace").as_array();
  ASSERT_EQ(trace.size(), 1u);
  EXPECT_NE(trace[0].as_string().find("line 2, in handler"), json::string::npos);
}

TEST_F(PythonFunctions, WhatCannotBeLoadedIsAnInitError) {
  add(cloud_.python("nothing", "other = 1\n"));
  add(cloud_.python("module", "import not_there\n"));
  add(cloud_.python("syntax", "def handler(:\n"));
  add(cloud_.python("throws", "raise ValueError('at the start')\n"));
  EXPECT_EQ(text(error("nothing"), "errorMessage"), "Handler 'handler' missing on module 'index'");
  const InvocationResult module = cloud_.end(cloud_.begin("module", "{}", false, false));
  EXPECT_EQ(text(parseJson(module.payload), "errorMessage"),
            "Unable to import module 'index': No module named 'not_there'");
  EXPECT_EQ(text(error("syntax"), "errorType"), "Runtime.UserCodeSyntaxError");
  EXPECT_EQ(text(error("throws"), "errorType"), "ValueError");
}

TEST_F(PythonFunctions, AnAnswerThatIsNoJsonIsAnError) {
  add(cloud_.python("sets", "def handler(event, context): return {1, 2}\n"));
  EXPECT_EQ(text(error("sets"), "errorType"), "Runtime.MarshalError");
}

// As simplejson, which AWS's runtime uses, encodes it.
TEST_F(PythonFunctions, AnswersAreEncodedAsInAws) {
  add(cloud_.python("users", R"(import collections, decimal
Point = collections.namedtuple('Point', 'x y')
def handler(event, context):
    return {'digits': decimal.Decimal('12345678901234567890.1234567890'), 'exponent': decimal.Decimal('1E+3'),
            'point': Point(1, [decimal.Decimal('-0.50')]), 'bytes': 'å'.encode(), b'key': (1, None, True), 2: 'two',
            'lone': '\ud800', 'numbers': [float('nan'), float('inf'), -float('inf'), decimal.Decimal('sNaN')]}
)"));
  EXPECT_EQ(cloud_.invoke("users").payload,
            R"({"digits": 12345678901234567890.1234567890, "exponent": 1E+3, "point": {"x": 1, "y": [-0.50]}, )"
            R"("bytes": "\u00e5", "key": [1, null, true], "2": "two", "lone": "\ud800", )"
            R"("numbers": [NaN, Infinity, -Infinity, NaN]})");
  add(cloud_.python("raw", "def handler(event, context): return b'\\x00\\xff raw'\n"));
  EXPECT_EQ(cloud_.invoke("raw").payload, std::string("\0\xff raw", 6));
  add(cloud_.python("circle", "def handler(event, context):\n    a = [b'']\n    a.append(a)\n    return a\n"));
  EXPECT_EQ(text(error("circle"), "errorMessage"), "Unable to marshal response: Circular reference detected");
}

TEST_F(PythonFunctions, From312OnCharactersStayAsTheyAre) {
  Function function = cloud_.python("users", R"(
def handler(event, context): return event.get('name', '\ud800')
)");
  function.runtime = "python3.12";
  add(function);
  EXPECT_EQ(cloud_.invoke("users", R"({"name":"Ann €"})").payload, R"("Ann €")");
  EXPECT_EQ(text(error("users"), "errorType"), "Runtime.ExitError");  // a lone surrogate is no UTF-8
}

TEST_F(PythonFunctions, WhatTheyPrintAppearsAtOnceAndInOrder) {
  add(cloud_.python("prints", R"(import sys
def handler(event, context):
    for i in range(2000):
        print('out', i, end=' ')
        print('err', i, file=sys.stderr)
    print('unfinished', end='')
)"));
  cloud_.invoke("prints");
  const std::string all = cloud_.log.all();
  std::size_t at = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string number = std::to_string(i);
    at = all.find("prints: out " + number + " err " + number + "\n", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_EQ(cloud_.log.countNow("prints: unfinished"), 1);
}

TEST_F(PythonFunctions, MayEndTheirProcess) {
  add(cloud_.python("exits", "import sys\ndef handler(event, context): sys.exit(3)\n"));
  EXPECT_EQ(text(error("exits"), "errorType"), "Runtime.ExitError");
  EXPECT_TRUE(text(error("exits"), "errorMessage").ends_with(" Error: Runtime exited with error: exit status 3"));
}

TEST_F(PythonFunctions, WhoseModulesAreNotInstalledSaySoOnce) {
  add(cloud_.python("users", "import not_there\ndef handler(event, context): pass\n"));
  EXPECT_EQ(text(parseJson(cloud_.end(cloud_.begin("users", "{}", false, false)).payload), "errorType"),
            "Runtime.ImportModuleError");
  EXPECT_EQ(text(parseJson(cloud_.end(cloud_.begin("users", "{}", false, false)).payload), "errorType"),
            "Runtime.ImportModuleError");
  EXPECT_TRUE(cloud_.log.has("users: the module not_there is not installed: run \"pip install not_there\" in "));
  EXPECT_EQ(cloud_.log.countNow("not_there"), 1) << cloud_.log.all();
  EXPECT_EQ(cloud_.log.countNow("users: "), 1) << cloud_.log.all();
}

TEST_F(PythonFunctions, WhoseModulesAreNotInstalledUseUpNoAttemptOfAnEvent) {
  add(cloud_.python("users", "import not_there\ndef handler(event, context): pass\n"));
  EXPECT_EQ(cloud_.invoke("users").kind, InvocationResult::Kind::kFunctionError);  // no file names it
  cloud_.write("users/requirements.txt", "not-there==1.0\n");
  const InvocationResult result = cloud_.invoke("users");
  EXPECT_EQ(result.kind, InvocationResult::Kind::kThrottled);
  EXPECT_EQ(text(parseJson(result.payload), "errorType"), "Runtime.ImportModuleError");
}

}  // namespace
}  // namespace ddblog::lambda
