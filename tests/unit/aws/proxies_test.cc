// Proxies: which requests go through one, and how.
#include "aws/http/proxies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "aws/endpoint.h"
#include "aws/http/http_client.h"
#include "aws/http/network_error.h"
#include "unit/aws/test_server.h"

namespace ddblog::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

Proxies proxiesOf(std::map<std::string, std::string> variables) {
  return Proxies([variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

// The proxy's URL and who named it; "direct" without one.
std::string proxyFor(const std::string& url, std::map<std::string, std::string> variables) {
  const auto proxy = proxiesOf(std::move(variables)).find(parseEndpoint(url));
  return proxy ? proxy->url() + ' ' + proxy->variable : "direct";
}

TEST(FindingTheProxy, GoesByTheScheme) {
  const std::map<std::string, std::string> both = {{"HTTP_PROXY", "http://one:1"}, {"HTTPS_PROXY", "http://two:2"}};
  EXPECT_EQ(proxyFor("http://example.com", both), "http://one:1 HTTP_PROXY");
  EXPECT_EQ(proxyFor("https://example.com", both), "http://two:2 HTTPS_PROXY");
  EXPECT_EQ(proxyFor("https://example.com", {{"HTTP_PROXY", "http://one:1"}}), "direct");
  EXPECT_EQ(proxyFor("https://example.com", {{"ALL_PROXY", "http://one:1"}}), "http://one:1 ALL_PROXY");
  EXPECT_EQ(proxyFor("https://example.com", {{"https_proxy", "a:1"}, {"HTTPS_PROXY", "b:2"}}),
            "http://a:1 https_proxy");
}

TEST(FindingTheProxy, UnderstandsItsUrl) {
  EXPECT_EQ(proxyFor("http://x.com", {{"http_proxy", "proxy"}}), "http://proxy http_proxy");
  EXPECT_EQ(proxyFor("http://x.com", {{"http_proxy", "HTTP://[fd00::1]:3128/"}}), "http://[fd00::1]:3128 http_proxy");
  const auto proxy = proxiesOf({{"http_proxy", "http://us%40er:pass@proxy:1"}}).find(parseEndpoint("http://x.com"));
  EXPECT_EQ(proxy->authorization, "Basic dXNAZXI6cGFzcw==");
  EXPECT_EQ(proxy->url(), "http://proxy:1");
}

TEST(FindingTheProxy, RefusesWhatIsNoHttpProxy) {
  for (const char* value : {"socks5://user:secret@proxy:1", "https://user:secret@proxy:1", "http://user:secret@:0"}) {
    try {
      proxyFor("http://x.com", {{"http_proxy", value}});
      FAIL() << value;
    } catch (const NetworkError& error) {
      EXPECT_THAT(error.what(), HasSubstr("http_proxy does not name an HTTP proxy"));
      EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
    }
  }
}

TEST(FindingTheProxy, LeavesThisMachineAlone) {
  for (const char* url : {"http://localhost:8000", "http://127.0.0.1", "http://[::1]", "http://169.254.169.254",
                          "http://169.254.170.2", "http://[fd00:ec2::254]", "http://[fe80::1]"}) {
    EXPECT_EQ(proxyFor(url, {{"http_proxy", "proxy:1"}}), "direct") << url;
  }
}

TEST(Exceptions, AreNamesNetworksAndPorts) {
  const auto matches = [](const char* pattern, const std::string& host, int port = 443) {
    return matchesNoProxy(pattern, host, port);
  };
  EXPECT_TRUE(matches("*", "anything"));
  for (const char* pattern : {"example.com", ".example.com", "*.example.com", "EXAMPLE.com", "example.com:443"}) {
    EXPECT_TRUE(matches(pattern, "example.com")) << pattern;
    EXPECT_TRUE(matches(pattern, "a.b.Example.com")) << pattern;
    EXPECT_FALSE(matches(pattern, "notexample.com")) << pattern;
    EXPECT_FALSE(matches(pattern, "example.com.org")) << pattern;
  }
  EXPECT_FALSE(matches("example.com:8443", "example.com"));
  EXPECT_TRUE(matches("10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(matches("1.2.3", "10.1.2.3"));
  EXPECT_TRUE(matches("10.0.0.0/8", "10.1.2.3"));
  EXPECT_TRUE(matches("10.1.2.2/31", "10.1.2.3"));
  EXPECT_FALSE(matches("10.1.2.4/31", "10.1.2.3"));
  EXPECT_FALSE(matches("10.0.0.0/33", "10.0.0.0"));
  EXPECT_FALSE(matches("10.0.0.0/x", "10.0.0.0"));
  EXPECT_TRUE(matches("fd00::/8", "fd12::1"));
  EXPECT_TRUE(matches("[fd12::1]:443", "fd12::1"));
  EXPECT_FALSE(matches("[fd12::1]:80", "fd12::1"));
  EXPECT_FALSE(matches("fd00::/8", "10.1.2.3"));
  for (const char* pattern : {"", ".", "*.", ":443", "[", "[]"}) EXPECT_FALSE(matches(pattern, "a")) << pattern;
}

TEST(Exceptions, AreSeparatedByCommasOrBlanks) {
  const std::map<std::string, std::string> variables = {{"http_proxy", "proxy:1"}, {"NO_PROXY", "a.com, b.com c.com"}};
  for (const char* url : {"http://a.com", "http://b.com", "http://c.com"})
    EXPECT_EQ(proxyFor(url, variables), "direct");
  EXPECT_EQ(proxyFor("http://d.com", variables), "http://proxy:1 http_proxy");
}

// A client whose requests for hosts in .test go through the proxy.
std::string say(const std::string& proxy_url, const std::string& url, const CaFile& ca_file = {}) {
  HttpClient client(proxiesOf({{"all_proxy", proxy_url}}), ca_file);
  HttpRequest request;
  request.url = url;
  request.connect_timeout = std::chrono::milliseconds(20'000);
  try {
    return client.send(request).body;
  } catch (const ConnectionError& error) {
    return error.what();
  }
}

TEST(APlainRequest, IsGivenToTheProxyWhole) {
  std::string seen;
  TestServer proxy([&](Peer& peer) {
    seen = peer.readRequest();
    peer.send(kOk);
  });
  const std::string proxy_url = "http://user:pass@127.0.0.1:" + std::to_string(proxy.port());
  EXPECT_EQ(say(proxy_url, "http://dynamodb.test/path?q"), "ok");
  EXPECT_THAT(seen, testing::StartsWith("GET http://dynamodb.test/path?q HTTP/1.1\r\nHost: dynamodb.test\r\n"));
  EXPECT_THAT(seen, HasSubstr("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"));
}

// A proxy that connects everybody to one server and notes what it was asked for.
class TunnellingProxy {
 public:
  explicit TunnellingProxy(const TestServer& to) : to_(to), server_([this](Peer& peer) { serve(peer); }) {}
  std::string url() const { return "http://user:pass@127.0.0.1:" + std::to_string(server_.port()); }
  const std::string& seen() const { return seen_; }

 private:
  void serve(Peer& peer) {
    seen_ = peer.readRequest();
    const int onward = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(to_.port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(onward, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
    std::thread back([&] {
      char bytes[4096];
      for (ssize_t count; (count = ::recv(onward, bytes, sizeof bytes, 0)) > 0;) {
        peer.send({bytes, static_cast<std::size_t>(count)});
      }
      ::shutdown(peer.descriptor(), SHUT_RDWR);
    });
    for (std::string bytes; !(bytes = peer.read()).empty();) {
      ::send(onward, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    ::shutdown(onward, SHUT_RDWR);
    back.join();
    ::close(onward);
  }

  const TestServer& to_;
  std::string seen_;
  TestServer server_;
};

TEST(ARequestWithTls, GoesThroughATunnel) {
  CertificateAuthority authority("proxied");
  const Identity identity = authority.issue({.names = "DNS:dynamodb.test"});
  std::string request;
  TestServer server(
      [&](Peer& peer) {
        request = peer.readRequest();
        peer.send(kOk);
      },
      &identity);
  TunnellingProxy proxy(server);
  EXPECT_EQ(say(proxy.url(), "https://dynamodb.test/path", {authority.path(), ""}), "ok");
  EXPECT_EQ(proxy.seen(),
            "CONNECT dynamodb.test:443 HTTP/1.1\r\nHost: dynamodb.test:443\r\n"
            "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n");
  EXPECT_THAT(request, testing::StartsWith("GET /path HTTP/1.1\r\nHost: dynamodb.test\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("Proxy-Authorization")));
  // The certificate is the server's, whatever stands in between.
  EXPECT_THAT(say(proxy.url(), "https://other.test/", {authority.path(), ""}),
              HasSubstr("the server's certificate is not for other.test"));
}

// What is said of a proxy that answers CONNECT so; its port is shown as PORT.
std::string sayOfProxyThatAnswers(const std::string& answer) {
  TestServer proxy([&](Peer& peer) {
    peer.readRequest();
    peer.send(answer);
  });
  const std::string port = std::to_string(proxy.port());
  std::string said = say("http://user:secret@127.0.0.1:" + port, "https://dynamodb.test");
  const std::size_t at = said.find(":" + port + " ");
  return at == std::string::npos ? said : said.replace(at + 1, port.size(), "PORT");
}

TEST(AProxyThatDoesNotHelp, IsNamedWithoutItsPassword) {
  const std::string begin =
      "Could not connect to the endpoint URL \"https://dynamodb.test\": the proxy http://127.0.0.1:PORT (all_proxy): ";
  EXPECT_EQ(sayOfProxyThatAnswers("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 500\r\n\r\n"),
            begin + "it answered CONNECT with status 407; does its URL have the right user and password?");
  EXPECT_EQ(sayOfProxyThatAnswers("HTTP/1.1 502 Bad Gateway\r\n\r\n"), begin + "it answered CONNECT with status 502");
  EXPECT_THAT(sayOfProxyThatAnswers("SSH-2.0-OpenSSH_9.2\r\n"),
              HasSubstr("what the proxy http://127.0.0.1:PORT (all_proxy) answered is not HTTP"));
  EXPECT_EQ(sayOfProxyThatAnswers(""), begin + "the server closed it");
}

TEST(AProxyThatIsNotThere, IsNamed) {
  std::string port;
  {
    TestServer gone([](Peer&) {});
    port = std::to_string(gone.port());
  }
  EXPECT_THAT(say("http://127.0.0.1:" + port, "http://dynamodb.test"),
              HasSubstr("the proxy http://127.0.0.1:" + port + " (all_proxy): Connection refused"));
}

}  // namespace
}  // namespace ddblog::aws
