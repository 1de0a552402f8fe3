// Which template of a directory of CDK is deployed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "deploy/aws/application_package.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

class DeployedTemplate : public testing::Test {
 protected:
  void write(const std::string& name) { std::ofstream(directory_.path() / name) << "{}"; }
  std::string refusal() {
    try {
      return "not refused: " + deployedTemplate(directory_.path()).string();
    } catch (const std::exception& e) {
      return e.what();
    }
  }
  TemporaryDirectory directory_;
};

TEST_F(DeployedTemplate, IsAFileItself) {
  write("template.yaml");
  EXPECT_EQ(deployedTemplate(directory_.path() / "template.yaml"), directory_.path() / "template.yaml");
}

TEST_F(DeployedTemplate, IsTheOnlyStackOfADirectory) {
  write("manifest.json");
  write("ShopCarts.nested.template.json");
  write("Shop.template.json");
  EXPECT_EQ(deployedTemplate(directory_.path()), directory_.path() / "Shop.template.json");
}

TEST_F(DeployedTemplate, MustBeNamedIfThereAreSeveral) {
  write("Shop.template.json");
  write("Data.template.json");
  EXPECT_THAT(refusal(), testing::HasSubstr("has the stacks Data, Shop: deploy one after another, each by its file"));
}

TEST_F(DeployedTemplate, IsMissingInAnotherDirectory) {
  EXPECT_THAT(refusal(), testing::HasSubstr("has no *.template.json: run `cdk synth`"));
}

}  // namespace
}  // namespace ddblog::deploy
