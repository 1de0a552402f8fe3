#include "ddblog/lambda_runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/base64.h"
#include "clients/cpp/src/lambda_shutdown.h"

namespace ddblog {
namespace {

using testing::HasSubstr;

// A Runtime API that gives out prepared answers, one a request, and keeps what it was sent. After
// the last it is gone.
class FakeRuntimeApi {
 public:
  // `together`: after the first, it answers so many requests only when all of them have come.
  explicit FakeRuntimeApi(std::vector<std::string> answers, std::size_t together = 1)
      : answers_(std::move(answers)), together_(together) {
    unsetenv("IS_OFFLINE");
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 4) != 0) abort();
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    setenv("AWS_LAMBDA_RUNTIME_API", ("127.0.0.1:" + std::to_string(ntohs(address.sin_port))).c_str(), 1);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeRuntimeApi() { join(); }

  std::vector<std::string> requests() {
    join();
    return requests_;
  }

 private:
  void join() {
    if (thread_.joinable()) thread_.join();
  }

  void serve() {
    const int connection = accept(listener_, nullptr, nullptr);
    const timeval limit{10, 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    for (std::size_t i = 0; i < answers_.size();) {
      std::string answers;
      for (std::size_t left = i == 0 ? 1 : together_; left > 0 && i < answers_.size(); --left) {
        const std::string request = readRequest(connection);
        if (request.empty()) break;
        requests_.push_back(request);
        answers += answers_[i++];
      }
      if (answers.empty() || send(connection, answers.data(), answers.size(), MSG_NOSIGNAL) < 0) break;
    }
    close(connection);
    close(listener_);
  }

  // The bytes of the request's body, which begins there; more than there are, if its end has not come.
  std::size_t lengthOf(std::size_t begin) const {
    const std::string head = received_.substr(0, begin);
    if (head.find("Transfer-Encoding: chunked\r\n") != std::string::npos) {
      const std::size_t last = received_.find("\r\n0\r\n", begin - 2);
      const std::size_t end = last == std::string::npos ? last : received_.find("\r\n\r\n", last + 3);
      return end == std::string::npos ? received_.size() : end + 4 - begin;
    }
    const std::size_t length_at = head.find("Content-Length: ");
    return length_at == std::string::npos ? 0 : std::stoul(head.substr(length_at + 16));
  }

  std::string readRequest(int connection) {
    char bytes[4096];
    while (true) {
      const std::size_t end = received_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t length = lengthOf(end + 4);
        if (received_.size() >= end + 4 + length) {
          const std::string request = received_.substr(0, end + 4 + length);
          received_.erase(0, request.size());
          return request;
        }
      }
      const ssize_t count = recv(connection, bytes, sizeof(bytes), 0);
      if (count <= 0) return {};
      received_.append(bytes, static_cast<std::size_t>(count));
    }
  }

