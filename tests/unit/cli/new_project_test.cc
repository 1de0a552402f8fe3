#include "cli/new_project.h"

#include <gtest/gtest.h>

namespace ddblog::cli {
namespace {

TEST(NewProject, IsNamedAfterItsDirectory) {
  EXPECT_EQ(projectName("/tmp/shop"), "shop");
  EXPECT_EQ(projectName("/tmp/shop/"), "shop");
  EXPECT_EQ(projectName("/tmp/My Web_Shop 2"), "my-web-shop-2");
  EXPECT_EQ(projectName("/tmp/2nd shop!"), "nd-shop");
  EXPECT_EQ(projectName("/tmp/köp"), "k-p");
}

TEST(NewProject, HasANameThatPackagesCanHave) {
  EXPECT_EQ(projectName("/tmp/42"), "orders");
  EXPECT_EQ(projectName("/"), "orders");
  EXPECT_EQ(projectName("/tmp/dynamodb-log"), "orders");  // npm would take it for the library
}

}  // namespace
}  // namespace ddblog::cli
