// Where the accepted access keys come from, and which files are refused.
#include "cli/options/access_keys.h"

#include <gmock/gmock.h>

#include "unit/support/temporary_directory.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class AccessKeys : public testing::Test {
 protected:
  std::string file(const std::string& content, fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) {
    const fs::path path = folder_.write("keys", content);
    fs::permissions(path, mode);
    return path.string();
  }
  static std::string refusalOf(const std::vector<std::string>& given, const std::vector<std::string>& files,
                               const char* variable = nullptr) {
    try {
      accessKeysOf(given, files, variable);
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "not refused";
  }
  TemporaryDirectory folder_;
};

TEST_F(AccessKeys, ComeFromTheCommandLineFilesAndTheEnvironment) {
  EXPECT_THAT(accessKeysOf({}, {}, nullptr), IsEmpty());
  EXPECT_THAT(accessKeysOf({"A:1:2/+="}, {file("# mine\r\n\n  B:2  \r\nC:3")}, " D:4\n E:5 "),
              ElementsAre(Pair("A", "1:2/+="), Pair("B", "2"), Pair("C", "3"), Pair("D", "4"), Pair("E", "5")));
  EXPECT_THAT(accessKeysOf({"A:1"}, {}, "A:1"), ElementsAre(Pair("A", "1")));
}

TEST_F(AccessKeys, OfAFileThatOthersMayReadAreRefused) {
  for (const fs::perms others : {fs::perms::group_read, fs::perms::others_read, fs::perms::others_write}) {
    const std::string open = file("A:1", fs::perms::owner_read | others);
    EXPECT_THAT(refusalOf({}, {open}), HasSubstr("`chmod 600 " + open + "`"));
  }
}

TEST_F(AccessKeys, ThatAreNoneAreRefusedWithoutShowingSecrets) {
  EXPECT_EQ(refusalOf({"secret"}, {}), "--access-key must be ID:SECRET");
  EXPECT_THAT(refusalOf({}, {file("A:1\nsecret\n")}), HasSubstr("keys line 2 must be ID:SECRET"));
  EXPECT_EQ(refusalOf({}, {}, "A:1 secret"), "DYNAMODB_LOG_ACCESS_KEYS must be ID:SECRET");
  EXPECT_THAT(refusalOf({"A:secret"}, {}, "A:other"), HasSubstr("the access key A is given twice"));
  for (const std::string& refusal :
       {refusalOf({"secret"}, {}), refusalOf({":secret"}, {}), refusalOf({}, {file("secret")}),
        refusalOf({}, {}, "secret"), refusalOf({"A:secret"}, {}, "A:other")}) {
    EXPECT_THAT(refusal, Not(HasSubstr("secret "))) << refusal;
  }
}

// Otherwise a secret that was not found would let everybody in.
TEST_F(AccessKeys, ThatAreMissingAreRefused) {
  EXPECT_THAT(refusalOf({}, {file("# none\n")}), HasSubstr("has no line ID:SECRET"));
  EXPECT_THAT(refusalOf({}, {}, " "), HasSubstr("has no ID:SECRET"));
  EXPECT_THAT(refusalOf({}, {folder_.path() / "nowhere"}), HasSubstr("nowhere: No such file"));
  EXPECT_THAT(refusalOf({}, {folder_.path().string()}), HasSubstr("Is a directory"));
  EXPECT_THAT(refusalOf({}, {file(std::string(65u << 10, '#'))}), Not(HasSubstr("not refused")));
}

}  // namespace
}  // namespace ddblog::cli
