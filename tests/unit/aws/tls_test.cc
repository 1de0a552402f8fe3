// TLS: which servers the client believes, and how it says why it does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "aws/http/http_client.h"
#include "unit/aws/test_server.h"

namespace ddblog::aws {
namespace {

using testing::HasSubstr;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class Tls : public testing::Test {
 protected:
  // What the client says about a server with this certificate: the response's body or the error.
  std::string say(const Identity& identity, const std::string& host, TestServer::Handler handler = answering()) {
    TestServer server(std::move(handler), &identity);
    return say(client_, server.url(host));
  }

  static std::string say(HttpClient& client, const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.connect_timeout = std::chrono::milliseconds(20'000);
    try {
      return client.send(request).body;
    } catch (const ConnectionError& error) {
      return error.what();
    }
  }

  static TestServer::Handler answering() {
    return [](Peer& peer) {
      while (!peer.readRequest().empty() && peer.send(kOk)) {
      }
    };
  }

  CertificateAuthority authority_{"authority"};
  HttpClient client_{Proxies(), CaFile{authority_.path(), "AWS_CA_BUNDLE"}};
};

TEST_F(Tls, TheRightCertificateIsAccepted) {
  std::string server_name;
  const auto handler = [&](Peer& peer) {
    server_name = peer.serverName();
    peer.readRequest();
    peer.send(kOk);
  };
  EXPECT_EQ(say(authority_.issue({.names = "DNS:localhost"}), "localhost", handler), "ok");
  EXPECT_EQ(server_name, "localhost");
  EXPECT_EQ(say(authority_.issue({.names = "DNS:*.test.localhost"}), "dynamodb.test.localhost"), "ok");
}

TEST_F(Tls, ACertificateCanBeForAnAddress) {
  std::string server_name = "?";
  const auto handler = [&](Peer& peer) {
    server_name = peer.serverName();
    peer.readRequest();
    peer.send(kOk);
  };
  EXPECT_EQ(say(authority_.issue({.names = "IP:127.0.0.1"}), "127.0.0.1", handler), "ok");
  EXPECT_EQ(server_name, "");
  EXPECT_THAT(say(authority_.issue({.names = "IP:127.0.0.2"}), "127.0.0.1"),
              HasSubstr("the server's certificate is not for 127.0.0.1"));
}

TEST_F(Tls, ConnectionsAreUsedAgain) {
  const Identity identity = authority_.issue({});
  TestServer server(answering(), &identity);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(say(client_, server.url()), "ok");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Tls, AnotherNameIsRefused) {
  for (const char* names : {"DNS:example.com", "DNS:localhost.example.com", "DNS:*.localhost", "DNS:local*"}) {
    EXPECT_THAT(say(authority_.issue({.names = names}), "localhost"),
                HasSubstr("\": the server's certificate is not for localhost"))
        << names;
  }
}

TEST_F(Tls, OnlyTheTimeOfItsValidityCounts) {
  EXPECT_THAT(say(authority_.issue({.valid_from_s = -7200, .valid_until_s = -3600}), "localhost"),
              HasSubstr("the server's certificate has expired"));
  EXPECT_THAT(say(authority_.issue({.valid_from_s = 1800}), "localhost"),
              HasSubstr("the server's certificate is not valid yet. Is this machine's clock right?"));
}

TEST_F(Tls, AnotherAuthorityIsRefused) {
  const CertificateAuthority other("other");
  const std::string said = say(other.issue({}), "localhost");
  EXPECT_THAT(said, testing::StartsWith("SSL validation failed for \"https://localhost:"));
  EXPECT_THAT(said, HasSubstr("no CA of " + authority_.path() + " has signed the server's certificate ("));
  EXPECT_THAT(said, testing::EndsWith("). To trust another CA, name its PEM file in AWS_CA_BUNDLE"));
}

TEST_F(Tls, APlainServerIsRecognised) {
  TestServer server([](Peer& peer) {
    peer.read();
    peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  });
  EXPECT_THAT(say(client_, "https://127.0.0.1:" + std::to_string(server.port())),
              HasSubstr("the server does not speak TLS. Is an http:// URL meant?"));
}

TEST_F(Tls, AFileOfAuthoritiesIsNeeded) {
  const Identity identity = authority_.issue({});
  TestServer server(answering(), &identity);
  const auto sayWith = [&](const CaFile& file) {
    HttpClient client{Proxies(), file};
    return say(client, server.url());
  };
  EXPECT_THAT(sayWith({}), HasSubstr("no CA certificates were found on this machine. Install the package "
                                     "ca-certificates, or name a PEM file in AWS_CA_BUNDLE"));
  EXPECT_THAT(sayWith({"/no/such/file", "SSL_CERT_FILE"}),
              HasSubstr("the file of CA certificates /no/such/file (SSL_CERT_FILE) cannot be read: No such file"));
  const std::string path = testing::TempDir() + "no_certificates.pem";
  std::ofstream(path) << "no certificates\n";
  EXPECT_THAT(sayWith({path, ""}), HasSubstr(path + " holds no certificates in PEM format"));
  std::filesystem::remove(path);
}

TEST_F(Tls, AResponseThatIsCutOffIsNoResponse) {
  const Identity identity = authority_.issue({});
  const auto cut = [](const std::string& response) {
    return [response](Peer& peer) {
      peer.readRequest();
      peer.send(response);
    };
  };
  EXPECT_THAT(say(identity, "localhost", cut("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok")),
              HasSubstr("Connection was closed before we received a valid response"));
  // Anybody on the way can close a connection, so only TLS's own end ends a body without a length.
  EXPECT_THAT(say(identity, "localhost", cut("HTTP/1.1 200 OK\r\n\r\nok")),
              HasSubstr("Connection was closed before we received a valid response"));
  EXPECT_EQ(say(identity, "localhost",
                [](Peer& peer) {
                  peer.readRequest();
                  peer.send("HTTP/1.1 200 OK\r\n\r\nok");
                  peer.shutDownTls();
                }),
            "ok");
}

TEST_F(Tls, AHandshakeThatDoesNotEndIsGivenUp) {
  TestServer server([](Peer& peer) {
    while (!peer.read().empty()) {
    }
  });
  HttpRequest request;
  request.url = "https://127.0.0.1:" + std::to_string(server.port());
  request.connect_timeout = std::chrono::milliseconds(200);
  try {
    client_.send(request);
    FAIL();
  } catch (const ConnectionError& error) {
    EXPECT_EQ(error.what(), "Connect timeout on endpoint URL: \"" + request.url + '"');
  }
}

TEST_F(Tls, AServerThatDoesNotAnswerIsGivenUp) {
  const Identity identity = authority_.issue({});
  TestServer server(
      [](Peer& peer) {
        while (!peer.read().empty()) {
        }
      },
      &identity);
  HttpRequest request;
  request.url = server.url();
  request.connect_timeout = std::chrono::milliseconds(20'000);
  request.timeout = std::chrono::milliseconds(200);
  EXPECT_THROW(client_.send(request), ConnectionError);
}

TEST_F(Tls, LargeBodiesGoBothWays) {
  const Identity identity = authority_.issue({});
  const std::string body(5u << 20, 'x');
  TestServer server(
      [&](Peer& peer) {
        const std::string request = peer.readRequest();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
        peer.send(request.substr(request.find("\r\n\r\n") + 4));
      },
      &identity);
  HttpRequest request;
  request.method = "POST";
  request.url = server.url();
  request.connect_timeout = std::chrono::milliseconds(20'000);
  request.body = body;
  EXPECT_TRUE(client_.send(request).body == body);
}

}  // namespace
}  // namespace ddblog::aws
