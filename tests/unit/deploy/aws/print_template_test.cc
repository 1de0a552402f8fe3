#include "deploy/aws/print_template.h"

#include <gtest/gtest.h>

#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

TEST(PrintTemplate, IsJsonOverSeveralLines) {
  const TemporaryDirectory folder;
  PackageRequest request;
  request.template_file =
      folder.write("template.yaml", "Resources:\n  Q: {Type: AWS::SQS::Queue, Tags: [], A: [1, b]}\n");
  request.stage = "dev";
  EXPECT_EQ(printTemplate(request), R"({
  "Resources": {
    "Q": {
      "Type": "AWS::SQS::Queue",
      "Tags": [],
      "A": [
        1,
        "b"
      ]
    }
  }
}
)");
}

}  // namespace
}  // namespace ddblog::deploy
