// The HTTP client without TLS: connections that are kept, responses of every form, limits, and what goes wrong.
#include "aws/http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "aws/http/connection.h"
#include "aws/http/network_error.h"
#include "aws/limits.h"
#include "unit/aws/test_server.h"

namespace ddblog::aws {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

HttpRequest requestTo(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

std::string errorOf(HttpClient& client, const HttpRequest& request) {
  try {
    client.send(request);
  } catch (const ConnectionError& error) {
    return error.what();
  }
  return "none";
}

// Answers every request of every connection with the same bytes.
TestServer::Handler always(const std::string& response) {
  return [response](Peer& peer) {
    while (!peer.readRequest().empty() && peer.send(response)) {
    }
  };
}

// Answers one request and closes the connection.
TestServer::Handler once(const std::string& response) {
  return [response](Peer& peer) {
    peer.readRequest();
    peer.send(response);
  };
}

TEST(SendingARequest, WritesExactlyWhatWasAsked) {
  std::string seen;
  TestServer server([&](Peer& peer) {
    seen = peer.readRequest();
    peer.send(kOk);
  });
  HttpClient client;
  HttpRequest request = requestTo(server.url() + "/a%20path?q=1");
  request.method = "PUT";
  request.headers = {{"X-One", "1"}, {"X-Empty", ""}};
  request.body = "body";
  EXPECT_EQ(client.send(request).body, "ok");
  EXPECT_EQ(seen, "PUT /a%20path?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                      "\r\nUser-Agent: dynamodb-log\r\nX-One: 1\r\nX-Empty: \r\nContent-Length: 4\r\n\r\nbody");
}

TEST(SendingARequest, NeverLetsAValueBeginAnotherHeader) {
  TestServer server(always(kOk));
  HttpClient client;
  HttpRequest request = requestTo(server.url() + "/");
  request.headers = {{"X-One", "1\r\nX-Two: 2"}};
  EXPECT_THAT(errorOf(client, request), HasSubstr("the header X-One has a line break"));
  EXPECT_EQ(server.connections(), 0);
}

TEST(SendingARequest, NeedsAUrl) {
  HttpClient client;
  EXPECT_THAT(errorOf(client, requestTo("localhost:8000")), HasSubstr("Invalid endpoint: localhost:8000"));
}

TEST(KeptConnections, AreUsedAgain) {
  TestServer server(always(kOk));
  HttpClient client;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.send(requestTo(server.url())).times_sent, 1);
  EXPECT_EQ(server.connections(), 1);
}

TEST(KeptConnections, AreOneForEachCallAtATime) {
  TestServer server(always(kOk));
  HttpClient client;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 50; ++call) EXPECT_EQ(client.send(requestTo(server.url())).body, "ok");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(server.connections(), 4);
}

TEST(KeptConnections, EndWhenTheServerSaysSo) {
  TestServer server(always("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
  HttpClient client;
  client.send(requestTo(server.url()));
  client.send(requestTo(server.url()));
  EXPECT_EQ(server.connections(), 2);
}

TEST(KeptConnections, EndWhenTheServerSendsWhatNobodyAskedFor) {
  TestServer server(always(kOk + kOk));
  HttpClient client;
  EXPECT_EQ(client.send(requestTo(server.url())).body, "ok");
  EXPECT_EQ(client.send(requestTo(server.url())).body, "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST(KeptConnections, ThatWereClosedMeanwhileAreNotUsed) {
  std::atomic<int> closed{0};
  TestServer server([&](Peer& peer) {
    peer.readRequest();
    peer.send(kOk);
    ::shutdown(peer.descriptor(), SHUT_RDWR);
    ++closed;
  });
  HttpClient client;
  client.send(requestTo(server.url()));
  while (closed == 0) std::this_thread::yield();
  EXPECT_EQ(client.send(requestTo(server.url())).times_sent, 1);
}

// Answers the first request of each connection, and closes it at the second: with `last_words` first.
TestServer::Handler closesAtTheSecondRequest(const std::string& last_words) {
  return [last_words](Peer& peer) {
    peer.readRequest();
    peer.send(kOk);
    if (!peer.readRequest().empty() && !last_words.empty()) peer.send(last_words);
  };
}

TEST(KeptConnections, ThatBreakBeforeAResponseAreReplacedOnce) {
  TestServer server(closesAtTheSecondRequest(""));
  HttpClient client;
  EXPECT_EQ(client.send(requestTo(server.url())).times_sent, 1);
  EXPECT_EQ(client.send(requestTo(server.url())).times_sent, 2);
  EXPECT_EQ(server.connections(), 2);
}

TEST(KeptConnections, ThatBreakInTheMiddleOfAResponseAreNot) {
  TestServer server(closesAtTheSecondRequest("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"));
  HttpClient client;
  client.send(requestTo(server.url()));
  EXPECT_THAT(errorOf(client, requestTo(server.url())), HasSubstr("was cut off"));
  EXPECT_EQ(server.connections(), 1);
}

TEST(NewConnections, ThatBreakBeforeAResponseAreAnError) {
  TestServer server([](Peer& peer) { peer.readRequest(); });
  HttpClient client;
  EXPECT_EQ(errorOf(client, requestTo(server.url())),
            "Connection was closed before we received a valid response from endpoint URL: \"" + server.url() +
                "\" (the server closed it)");
  EXPECT_EQ(server.connections(), 1);
}

TEST(LocalNames, AreKnownWithoutAskingAnybody) {
  TestServer server(always(kOk));
  HttpClient client;
  EXPECT_EQ(client.send(requestTo(server.url("localhost"))).body, "ok");
  EXPECT_EQ(client.send(requestTo(server.url("any.localhost"))).body, "ok");
}

TEST(UnknownNames, AreAnError) {
  HttpClient client;
  HttpRequest request = requestTo("http://no-such-host.invalid:8000/");
  request.connect_timeout = milliseconds(60'000);  // a resolver that cannot be reached
  EXPECT_THAT(errorOf(client, request),
              testing::StartsWith("Could not connect to the endpoint URL \"http://no-such-host.invalid:8000/\": "
                                  "the host name no-such-host.invalid has no address ("));
}

TEST(ClosedPorts, AreAnError) {
  std::string url;
  {
    TestServer gone(always(kOk));
    url = gone.url();
  }
  HttpClient client;
  EXPECT_EQ(errorOf(client, requestTo(url)),
            "Could not connect to the endpoint URL \"" + url + "\": Connection refused");
}

TEST(Responses, OfEveryFormAreRead) {
  struct Case {
    std::string response;
    std::string body;
  };
  for (const Case& form :
       {Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nWiki\r\n"
             "5\r\npedia\r\n0\r\nX-Trailer: 1\r\n\r\n",
             "Wikipedia"},
        Case{"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"},
        Case{"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", "old"},
        Case{"HTTP/1.1 100 Continue\r\n\r\n" + kOk, "ok"}, Case{"HTTP/1.1 204 No Content\r\n\r\n", ""}}) {
    TestServer server(once(form.response));
    HttpClient client;
    EXPECT_EQ(client.send(requestTo(server.url())).body, form.body) << form.response;
  }
}

TEST(Responses, ToHeadHaveNoBody) {
  TestServer server(always("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nETag: x\r\n\r\n"));
  HttpClient client;
  HttpRequest request = requestTo(server.url());
  request.method = "HEAD";
  EXPECT_EQ(client.send(request).headers.at("etag"), "x");
  EXPECT_EQ(client.send(request).headers.at("content-length"), "5000");
  EXPECT_EQ(server.connections(), 1);
}

TEST(Responses, ThatAreTooLargeAreNotRead) {
  const std::string huge = std::to_string(100u << 20);
  TestServer announced(once("HTTP/1.1 200 OK\r\nContent-Length: " + huge + "\r\n\r\n"));
  TestServer chunked([](Peer& peer) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "100000\r\n" + std::string(1u << 20, 'x') + "\r\n";
    while (peer.send(chunk)) {
    }
  });
  HttpClient client;
  const std::string limit = std::to_string(limits::kClientAnswerBytes);
  for (TestServer* server : {&announced, &chunked}) {
    EXPECT_EQ(errorOf(client, requestTo(server->url())),
              "The response of \"" + server->url() + "\" is larger than " + limit + " bytes");
  }
}

TEST(Responses, WithAHeaderWithoutEndAreNotRead) {
  TestServer server([](Peer& peer) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-More: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  HttpClient client;
  EXPECT_THAT(errorOf(client, requestTo(server.url())), HasSubstr("has a header larger than 65536 bytes"));
}

TEST(Responses, ThatAreNotHttpAreAnError) {
  for (const std::string response :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n12345"}) {
    TestServer server(once(response));
    HttpClient client;
    EXPECT_THAT(errorOf(client, requestTo(server.url())), HasSubstr("is not HTTP (")) << response;
  }
}

TEST(Responses, ThatEndTooSoonAreAnError) {
  for (const std::string response :
       {"HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n0\r\n"}) {
    TestServer server(once(response));
    HttpClient client;
    EXPECT_THAT(errorOf(client, requestTo(server.url())), HasSubstr("was cut off")) << response;
  }
}

TEST(LargeBodies, GoBothWays) {
  const std::string body(20u << 20, 'x');
  TestServer server([&](Peer& peer) {
    const std::string request = peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    peer.send(request.substr(request.find("\r\n\r\n") + 4));
  });
  HttpClient client;
  HttpRequest request = requestTo(server.url());
  request.method = "POST";
  request.body = body;
  EXPECT_TRUE(client.send(request).body == body);
}

TEST(LargeBodies, CanBeRefusedBeforeTheyHaveArrived) {
  const std::string body(20u << 20, 'x');
  TestServer server([](Peer& peer) {
    peer.read();
    peer.send("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n");
  });
  HttpClient client;
  HttpRequest request = requestTo(server.url());
  request.method = "POST";
  request.body = body;
  EXPECT_EQ(client.send(request).status, 413);
}

TEST(SlowServers, AreNotWaitedForWithoutEnd) {
  TestServer silent([](Peer& peer) {
    while (!peer.read().empty()) {
    }
  });
  // It sends all the time, but less than limits::kClientSlowestBytesPerSecond.
  TestServer dripping([](Peer& peer) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (peer.send("x")) std::this_thread::sleep_for(milliseconds(10));
  });
  HttpClient client;
  for (TestServer* server : {&silent, &dripping}) {
    HttpRequest request = requestTo(server->url());
    request.timeout = milliseconds(200);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(errorOf(client, request), "Read timeout on endpoint URL: \"" + server->url() + '"');
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(200));
  }
}

TEST(SlowServers, HaveNoMoreTimeThoughThereIsAByteToRead) {
  TestServer server([](Peer& peer) {
    peer.send("xx");
    peer.read();
  });
  const auto now = std::chrono::steady_clock::now();
  Connection connection("127.0.0.1", server.port(), now + std::chrono::minutes(1));
  char byte = 0;
  EXPECT_EQ(connection.read({&byte, 1}, now + std::chrono::minutes(1)), 1u);
  EXPECT_THROW(connection.read({&byte, 1}, now - milliseconds(1)), NetworkError);
}

TEST(SlowServers, HaveMoreTimeForALargeBody) {
  TestServer server([](Peer& peer) {
    peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n");
    for (int i = 0; i < 5 && peer.send(std::string(100'000, 'x')); ++i) {
      std::this_thread::sleep_for(milliseconds(100));
    }
  });
  HttpClient client;
  HttpRequest request = requestTo(server.url());
  request.timeout = milliseconds(300);
  EXPECT_EQ(client.send(request).body.size(), 500'000u);
}

}  // namespace
}  // namespace ddblog::aws
