// Which template of a directory of CDK is deployed, and how its stack is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "deploy/aws/deployed_template.h"
#include "deploy/package/package_error.h"
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
  EXPECT_THAT(refusal(), testing::HasSubstr("has the stacks Data, Shop: name one by its file"));
}

TEST_F(DeployedTemplate, IsMissingInAnotherDirectory) {
  EXPECT_THAT(refusal(), testing::HasSubstr("has no *.template.json: run `cdk synth`"));
}

class ApplicationName : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name) {
    const std::filesystem::path file = directory_.path() / "shop" / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "{}";
    return file;
  }
  TemporaryDirectory directory_;
};

TEST_F(ApplicationName, IsThatOfTheTemplatesFolder) {
  EXPECT_EQ(applicationName(write("template.yaml")), "shop");
  EXPECT_EQ(applicationName(write("infra/app.template.json")), "infra");  // this name alone is no sign of CDK
  EXPECT_EQ(applicationName(directory_.path() / "shop" / "absent.yaml"), "shop");
}

TEST_F(ApplicationName, OfTheOnlyStackOfCdkIsThatOfItsFolder) {
  write("cdk.out/manifest.json");
  const std::filesystem::path stack = write("cdk.out/Shop.template.json");
  EXPECT_EQ(applicationName(stack), "shop");
  EXPECT_EQ(applicationName(stack.parent_path()), "shop");
  EXPECT_EQ(applicationName(stack.parent_path() / ""), "shop");
}

// Otherwise the second stack would take the place of the first.
TEST_F(ApplicationName, OfEachOfSeveralStacksIsItsOwn) {
  write("cdk.out/manifest.json");
  write("cdk.out/assembly-Prod/manifest.json");
  const std::filesystem::path data = write("cdk.out/Data.template.json");
  EXPECT_EQ(applicationName(data), "shop");
  const std::filesystem::path api = write("cdk.out/assembly-Prod/ProdApi.template.json");
  EXPECT_EQ(applicationName(data), "shop-Data");
  EXPECT_EQ(applicationName(api), "shop-ProdApi");
  EXPECT_EQ(applicationName(api.parent_path()), "shop-ProdApi");
  EXPECT_THROW(applicationName(data.parent_path()), PackageError);
}

}  // namespace
}  // namespace ddblog::deploy
