// Signatures against AWS's published test suite ("get-vanilla" and so on: its keys, region, service and date), AWS's S3
// example, and, where the suite has no case, against what botocore computes.
#include "aws/sigv4.h"

#include <gtest/gtest.h>

#include "base/digests.h"

namespace ddblog::aws {
namespace {

constexpr char kSecret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr char kDate[] = "20150830T123600Z";

struct Case {
  std::string name, method, path, query;
  std::vector<Header> headers;
  std::string body;
  std::string signature;
};

std::string sign(const Case& request) {
  std::vector<Header> headers = request.headers;
  headers.emplace_back("Host", "example.amazonaws.com");
  headers.emplace_back("X-Amz-Date", kDate);
  const std::string hash = sha256Hex(request.body);
  const Scope scope{"20150830", "us-east-1", "service"};
  const Canonical canonical =
      canonicalise({request.method, request.path, request.query, headers, hash, PathForm::kNormalised});
  return signature(SigningKeys().key(kSecret, scope), stringToSign(kDate, scope, canonical.request));
}

class SigV4 : public testing::TestWithParam<Case> {};

TEST_P(SigV4, SignsAsAwsDoes) { EXPECT_EQ(sign(GetParam()), GetParam().signature); }

INSTANTIATE_TEST_SUITE_P(
    TestSuiteOfAws, SigV4,
    testing::Values(
        Case{"GetVanilla", "GET", "/", "", {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        Case{
            "PostVanilla", "POST", "/", "", {}, "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        Case{"UnsortedQuery",
             "GET",
             "/",
             "Param2=value2&Param1=value1",
             {},
             "",
             "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        Case{"QueryInUtf8",
             "GET",
             "/",
             "ሴ=bar",
             {},
             "",
             "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
        Case{"HeaderBlanks",
             "GET",
             "/",
             "",
             {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
             "",
             "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
        Case{"HeaderMoreThanOnce",
             "GET",
             "/",
             "",
             {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
             "",
             "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
        Case{"PathInUtf8", "GET", "/ሴ", "", {}, "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
        Case{"Slashes",
             "GET",
             "//example//",
             "",
             {},
             "",
             "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
        Case{"RelativePath",
             "GET",
             "/example1/example2/../..",
             "",
             {},
             "",
             "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        Case{"FormBody",
             "POST",
             "/",
             "",
             {{"Content-Type", "application/x-www-form-urlencoded"}},
             "Param1=value1",
             "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"}),
    [](const auto& param) { return param.param.name; });

INSTANTIATE_TEST_SUITE_P(
    AsBotocoreDoes, SigV4,
    testing::Values(Case{"EncodedPathIsEncodedAgain",
                         "POST",
                         "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Ausers/invocations",
                         "Qualifier=%24LATEST",
                         {},
                         "",
                         "c0a9ec66d23e336db279ebf32e8210d4c78412434291d7759d5a836b69844030"},
                    Case{"PathThatIsEncodedAlready",
                         "GET",
                         "/%E1%88%B4",
                         "",
                         {},
                         "",
                         "697b34846207a3f72246f99d74ae1ee4fe54f44bb06730c58a0d339eb079596d"}),
    [](const auto& param) { return param.param.name; });

TEST(SigV4Path, S3SignsItAsItIsSent) {
  const std::string empty = sha256Hex("");
  const Scope scope{"20130524", "us-east-1", "s3"};
  const Canonical canonical = canonicalise({"GET",
                                            "/test.txt",
                                            "",
                                            {{"Host", "examplebucket.s3.amazonaws.com"},
                                             {"Range", "bytes=0-9"},
                                             {"x-amz-content-sha256", empty},
                                             {"x-amz-date", "20130524T000000Z"}},
                                            empty,
                                            PathForm::kAsSent});
  EXPECT_EQ(canonical.signed_headers, "host;range;x-amz-content-sha256;x-amz-date");
  EXPECT_EQ(signature(SigningKeys().key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope),
                      stringToSign("20130524T000000Z", scope, canonical.request)),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(canonicalise({"GET", "/a%2Fb//c", "", {}, empty, PathForm::kAsSent}).request.substr(0, 15),
            "GET\n/a/b//c\n\n\n\n");
}

TEST(SigV4Query, ParametersAreSortedByNameThenValueAndTheSignatureIsLeftOut) {
  const Canonical canonical =
      canonicalise({"GET", "/", "b&a=2&a=1&X-Amz-Signature=abc&c=%7e%20+", {}, "hash", PathForm::kNormalised});
  EXPECT_EQ(canonical.request, "GET\n/\na=1&a=2&b=&c=~%20%2B\n\n\nhash");
}

TEST(SigV4Key, IsAsInAwsDocumentation) {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  const Scope scope{"20150830", "us-east-1", "iam"};
  SigningKeys keys;
  const std::string key = keys.key(kSecret, scope);
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(keys.key(kSecret, scope), key);
  EXPECT_EQ(static_cast<unsigned char>(key[0]), 0xc4);
  EXPECT_EQ(static_cast<unsigned char>(key[31]), 0xb9);
}

TEST(PercentEncoding, KeepsUnreservedCharactersOnly) {
  EXPECT_EQ(percentEncode("az09-._~ /+%"), "az09-._~%20%2F%2B%25");
  EXPECT_EQ(percentEncode("a/b", true), "a/b");
}

TEST(AmzDate, IsIsoBasic) { EXPECT_EQ(amzDate(fromIso8601("2015-08-30T12:36:00Z")), kDate); }

}  // namespace
}  // namespace ddblog::aws