  std::vector<std::string> answers_;
  const std::size_t together_;
  std::string received_;  // and not read yet
  std::vector<std::string> requests_;
  int listener_ = -1;
  std::thread thread_;
};

std::string http(const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: request-1\r\nLambda-Runtime-Deadline-Ms: 1767225600000\r\n"
         "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:function\r\n" +
         headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

std::string bodyOf(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

TEST(LambdaRuntime, HandsEventsToTheHandlerAndPostsItsAnswers) {
  FakeRuntimeApi api({http(R"({"n":1})"), kAccepted, http(R"({"n":2})"), kAccepted});
  std::vector<std::string> events;
  InvocationContext seen;
  const int status = runHandler([&](std::string_view event, const InvocationContext& context) {
    events.emplace_back(event);
    seen = context;
    return std::string("\"done\"");
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(events, (std::vector<std::string>{R"({"n":1})", R"({"n":2})"}));
  EXPECT_EQ(seen.request_id, "request-1");
  EXPECT_EQ(seen.function_arn, "arn:aws:lambda:function");
  EXPECT_EQ(seen.deadline_ms, 1767225600000);
  const auto requests = api.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_TRUE(requests[0].starts_with("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n"));
  EXPECT_TRUE(requests[1].starts_with("POST /2018-06-01/runtime/invocation/request-1/response HTTP/1.1\r\n"));
  EXPECT_EQ(bodyOf(requests[1]), "\"done\"");
}

TEST(LambdaRuntime, OfflineSendsAnAnswerWithTheNextQuestion) {
  FakeRuntimeApi api({http(R"({"n":1})"), kAccepted, http(R"({"n":2})"), kAccepted}, 2);
  setenv("IS_OFFLINE", "true", 1);
  int handled = 0;
  const int status = runHandler([&](std::string_view, const InvocationContext&) { return std::to_string(++handled); });
  unsetenv("IS_OFFLINE");
  EXPECT_EQ(status, 0);
  const auto requests = api.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(bodyOf(requests[1]), "1");
  EXPECT_TRUE(requests[2].starts_with("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n"));
  EXPECT_EQ(bodyOf(requests[3]), "2");
}

TEST(LambdaRuntime, PostsWhatTheHandlerThrows) {
  FakeRuntimeApi api({http("{}"), kAccepted});
  runHandler([](std::string_view, const InvocationContext&) -> std::string { throw std::out_of_range("too \"far\""); });
  const auto requests = api.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_TRUE(requests[1].starts_with("POST /2018-06-01/runtime/invocation/request-1/error HTTP/1.1\r\n"));
  EXPECT_NE(requests[1].find("Lambda-Runtime-Function-Error-Type: out_of_range\r\n"), std::string::npos);
  EXPECT_EQ(bodyOf(requests[1]), R"({"errorType":"out_of_range","errorMessage":"too \"far\"","stackTrace":[]})");
}

TEST(LambdaRuntime, StreamsAResponse) {
  FakeRuntimeApi api({http("{}"), kAccepted, http("{}"), kAccepted});
  int count = 0;
  const int status = runHandler(streaming([&](std::string_view, const InvocationContext&, ResponseStream& response) {
    if (++count == 2) return;  // a response of no bytes
    response.begin("text/plain");
    response.write("first, ");
    response.write("");
    response.write("and the second");
  }));
  EXPECT_EQ(status, 0);
  const auto requests = api.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_TRUE(requests[1].starts_with("POST /2018-06-01/runtime/invocation/request-1/response HTTP/1.1\r\n"));
  EXPECT_THAT(requests[1], HasSubstr("Content-Type: text/plain\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n"
                                     "Trailer: Lambda-Runtime-Function-Error-Type, "
                                     "Lambda-Runtime-Function-Error-Body\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(bodyOf(requests[1]), "7\r\nfirst, \r\ne\r\nand the second\r\n0\r\n\r\n");
  EXPECT_TRUE(requests[2].starts_with("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n"));
  EXPECT_THAT(requests[3], HasSubstr("Content-Type: application/octet-stream\r\n"));
  EXPECT_EQ(bodyOf(requests[3]), "0\r\n\r\n");
}

TEST(LambdaRuntime, RefusesAContentTypeThatWouldAddLinesToTheHead) {
  FakeRuntimeApi api({http("{}"), kAccepted});
  runHandler(streaming([](std::string_view, const InvocationContext&, ResponseStream& response) {
    EXPECT_THROW(response.begin("text/plain\r\nContent-Length: 0"), std::invalid_argument);
    response.begin("text/plain");
  }));
  EXPECT_THAT(api.requests().at(1), HasSubstr("Content-Type: text/plain\r\nLambda-Runtime-Function-Response-Mode: "));
}

TEST(LambdaRuntime, EndsAStreamWithAnErrorInItsTrailers) {
  FakeRuntimeApi api({http("{}"), kAccepted});
  runHandler(streaming([](std::string_view, const InvocationContext&, ResponseStream& response) {
    response.write("begun");
    throw std::out_of_range("too far");
  }));
  const std::string error = toBase64(R"({"errorType":"out_of_range","errorMessage":"too far","stackTrace":[]})");
  EXPECT_EQ(bodyOf(api.requests().at(1)),
            "5\r\nbegun\r\n0\r\nLambda-Runtime-Function-Error-Type: out_of_range\r\n"
            "Lambda-Runtime-Function-Error-Body: " +
                error + "\r\n\r\n");
}

TEST(LambdaRuntime, PostsWhatAStreamingHandlerThrowsBeforeItsFirstByte) {
  FakeRuntimeApi api({http("{}"), kAccepted});
  runHandler(streaming(
      [](std::string_view, const InvocationContext&, ResponseStream&) { throw std::out_of_range("too far"); }));
  EXPECT_TRUE(api.requests().at(1).starts_with("POST /2018-06-01/runtime/invocation/request-1/error HTTP/1.1\r\n"));
}

TEST(LambdaRuntime, BeginsAnHttpResponseWithItsHead) {
  FakeRuntimeApi api({http("{}"), kAccepted});
  runHandler(streaming([](std::string_view, const InvocationContext&, ResponseStream& response) {
    response.beginHttp(R"({"statusCode":404})");
    EXPECT_THROW(response.begin("text/plain"), std::logic_error);
    response.write("?");
  }));
  const std::string request = api.requests().at(1);
  EXPECT_THAT(request, HasSubstr("Content-Type: application/vnd.awslambda.http-integration-response\r\n"));
  EXPECT_EQ(bodyOf(request), "1a\r\n{\"statusCode\":404}" + std::string(8, '\0') + "\r\n1\r\n?\r\n0\r\n\r\n");
}

TEST(LambdaRuntime, EndsWhenTheRuntimeApiIsGoneInTheMiddleOfAStream) {
  FakeRuntimeApi api({http("{}")});
  const std::string much(1u << 20, 'x');
  EXPECT_EQ(runHandler(streaming([&](std::string_view, const InvocationContext&, ResponseStream& response) {
              for (int i = 0; i < 1000; ++i) response.write(much);
            })),
            0);
}

TEST(LambdaRuntime, ReadsChunkedEvents) {
  FakeRuntimeApi api(
      {"HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: r\r\nTransfer-Encoding: chunked\r\n\r\n"
       "3\r\n{\"a\r\n5;x=y\r\n\": 1}\r\n0\r\nTrailer: t\r\n\r\n",
       kAccepted});
  std::string seen;
  runHandler([&](std::string_view event, const InvocationContext&) {
    seen = event;
    return std::string("null");
  });
  EXPECT_EQ(seen, R"({"a": 1})");
}

TEST(LambdaRuntime, EndsWithAnErrorWhenTheRuntimeApiAnswersSomethingElse) {
  const char* answers[] = {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n"};
  for (const char* answer : answers) {
    FakeRuntimeApi api({answer});
    EXPECT_EQ(runHandler([](std::string_view, const InvocationContext&) { return std::string(); }), 1) << answer;
  }
}

TEST(LambdaRuntime, WithoutARuntimeApiItSaysSo) {
  unsetenv("AWS_LAMBDA_RUNTIME_API");
  EXPECT_EQ(runHandler([](std::string_view, const InvocationContext&) { return std::string(); }), 1);
}

TEST(LambdaRuntime, ChoosesTheHandlerByName) {
  FakeRuntimeApi api({http("{}"), kAccepted});
  setenv("_HANDLER", "second", 1);
  runHandlers({{"first", [](std::string_view, const InvocationContext&) { return std::string("1"); }},
               {"second", [](std::string_view, const InvocationContext&) { return std::string("2"); }}});
  EXPECT_EQ(bodyOf(api.requests().at(1)), "2");
}

// Each in a process of its own, which waits for the signal with its main thread in a handler.
int handleUntilSigterm() {
  setenv("IS_OFFLINE", "true", 1);
  return runHandler([](std::string_view, const InvocationContext&) -> std::string {
    kill(getpid(), SIGTERM);
    while (true) pause();
  });
}

TEST(LambdaRuntimeDeathTest, RunsTheShutdownCallbackAtSigterm) {
  EXPECT_EXIT(
      {
        onShutdown([] { std::cerr << "flushed" << std::endl; });
        FakeRuntimeApi api({http("{}"), kAccepted});
        handleUntilSigterm();
      },
      testing::ExitedWithCode(0), "^flushed\n$");
}

TEST(LambdaRuntimeDeathTest, EndsTheProcessIfTheShutdownCallbackThrows) {
  EXPECT_EXIT(
      {
        onShutdown([] { throw std::out_of_range("too far"); });
        FakeRuntimeApi api({http("{}"), kAccepted});
        handleUntilSigterm();
      },
      testing::ExitedWithCode(0), "out_of_range: too far");
}

TEST(LambdaRuntimeDeathTest, EndsTheProcessIfTheShutdownCallbackTakesTooLong) {
  EXPECT_EXIT(
      {
        onShutdown([] {
          while (true) pause();
        });
        FakeRuntimeApi api({http("{}"), kAccepted});
        handleUntilSigterm();
      },
      testing::KilledBySignal(SIGALRM), "");
}

TEST(LambdaRuntimeDeathTest, RunsTheShutdownCallbackWhenTheRuntimeApiIsGone) {
  EXPECT_EXIT(
      {
        onShutdown([] { std::cerr << "flushed" << std::endl; });
        int status = -1;
        {
          FakeRuntimeApi api({http("{}"), kAccepted});
          setenv("IS_OFFLINE", "true", 1);
          status = runHandler([](std::string_view, const InvocationContext&) { return std::string("1"); });
        }
        _exit(status);
      },
      testing::ExitedWithCode(0), "^flushed\n$");
}

TEST(LambdaRuntimeDeathTest, RunsTheShutdownCallbackWhenTheRuntimeApiAnswersSomethingElse) {
  EXPECT_EXIT(
      {
        onShutdown([] { std::cerr << "flushed" << std::endl; });
        int status = -1;
        {
          FakeRuntimeApi api({"SSH-2.0-OpenSSH_9.2\r\n"});
          setenv("IS_OFFLINE", "true", 1);
          status = runHandler([](std::string_view, const InvocationContext&) { return std::string("1"); });
        }
        _exit(status);
      },
      testing::ExitedWithCode(1), "is not HTTP.\nflushed\n$");
}

TEST(LambdaRuntimeDeathTest, InAwsRegistersAnExtensionWithoutEvents) {
  EXPECT_EXIT(
      {
        onShutdown([] {});
        FakeRuntimeApi api({"HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: me\r\nContent-Length: 2\r\n\r\n{}", ""});
        awaitShutdown(std::getenv("AWS_LAMBDA_RUNTIME_API"));
        for (const std::string& request : api.requests()) std::cerr << request << std::endl;
        kill(getpid(), SIGTERM);
        while (true) pause();
      },
      testing::ExitedWithCode(0),
      testing::AllOf(HasSubstr("POST /2020-01-01/extension/register HTTP/1.1\r\n"),
                     HasSubstr("Lambda-Extension-Name: ddblog-shutdown\r\n"), HasSubstr("\r\n\r\n{\"events\":[]}"),
                     HasSubstr("GET /2020-01-01/extension/event/next HTTP/1.1\r\n"),
                     HasSubstr("Lambda-Extension-Identifier: me\r\n")));
}

TEST(LambdaRuntime, ReportsAnUnknownHandlerAsAnErrorOfInitialisation) {
  FakeRuntimeApi api({kAccepted});
  setenv("_HANDLER", "third", 1);
  EXPECT_EQ(runHandlers({}), 1);
  const auto requests = api.requests();
  EXPECT_TRUE(requests.at(0).starts_with("POST /2018-06-01/runtime/init/error HTTP/1.1\r\n"));
  EXPECT_NE(requests[0].find("third"), std::string::npos);
}

}  // namespace
}  // namespace ddblog
