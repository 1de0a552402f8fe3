// The operations of S3 that a deployment needs: one bucket at a time, path style
// (https://s3.REGION.amazonaws.com/BUCKET/KEY), each object in one request.
//
//   aws::S3 s3(session, "111122223333");
//   if (!s3.hasObject(bucket, key)) s3.putObject(bucket, key, bytes);
//
// A bucket in another region than the session's answers with a redirect, which is followed: S3 asks the
// region that the answer names, and remembers it.
//
// Limits: an object of 5 GB at most (PutObject); pages of 1000 keys.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
//
// Errors: ServiceError ("NoSuchBucket", "HTTP 403" for a HEAD), ConnectionError, CredentialsError.
// Thread safety: none.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"

namespace ddblog::aws {

class S3 {
 public:
  // `owner`: the account that the buckets must belong to (x-amz-expected-bucket-owner).
  S3(Session& session, std::string owner) : session_(session), owner_(std::move(owner)) {}
  S3(const S3&) = delete;

  // The region of a bucket; std::nullopt: there is no such bucket.
  std::optional<std::string> bucketRegion(const std::string& bucket);

  // Makes a bucket in the session's region. `account_regional`: in the account's own namespace, where
  // nobody else can have taken the name. A bucket that the account already has is fine.
  void createBucket(const std::string& bucket, bool account_regional);

  bool hasObject(const std::string& bucket, const std::string& key);
  void putObject(const std::string& bucket, const std::string& key, std::string_view bytes);

  // The keys that begin with `prefix`. Throws std::runtime_error if there are more than a million.
  std::vector<std::string> keys(const std::string& bucket, const std::string& prefix);

  // Throws std::runtime_error if S3 keeps one of them, and says why.
  void deleteObjects(const std::string& bucket, const std::vector<std::string>& keys);

 private:
  HttpResponse send(const std::string& bucket, Client::RestRequest request);
  const Client& clientOf(const std::string& region);
  void deletePage(const std::string& bucket, const std::vector<std::string>& keys, std::size_t first, std::size_t end);

  Session& session_;
  const std::string owner_;
  std::map<std::string, std::unique_ptr<const Client>> clients_;  // by region; "": the session's
  std::map<std::string, std::string> regions_;                    // of buckets that redirected
};

}  // namespace ddblog::aws
