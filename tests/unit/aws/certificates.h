// Certificates of tests, made when they are needed: a certificate authority, and what it signs.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace ddblog::aws {

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

struct Identity {
  std::unique_ptr<EVP_PKEY, FreeOpenSsl> key{EVP_EC_gen("P-256")};
  std::unique_ptr<X509, FreeOpenSsl> certificate{X509_new()};
};

struct CertificateOptions {
  std::string names = "DNS:localhost,IP:127.0.0.1";  // subjectAltName
  long valid_from_s = -3600;                         // from now
  long valid_until_s = 3600;
};

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name) : name_(name) {
    fill(identity_, name, {}, "CA:TRUE");
    sign(identity_);
  }
  ~CertificateAuthority() { std::filesystem::remove(path_); }

  Identity issue(const CertificateOptions& options) const {
    Identity identity;
    fill(identity, "a server", options, "CA:FALSE");
    addExtension(identity, NID_subject_alt_name, options.names);
    sign(identity);
    return identity;
  }

  // A file with its certificate in PEM format.
  const std::string& path() {
    if (!path_.empty()) return path_;
    path_ = std::filesystem::temp_directory_path() / ("ddblog-" + name_ + '-' + std::to_string(::getpid()) + ".pem");
    std::FILE* file = std::fopen(path_.c_str(), "w");
    if (!file || PEM_write_X509(file, identity_.certificate.get()) != 1) throw std::runtime_error("no PEM file");
    std::fclose(file);
    return path_;
  }

 private:
  void fill(Identity& identity, const std::string& name, const CertificateOptions& options,
            const std::string& constraints) const {
    X509* certificate = identity.certificate.get();
    X509_set_version(certificate, 2);
    static long serial = 1;
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), options.valid_from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), options.valid_until_s);
    X509_set_pubkey(certificate, identity.key.get());
    addName(X509_get_subject_name(certificate), name);
    addName(X509_get_issuer_name(certificate), name_);
    addExtension(identity, NID_basic_constraints, constraints);
  }

  static void addName(X509_NAME* name, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1,
                               0);
  }

  static void addExtension(Identity& identity, int id, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
    if (!extension) throw std::runtime_error("no extension " + value);
    X509_add_ext(identity.certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  void sign(Identity& identity) const {
    if (X509_sign(identity.certificate.get(), identity_.key.get(), EVP_sha256()) == 0) {
      throw std::runtime_error("no signature");
    }
  }

  const std::string name_;
  Identity identity_;
  std::string path_;
};

}  // namespace ddblog::aws
