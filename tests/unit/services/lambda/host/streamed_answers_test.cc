// Answers that come piece by piece, from Node.js.
#include <gtest/gtest.h>

#include "rpc/body.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

// Writes "one", waits for the file, and goes on as the event says.
constexpr const char* kStreams = R"(import { existsSync } from 'node:fs';
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('one');
  while (!existsSync(event.file)) await new Promise((resolve) => setTimeout(resolve, 1));
  if (event.fail) throw new TypeError('in the middle');
  if (event.uncaught) setTimeout(() => { throw new RangeError('nobody catches it'); });
  if (event.exit) process.exit(3);
  stream.write(Buffer.alloc(event.bytes ?? 0));
  if (!event.uncaught) stream.end('two');
});)";

class StreamedAnswers : public testing::Test {
 protected:
  StreamedAnswers() { cloud_.addFunction(cloud_.node("streams", kStreams)); }

  // Invokes the function, and waits until its answer has begun. `event`: members of it, with a comma.
  std::shared_ptr<rpc::BodyPipe> begin(const std::string& event = {}) {
    Invocation invocation;
    invocation.request_id = cloud_.ids.uuid();
    invocation.payload = "{" + event + R"("file":")" + file_ + R"("})";
    std::promise<StreamedAnswer> streams;
    auto answer = streams.get_future();
    invocation.streams = [&streams](StreamedAnswer begun) { streams.set_value(std::move(begun)); };
    auto result = std::make_shared<std::promise<InvocationResult>>();
    ended_ = result->get_future();
    cloud_.service->host().invoke(cloud_.service->functions().get("streams"), std::move(invocation),
                                  [result](InvocationResult ended) { result->set_value(std::move(ended)); });
    if (answer.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
      throw std::runtime_error("the function does not begin\n" + cloud_.log.all());
    }
    StreamedAnswer begun = answer.get();
    EXPECT_EQ(begun.executed_version, "$LATEST");
    return begun.body;
  }
  void goOn() { cloud_.write("go-on", ""); }
  InvocationResult end() { return cloud_.end(std::move(ended_)); }

  // The next bytes; empty: there are no more.
  static std::string read(rpc::BodyPipe& body) {
    std::string bytes;
    std::promise<void> ready;
    if (body.read(bytes, [&ready] { ready.set_value(); }) != rpc::BodySource::State::kWaits) return bytes;
    ready.get_future().wait();
    body.read(bytes, [] {});
    return bytes;
  }
  static std::size_t readAll(rpc::BodyPipe& body) {
    std::size_t bytes = 0;
    while (const std::size_t more = read(body).size()) bytes += more;
    return bytes;
  }

  FunctionCloud cloud_;
  const std::string file_ = (cloud_.directory.path() / "go-on").string();
  std::future<InvocationResult> ended_;
};

TEST_F(StreamedAnswers, ComeWhileTheFunctionRuns) {
  const auto body = begin();
  EXPECT_EQ(read(*body), "one");
  EXPECT_EQ(ended_.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  goOn();
  EXPECT_EQ(read(*body), "two");
  EXPECT_EQ(read(*body), "");
  const InvocationResult result = end();
  EXPECT_EQ(result.kind, InvocationResult::Kind::kAnswer);
  EXPECT_EQ(result.payload, "");
}

TEST_F(StreamedAnswers, EndWithTheErrorOfTheirHandler) {
  const auto body = begin(R"("fail":true,)");
  goOn();
  EXPECT_EQ(readAll(*body), 3u);
  const json::value error = parseJson(end().payload);
  EXPECT_EQ(text(error, "errorType"), "TypeError");
  EXPECT_EQ(text(error, "errorMessage"), "in the middle");
}

TEST_F(StreamedAnswers, EndWithAnErrorThatNobodyCatches) {
  begin(R"("uncaught":true,)")->drop();
  goOn();
  EXPECT_EQ(text(parseJson(end().payload), "errorType"), "RangeError");
}

TEST_F(StreamedAnswers, AreTruncatedIfTheProcessEnds) {
  const auto body = begin(R"("exit":true,)");
  goOn();
  EXPECT_EQ(readAll(*body), 3u);
  EXPECT_EQ(text(parseJson(end().payload), "errorType"), "Runtime.TruncatedResponse");
}

TEST_F(StreamedAnswers, EndAtTheTimeLimit) {
  const auto body = begin();
  EXPECT_EQ(read(*body), "one");
  cloud_.process_clock.move(std::chrono::seconds(3));
  EXPECT_EQ(read(*body), "");
  EXPECT_EQ(text(parseJson(end().payload), "errorType"), "Sandbox.Timedout");
}

TEST_F(StreamedAnswers, HoldUpTheFunctionWhileNobodyReads) {
  const auto body = begin(R"("bytes":30000000,)");
  goOn();
  EXPECT_EQ(ended_.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  EXPECT_EQ(readAll(*body), 30'000'006u);
  EXPECT_EQ(end().kind, InvocationResult::Kind::kAnswer);
}

TEST_F(StreamedAnswers, GoOnWithoutTheirReader) {
  begin(R"("bytes":30000000,)")->drop();
  goOn();
  EXPECT_EQ(end().kind, InvocationResult::Kind::kAnswer);
}

TEST_F(StreamedAnswers, AreWholeForWhoWantsThemSo) {
  goOn();
  const std::string event = R"({"file":")" + file_ + R"(","bytes":)";
  EXPECT_EQ(cloud_.invoke("streams", event + "0}").payload, "onetwo");
  const InvocationResult too_large = cloud_.invoke("streams", event + "7000000}");
  EXPECT_EQ(text(parseJson(too_large.payload), "errorType"), "Function.ResponseSizeTooLarge");
  EXPECT_EQ(cloud_.invoke("streams", event + "5}").payload.size(), 11u) << "the process goes on";
}

}  // namespace
}  // namespace ddblog::lambda
