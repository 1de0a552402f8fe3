#include "cli/terminal/exit_report.h"

#include <gtest/gtest.h>

#include "cli/terminal/exit_status.h"
#include "ddblog/errors.h"
#include "store/directory_lock.h"

namespace ddblog::cli {
namespace {

template <class Exception>
ExitReport reportOf(const Exception& thrown) {
  return exitReportOf(std::make_exception_ptr(thrown));
}

TEST(ExitReport, EveryKindOfErrorHasItsExitStatus) {
  EXPECT_EQ(reportOf(VersionConflict("users", "42", Expected::version(1), 3)).status, kVersionConflict);
  EXPECT_EQ(reportOf(StreamDeleted("users", "42", 3)).status, kVersionConflict);
  EXPECT_EQ(reportOf(EventIdConflict("users", "42", {"a"})).status, kVersionConflict);
  EXPECT_EQ(reportOf(NotReachable("no connection")).status, kNotReachable);
  EXPECT_EQ(reportOf(ServiceError("ValidationException", "no", 400)).status, kRefused);
  EXPECT_EQ(reportOf(ConfigurationError("no region")).status, kConfiguration);
  EXPECT_EQ(reportOf(StoreInUse("in use")).status, kInUse);
  EXPECT_EQ(reportOf(std::invalid_argument("not JSON")).status, kUsage);
  EXPECT_EQ(reportOf(std::runtime_error("disk full")).status, kFailure);
  EXPECT_EQ(exitReportOf(std::make_exception_ptr(1)).status, kFailure);
}

TEST(ExitReport, SaysWhatWasWrongAndWhatToDo) {
  const std::string conflict = reportOf(VersionConflict("users", "42", Expected::version(1), 3)).line;
  EXPECT_NE(conflict.find("is at version 3; expected: version 1"), std::string::npos);
  EXPECT_NE(reportOf(NotReachable("no connection")).line.find("dynamodb-log offline"), std::string::npos);
  EXPECT_NE(reportOf(ServiceError("ResourceNotFoundException", "", 400)).line.find("--stage"), std::string::npos);
}

TEST(ExitReport, IsOneLine) { EXPECT_EQ(oneLine("two\nlines\n"), "two lines"); }

}  // namespace
}  // namespace ddblog::cli
