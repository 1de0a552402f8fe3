#include "cli/terminal/exit_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/terminal/exit_status.h"
#include "ddblog/errors.h"
#include "store/directory_lock.h"

namespace ddblog::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

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
}

TEST(ExitReport, AdvisesByTheEndpointThatIsNotReached) {
  EXPECT_THAT(reportOf(NotReachable("Could not connect to \"http://localhost:8000/\"")).line,
              HasSubstr("Is the offline cloud running (dynamodb-log offline)?"));
  EXPECT_EQ(reportOf(NotReachable("Could not connect to \"https://sts.eu-nort-1.amazonaws.com/\"")).line,
            "Could not connect to \"https://sts.eu-nort-1.amazonaws.com/\". "
            "Check the network, the region, and what is configured as the endpoint.");
}

TEST(ExitReport, AdvisesByTheErrorOfTheService) {
  EXPECT_EQ(reportOf(ServiceError("ResourceNotFoundException", "Requested resource not found", 400)).line,
            "The service returned an error: ResourceNotFoundException: Requested resource not found. "
            "Does the table exist at this endpoint? Check --stage and --endpoint-url.");
  EXPECT_THAT(reportOf(ServiceError("ExpiredToken", "It is expired.", 403)).line,
              EndsWith("It is expired. Get new credentials: with `aws sso login`, or as you got these."));
  EXPECT_THAT(reportOf(ServiceError("UnrecognizedClientException", "It is invalid.", 400)).line,
              HasSubstr("Check the credentials"));
  EXPECT_THAT(reportOf(ServiceError("InvalidSignatureException",
                                    "Signature expired: 20261128T100000Z is now earlier than 20261128T110000Z", 400))
                  .line,
              EndsWith("T110000Z. Check the clock of this machine: AWS compares it with its own."));
  EXPECT_THAT(reportOf(ServiceError("RequestTimeTooSkewed", "The difference is too large.", 403)).line,
              HasSubstr("Check the clock"));
  EXPECT_EQ(reportOf(ServiceError("ValidationException", "no", 400)).line,
            "The service returned an error: ValidationException: no");
}

TEST(ExitReport, IsOneLine) { EXPECT_EQ(oneLine("two\nlines\n"), "two lines"); }

}  // namespace
}  // namespace ddblog::cli
