#include "cli/terminal/ending.h"

#include <gtest/gtest.h>

#include "cli/terminal/exit_status.h"
#include "ddblog/errors.h"
#include "store/directory_lock.h"

namespace ddblog::cli {
namespace {

template <class Exception>
Ending endingWith(const Exception& thrown) {
  return endingOf(std::make_exception_ptr(thrown));
}

TEST(Ending, EveryKindOfErrorHasItsExitStatus) {
  EXPECT_EQ(endingWith(VersionConflict("users#42#stream", 1, 3)).status, kVersionConflict);
  EXPECT_EQ(endingWith(NotReachable("no connection")).status, kNotReachable);
  EXPECT_EQ(endingWith(ServiceError("ValidationException", "no", 400)).status, kRefused);
  EXPECT_EQ(endingWith(ConfigurationError("no region")).status, kConfiguration);
  EXPECT_EQ(endingWith(StoreInUse("in use")).status, kInUse);
  EXPECT_EQ(endingWith(std::invalid_argument("not JSON")).status, kUsage);
  EXPECT_EQ(endingWith(std::runtime_error("disk full")).status, kFailure);
  EXPECT_EQ(endingOf(std::make_exception_ptr(1)).status, kFailure);
}

TEST(Ending, SaysWhatWasWrongAndWhatToDo) {
  const std::string conflict = endingWith(VersionConflict("users#42#stream", 1, 3)).line;
  EXPECT_NE(conflict.find("is at version 3, not at version 1"), std::string::npos);
  EXPECT_NE(endingWith(NotReachable("no connection")).line.find("dynamodb-log offline"), std::string::npos);
  EXPECT_NE(endingWith(ServiceError("ResourceNotFoundException", "", 400)).line.find("--stage"), std::string::npos);
}

TEST(Ending, IsOneLine) { EXPECT_EQ(oneLine("two\nlines\n"), "two lines"); }

}  // namespace
}  // namespace ddblog::cli
