// The code in a request: FunctionCode, or LayerVersionContentInput, with its archive in base64.
//
// Errors: InvalidParameterValueException for code that is not a zip archive, is too large, or is elsewhere
// (there is no S3 here, and there are no container images).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
// Thread safety: a value.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

class UploadedCode {
 public:
  // Reads the members; broken constraints are collected.
  explicit UploadedCode(rpc::ObjectReader& code);
  // Unpacks the archive to nowhere. Call it once, before the other methods.
  void check();

  const Code& code() const { return code_; }
  const std::string& zip() const { return zip_; }

 private:
  std::string base64_;
  bool has_zip_ = false;
  bool has_bucket_ = false;
  bool has_image_ = false;
  std::string zip_;
  Code code_;
};

}  // namespace ddblog::lambda
