// The shared configuration of a client's TLS connections: TLS 1.2 or newer, and the CA
// certificates.
//
// The certificates are loaded at the first connection, because that takes about 20 ms and most
// programs only talk to this machine.
//
// Thread safety: newConnection() may be called from any thread.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "aws/http/ca_file.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

class TlsContext {
 public:
  explicit TlsContext(CaFile ca_file) : ca_file_(std::move(ca_file)) {}

  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  // A new connection to `host` (a name or an IP address, without brackets), before its handshake.
  // It accepts only a certificate for that host, signed by one of the CAs. Throws NetworkError if
  // there are no CA certificates.
  std::unique_ptr<SSL, FreeSsl> newConnection(const std::string& host);

  // Why the handshake of `ssl` failed, in one line that says what to do. `error`: OpenSSL's error
  // code.
  std::string explainFailure(SSL* ssl, const std::string& host, unsigned long error) const;

 private:
  SSL_CTX* contextLocked() REQUIRES(mutex_);

  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  const CaFile ca_file_;
  Mutex mutex_;
  std::unique_ptr<SSL_CTX, FreeContext> context_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::aws
