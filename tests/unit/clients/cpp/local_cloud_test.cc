// What LocalCloud says when its program is not there or does not start. The users example's own tests
// (examples/users/cpp/users_test.cc) use it with a cloud.
#include "ddblog/local_cloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddblog {
namespace {

using testing::HasSubstr;

// What a start with this program throws.
template <class Error>
std::string errorOf(const LocalCloudOptions& options) {
  try {
    LocalCloud cloud(options);
  } catch (const Error& error) {
    return error.what();
  }
  return "it started";
}

TEST(LocalCloud, ThatHasNoProgramSaysWhatToDo) {
  EXPECT_EQ(errorOf<ConfigurationError>({.program = "/there/is/no/such/program"}),
            "The program /there/is/no/such/program cannot be started (No such file or directory): put it on the PATH, "
            "or name it in DYNAMODB_LOG.");
}

TEST(LocalCloud, ThatEndsInsteadOfListeningSaysWhatItHasPrinted) {
  const std::string error = errorOf<std::runtime_error>({.program = "ls"});  // knows no folder "offline"
  EXPECT_THAT(error, HasSubstr("ls ended with status 2:\n"));
  EXPECT_THAT(error, HasSubstr("--in-memory"));
}

}  // namespace
}  // namespace ddblog
