#include "aws/http/tls_context.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "aws/http/network_error.h"

namespace ddblog::aws {

namespace {

bool isIpAddress(const std::string& host) {
  in6_addr address{};  // large enough for both
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 || ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

[[noreturn]] void failTls(const std::string& reason) { throw NetworkError(NetworkError::Kind::kTls, reason); }

}  // namespace

SSL_CTX* TlsContext::contextLocked() {
  if (context_) return context_.get();
  if (ca_file_.path.empty()) {
    failTls(
        "no CA certificates were found on this machine. Install the package ca-certificates, or name a PEM file in "
        "AWS_CA_BUNDLE");
  }
  std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // An idle connection needs no buffers.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  const std::string file = ca_file_.path + (ca_file_.named_by.empty() ? "" : " (" + ca_file_.named_by + ')');
  if (::access(ca_file_.path.c_str(), R_OK) != 0) {
    failTls("the file of CA certificates " + file + " cannot be read: " + std::strerror(errno));
  }
  if (SSL_CTX_load_verify_file(context.get(), ca_file_.path.c_str()) != 1) {
    ERR_clear_error();
    failTls("the file of CA certificates " + file + " holds no certificates in PEM format");
  }
  context_ = std::move(context);
  return context_.get();
}

std::unique_ptr<SSL, TlsContext::FreeSsl> TlsContext::newConnection(const std::string& host) {
  SSL_CTX* context;
  {
    MutexLock lock(mutex_);
    context = contextLocked();
  }
  std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context));
  if (!ssl) throw std::bad_alloc();
  bool is_set;
  if (isIpAddress(host)) {
    // An IP address is not a valid server name (RFC 6066), but certificates can contain one.
    is_set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) == 1;
  } else {
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    is_set = SSL_set1_host(ssl.get(), host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl.get(), host.c_str()) == 1;
  }
  if (!is_set) failTls("the host name " + host + " cannot be in a certificate");
  return ssl;
}

std::string TlsContext::explainFailure(SSL* ssl, const std::string& host, unsigned long error) const {
  const long verified = SSL_get_verify_result(ssl);
  switch (verified) {
    case X509_V_OK:
      break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the server's certificate is not for " + host;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the server's certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the server's certificate is not valid yet. Is this machine's clock right?";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "no CA of " + ca_file_.path + " has signed the server's certificate (" +
             X509_verify_cert_error_string(verified) + "). To trust another CA, name its PEM file in AWS_CA_BUNDLE";
    default:
      return std::string("the server's certificate is not valid: ") + X509_verify_cert_error_string(verified);
  }
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_WRONG_VERSION_NUMBER) {
    return "the server does not speak TLS. Is an http:// URL meant?";
  }
  const char* reason = ERR_reason_error_string(error);
  return reason ? reason : "the TLS handshake failed";
}

}  // namespace ddblog::aws
