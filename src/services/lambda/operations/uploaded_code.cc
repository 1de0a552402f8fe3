#include "services/lambda/operations/uploaded_code.h"

#include <utility>

#include "base/base64.h"
#include "services/lambda/code/zip_archive.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/stored_code.h"

namespace ddblog::lambda {

UploadedCode::UploadedCode(rpc::ObjectReader& code) {
  if (auto zip = code.string("ZipFile")) {
    has_zip_ = true;
    base64_ = std::move(*zip);
  }
  has_bucket_ = code.string("S3Bucket").has_value();
  has_image_ = code.string("ImageUri").has_value();
}

void UploadedCode::check() {
  if (has_bucket_) {
    throw invalidParameterValue(
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not "
        "exist");
  }
  if (has_image_) throw invalidParameterValue("container images do not run offline");
  if (!has_zip_) throw invalidParameterValue("Please provide a source for function code.");
  auto zip = fromBase64(base64_);
  if (!zip)
    throw ApiError("InvalidRequestContentException", "Could not parse request body into json: ZipFile is not base64");
  base64_.clear();
  zip_ = std::move(*zip);
  try {
    checkZip(zip_);
  } catch (const BadZip& bad) {
    if (bad.kind() == BadZip::Kind::kTooLarge) throw invalidParameterValue(bad.what());
    throw invalidParameterValue("Could not unzip uploaded file. Please check your file, then try to upload again.");
  }
  code_ = codeOf(zip_);
}

}  // namespace ddblog::lambda
