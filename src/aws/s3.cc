#include "aws/s3.h"

#include <algorithm>
#include <stdexcept>

#include "aws/pages.h"
#include "aws/sigv4.h"
#include "aws/xml.h"
#include "base/base64.h"
#include "base/digests.h"
#include "base/xml_text.h"

namespace ddblog::aws {
namespace {

constexpr std::size_t kKeysOfADeletion = 1000;  // S3's limit
constexpr std::size_t kMostKeyPages = 1000;     // ours; a page has up to 1000 keys
constexpr std::string_view kS3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

// The region that a response names because it is the bucket's; empty: none.
std::string redirectOf(const HttpResponse& response) {
  if (response.status / 100 != 3) return {};
  const auto found = response.headers.find("x-amz-bucket-region");
  return found == response.headers.end() ? std::string() : found->second;
}

// The same of an error: of AuthorizationHeaderMalformed, and of a HEAD, which has no body.
std::string redirectOf(const ServiceError& error) {
  if (error.status() != 400) return {};
  if (const std::string region = error.header("x-amz-bucket-region"); !region.empty()) return region;
  if (error.type() != "AuthorizationHeaderMalformed") return {};
  try {
    return parseXml(error.body()).textOf("Region");
  } catch (const std::invalid_argument&) {
    return {};
  }
}

std::string objectPath(const std::string& bucket, const std::string& key) {
  return '/' + percentEncode(bucket) + '/' + percentEncode(key, true);
}

std::string md5Base64(std::string_view bytes) {
  Md5 md5;
  md5.add(bytes);
  return toBase64(bytesOf(md5.finish()));
}

}  // namespace

const Client& S3::clientOf(const std::string& region) {
  auto& client = clients_[region];
  if (!client) client = std::make_unique<const Client>(session_, kS3, region);
  return *client;
}

HttpResponse S3::send(const std::string& bucket, Client::RestRequest request) {
  request.headers.emplace_back("x-amz-expected-bucket-owner", owner_);
  std::string asked = regions_[bucket];
  std::string redirect;
  try {
    const Client& client = clientOf(asked);
    if (asked.empty()) asked = client.endpoint().region;
    HttpResponse response = client.send(request);
    redirect = redirectOf(response);
    if (redirect.empty() && response.status / 100 == 2) return response;
    if (redirect.empty()) {
      throw std::runtime_error("S3 answered with status " + std::to_string(response.status) + " for the bucket " +
                               bucket + ", and does not say where the bucket is.");
    }
  } catch (const ServiceError& error) {
    redirect = redirectOf(error);
    if (redirect.empty() || redirect == asked) throw;
  }
  if (redirect == asked) throw std::runtime_error("S3 redirects from " + asked + " to itself for the bucket " + bucket);
  regions_[bucket] = redirect;
  return clientOf(redirect).send(request);
}

std::optional<std::string> S3::bucketRegion(const std::string& bucket) {
  try {
    const HttpResponse response = send(bucket, {.method = "HEAD", .path = '/' + percentEncode(bucket)});
    const auto found = response.headers.find("x-amz-bucket-region");
    if (found != response.headers.end()) return found->second;
    return clientOf(regions_[bucket]).endpoint().region;
  } catch (const ServiceError& error) {
    if (error.status() == 404) return std::nullopt;
    if (error.status() == 403) {
      throw std::runtime_error(
          "The bucket " + bucket +
          " is another account's, or you may not use it (s3:ListBucket): choose one with --bucket.");
    }
    throw;
  }
}

void S3::createBucket(const std::string& bucket, bool account_regional) {
  const Client& client = clientOf({});
  const std::string& region = client.endpoint().region;
  std::string body;
  if (region != "us-east-1") {  // the only region that must not be named
    body = "<CreateBucketConfiguration xmlns=\"" + std::string(kS3Namespace) + "\"><LocationConstraint>" +
           escapeXml(region) + "</LocationConstraint></CreateBucketConfiguration>";
  }
  Client::RestRequest request{.method = "PUT", .path = '/' + percentEncode(bucket), .body = body};
  if (account_regional) request.headers.emplace_back("x-amz-bucket-namespace", "account-regional");
  try {
    client.send(request);
  } catch (const ServiceError& error) {
    if (error.type() != "BucketAlreadyOwnedByYou") throw;
  }
}

bool S3::hasObject(const std::string& bucket, const std::string& key) {
  try {
    send(bucket, {.method = "HEAD", .path = objectPath(bucket, key)});
    return true;
  } catch (const ServiceError& error) {
    // Without the permission to list the bucket, S3 answers 403 for an object that is not there.
    if (error.status() == 404 || error.status() == 403) return false;
    throw;
  }
}

void S3::putObject(const std::string& bucket, const std::string& key, std::string_view bytes) {
  send(bucket, {.method = "PUT",
                .path = objectPath(bucket, key),
                .headers = {{"Content-Type", std::string(kS3.content_type)}},
                .body = bytes});
}

std::vector<std::string> S3::keys(const std::string& bucket, const std::string& prefix) {
  std::vector<std::string> keys;
  forEachPage("The list of objects in the bucket " + bucket, kMostKeyPages, [&](const std::string& token) {
    Client::RestRequest request{.path = '/' + percentEncode(bucket), .query = {{"list-type", "2"}, {"prefix", prefix}}};
    if (!token.empty()) request.query.emplace_back("continuation-token", token);
    const XmlElement page = parseXml(send(bucket, request).body);
    for (const XmlElement& child : page.children) {
      if (child.name == "Contents") keys.push_back(child.textOf("Key"));
    }
    return page.textOf("IsTruncated") == "true" ? page.textOf("NextContinuationToken") : std::string();
  });
  return keys;
}

void S3::deleteObjects(const std::string& bucket, const std::vector<std::string>& keys) {
  for (std::size_t first = 0; first < keys.size(); first += kKeysOfADeletion) {
    deletePage(bucket, keys, first, std::min(first + kKeysOfADeletion, keys.size()));
  }
}

void S3::deletePage(const std::string& bucket, const std::vector<std::string>& keys, std::size_t first,
                    std::size_t end) {
  std::string body = "<Delete xmlns=\"" + std::string(kS3Namespace) + "\"><Quiet>true</Quiet>";
  for (std::size_t i = first; i < end; ++i) body += "<Object><Key>" + escapeXml(keys[i]) + "</Key></Object>";
  body += "</Delete>";
  const XmlElement result =
      parseXml(send(bucket, {.method = "POST",
                             .path = '/' + percentEncode(bucket),
                             .query = {{"delete", ""}},
                             .headers = {{"Content-Type", "application/xml"}, {"Content-MD5", md5Base64(body)}},
                             .body = body})
                   .body);
  if (const XmlElement* error = result.find("Error")) {
    throw std::runtime_error("S3 keeps " + error->textOf("Key") + " in the bucket " + bucket + ": " +
                             error->textOf("Message"));
  }
}

}  // namespace ddblog::aws
