// Event patterns: what matches, what does not, and what is refused with which words. The refusals' words and positions
// are AWS's own answers to TestEventPattern.
#include "event_patterns/pattern.h"

#include <gtest/gtest.h>

#include "base/api_error.h"
#include "base/json.h"

namespace ddblog::event_patterns {
namespace {

bool matches(std::string_view pattern, std::string_view event) {
  const JsonText text(event);
  return Pattern::compile(pattern).matches(EventFields(text.root()));
}

struct Case {
  const char* pattern;
  const char* event;
  bool matches;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.pattern << "  on  " << c.event; }

class PatternMatches : public testing::TestWithParam<Case> {};

TEST_P(PatternMatches, AsItSays) { EXPECT_EQ(matches(GetParam().pattern, GetParam().event), GetParam().matches); }

INSTANTIATE_TEST_SUITE_P(
    ExactValues, PatternMatches,
    testing::Values(Case{R"({"a":["x"]})", R"({"a":"x"})", true}, Case{R"({"a":["x"]})", R"({"a":"y"})", false},
                    Case{R"({"a":["x"]})", R"({"b":"x"})", false}, Case{R"({"a":["x"]})", R"({"A":"x"})", false},
                    Case{R"({"a":["x","y"]})", R"({"a":"y"})", true}, Case{R"({"a":[""]})", R"({"a":""})", true},
                    Case{R"({"a":["x"]})", R"({"a":"X"})", false}, Case{R"({"a":["\u00e9"]})", "{\"a\":\"é\"}", true},
                    Case{R"({"a":["é"]})", R"({"a":"\u00e9"})", true},
                    Case{R"({"a":["\ud83d\ude00"]})", "{\"a\":\"😀\"}", true},
                    Case{R"({"a":["q\"\\"]})", R"({"a":"q\"\\"})", true}, Case{R"({"a":[1]})", R"({"a":1})", true},
                    Case{R"({"a":[300]})", R"({"a":300.0})", true}, Case{R"({"a":[3.0e2]})", R"({"a":300})", true},
                    Case{R"({"a":[1]})", R"({"a":"1"})", false}, Case{R"({"a":["1"]})", R"({"a":1})", false},
                    Case{R"({"a":[-0.5]})", R"({"a":-5e-1})", true}, Case{R"({"a":[0]})", R"({"a":-0.0})", true},
                    Case{R"({"a":[123456789012345678]})", R"({"a":123456789012345679})", false},
                    Case{R"({"a":[123456789012345678]})", R"({"a":123456789012345678.0})", true},
                    Case{R"({"a":[1234567890123456789012345678901234567890]})",
                         R"({"a":1234567890123456789012345678901234567890})", true},
                    Case{R"({"a":[true]})", R"({"a":true})", true}, Case{R"({"a":[true]})", R"({"a":false})", false},
                    Case{R"({"a":[false]})", R"({"a":false})", true}, Case{R"({"a":[true]})", R"({"a":"true"})", false},
                    Case{R"({"a":[null]})", R"({"a":null})", true}, Case{R"({"a":[null]})", R"({})", false},
                    Case{R"({"a":[null]})", R"({"a":"null"})", false}, Case{R"({"a":[null]})", R"({"a":[]})", false},
                    Case{R"({"a":[{"exactly":"x"}]})", R"({"a":"x"})", true},
                    Case{R"({"a":["10.0.0.1"]})", R"({"a":"10.0.0.1"})", true},
                    Case{R"({"a":["::1"]})", R"({"a":"0:0:0:0:0:0:0:1"})", true}));

INSTANTIATE_TEST_SUITE_P(
    NestingAndArrays, PatternMatches,
    testing::Values(Case{R"({"d":{"s":["x"]}})", R"({"d":{"s":"x","t":1}})", true},
                    Case{R"({"d":{"s":["x"]}})", R"({"s":"x"})", false},
                    Case{R"({"d":{"s":["x"]}})", R"({"d":"x"})", false},
                    Case{R"({"a":["x"],"b":["y"]})", R"({"a":"x","b":"y"})", true},
                    Case{R"({"a":["x"],"b":["y"]})", R"({"a":"x","b":"z"})", false},
                    Case{R"({"a":["x","z"]})", R"({"a":["y","z"]})", true},
                    Case{R"({"a":["x"]})", R"({"a":["y"]})", false}, Case{R"({"a":["x"]})", R"({"a":[]})", false},
                    Case{R"({"a":["x"]})", R"({"a":[["y"],["x"]]})", true},
                    Case{R"({"a":["x"],"b":["y"]})", R"({"a":["x","y"],"b":["x","y"]})", true},
                    Case{R"({"i":{"s":[1],"q":[5]}})", R"({"i":[{"s":1,"q":5},{"s":2,"q":9}]})", true},
                    Case{R"({"i":{"s":[1],"q":[9]}})", R"({"i":[{"s":1,"q":5},{"s":2,"q":9}]})", false},
                    Case{R"({"i":{"s":[1,2],"q":[9]}})", R"({"i":[{"s":1,"q":5},{"s":2,"q":9}]})", true},
                    Case{R"({"i":{"s":[1]},"j":{"q":[9]}})", R"({"i":[{"s":1}],"j":[{"q":1},{"q":9}]})", true},
                    Case{R"({"i":{"o":{"s":[1]},"q":[5]}})",
                         R"({"i":[{"o":[{"s":0},{"s":1}],"q":5},{"o":[{"s":1}],"q":6}]})", true},
                    Case{R"({"i":{"o":{"s":[1],"t":[2]}}})", R"({"i":[{"o":[{"s":1},{"t":2}]}]})", false},
                    Case{R"({"i":{"o":{"s":[1],"t":[2]}}})", R"({"i":[{"o":[{"s":1,"t":2}]}]})", true},
                    Case{R"({"d":{"s":{"t":["x"]}}})", R"({"d":{"s.t":"x"}})", true},
                    Case{R"({"d":{"s.t":["x"]}})", R"({"d":{"s":{"t":"x"}}})", true},
                    Case{R"({"d":{"s":{"t":["x"]}}})", R"({"d":{"s.t":{"t":"x"}}})", false},
                    Case{R"({"a":["x"]})", R"({"a":{"b":"x"}})", false}));

INSTANTIATE_TEST_SUITE_P(
    PrefixSuffixCase, PatternMatches,
    testing::Values(Case{R"({"a":[{"prefix":"us-"}]})", R"({"a":"us-east"})", true},
                    Case{R"({"a":[{"prefix":"us-"}]})", R"({"a":"eu-us-"})", false},
                    Case{R"({"a":[{"prefix":""}]})", R"({"a":"x"})", true},
                    Case{R"({"a":[{"prefix":""}]})", R"({"a":1})", false},
                    Case{R"({"a":[{"prefix":"1"}]})", R"({"a":12})", false},
                    Case{R"({"a":[{"suffix":".png"}]})", R"({"a":"x.png"})", true},
                    Case{R"({"a":[{"suffix":".png"}]})", R"({"a":"png"})", false},
                    Case{R"({"a":[{"suffix":""}]})", R"({"a":""})", true},
                    Case{R"({"a":[{"suffix":"b"}]})", R"({"a":["a","b"]})", true},
                    Case{R"({"a":[{"prefix":{"equals-ignore-case":"ÜBER"}}]})", "{\"a\":\"überall\"}", true},
                    Case{R"({"a":[{"suffix":{"equals-ignore-case":".PNG"}}]})", R"({"a":"x.Png"})", true},
                    Case{R"({"a":[{"equals-ignore-case":"Привет"}]})", "{\"a\":\"пРИВЕТ\"}", true},
                    Case{R"({"a":[{"equals-ignore-case":"ALICE"}]})", R"({"a":"alice"})", true},
                    Case{R"({"a":[{"equals-ignore-case":"ALICE"}]})", R"({"a":"alice2"})", false},
                    Case{R"({"a":[{"equals-ignore-case":""}]})", R"({"a":""})", true},
                    Case{R"({"a":[{"equals-ignore-case":"1"}]})", R"({"a":1})", false}));

INSTANTIATE_TEST_SUITE_P(Exists, PatternMatches,
                         testing::Values(Case{R"({"a":[{"exists":true}]})", R"({"a":"x"})", true},
                                         Case{R"({"a":[{"exists":true}]})", R"({"a":null})", true},
                                         Case{R"({"a":[{"exists":true}]})", R"({"b":1})", false},
                                         Case{R"({"a":[{"exists":true}]})", R"({"a":{"b":1}})", false},
                                         Case{R"({"a":[{"exists":true}]})", R"({"a":[]})", false},
                                         Case{R"({"a":[{"exists":false}]})", R"({"b":1})", true},
                                         Case{R"({"a":[{"exists":false}]})", R"({"a":1})", false},
                                         Case{R"({"a":[{"exists":false}]})", R"({"a":null})", false},
                                         Case{R"({"a":[{"exists":false}]})", R"({"a":[]})", true},
                                         Case{R"({"a":[{"exists":false}]})", R"({"a":{}})", true},
                                         Case{R"({"a":[{"exists":false}]})", R"({"a":{"b":1}})", true},
                                         Case{R"({"a":{"b":[{"exists":false}]}})", R"({})", true},
                                         Case{R"({"a":["x",{"exists":false}]})", R"({"a":"x"})", true},
                                         Case{R"({"a":["x",{"exists":false}]})", R"({"a":"y"})", false},
                                         Case{R"({"a":[{"anything-but":["x"]},{"exists":false}]})", R"({"b":1})",
                                              true}));

INSTANTIATE_TEST_SUITE_P(
    AnythingBut, PatternMatches,
    testing::Values(Case{R"({"a":[{"anything-but":"x"}]})", R"({"a":"y"})", true},
                    Case{R"({"a":[{"anything-but":"x"}]})", R"({"a":"x"})", false},
                    Case{R"({"a":[{"anything-but":"x"}]})", R"({"a":null})", true},
                    Case{R"({"a":[{"anything-but":"x"}]})", R"({"a":1})", true},
                    Case{R"({"a":[{"anything-but":"x"}]})", R"({"a":["x","y"]})", true},
                    Case{R"({"a":[{"anything-but":"x"}]})", R"({"b":"y"})", false},
                    Case{R"({"a":[{"anything-but":"x"}]})", R"({"a":[]})", false},
                    Case{R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":"y"})", false},
                    Case{R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":"z"})", true},
                    Case{R"({"a":[{"anything-but":100}]})", R"({"a":1e2})", false},
                    Case{R"({"a":[{"anything-but":100}]})", R"({"a":"100"})", true},
                    Case{R"({"a":[{"anything-but":[100,200]}]})", R"({"a":300})", true},
                    Case{R"({"a":[{"anything-but":{"prefix":"in"}}]})", R"({"a":"init"})", false},
                    Case{R"({"a":[{"anything-but":{"prefix":"in"}}]})", R"({"a":"out"})", true},
                    Case{R"({"a":[{"anything-but":{"prefix":"in"}}]})", R"({"a":12})", true},
                    Case{R"({"a":[{"anything-but":{"prefix":["in","ou"]}}]})", R"({"a":"out"})", false},
                    Case{R"({"a":[{"anything-but":{"suffix":".txt"}}]})", R"({"a":"a.txt"})", false},
                    Case{R"({"a":[{"anything-but":{"suffix":[".txt",".rtf"]}}]})", R"({"a":"a.csv"})", true},
                    Case{R"({"a":[{"anything-but":{"equals-ignore-case":"Init"}}]})", R"({"a":"INIT"})", false},
                    Case{R"({"a":[{"anything-but":{"equals-ignore-case":["Init","Stop"]}}]})", R"({"a":"run"})", true},
                    Case{R"({"a":[{"anything-but":{"wildcard":"*/lib/*"}}]})", R"({"a":"/usr/lib/x"})", false},
                    Case{R"({"a":[{"anything-but":{"wildcard":["*/lib/*","*/bin/*"]}}]})", R"({"a":"/usr/share/x"})",
                         true}));

INSTANTIATE_TEST_SUITE_P(Numeric, PatternMatches,
                         testing::Values(Case{R"({"a":[{"numeric":["=",5]}]})", R"({"a":5.0})", true},
                                         Case{R"({"a":[{"numeric":["=",5]}]})", R"({"a":"5"})", false},
                                         Case{R"({"a":[{"numeric":["=",5]}]})", R"({"a":null})", false},
                                         Case{R"({"a":[{"numeric":[">",0,"<=",5]}]})", R"({"a":0})", false},
                                         Case{R"({"a":[{"numeric":[">",0,"<=",5]}]})", R"({"a":0.000001})", true},
                                         Case{R"({"a":[{"numeric":[">",0,"<=",5]}]})", R"({"a":5})", true},
                                         Case{R"({"a":[{"numeric":[">",0,"<=",5]}]})", R"({"a":5.000001})", false},
                                         Case{R"({"a":[{"numeric":[">=",-10]}]})", R"({"a":-10})", true},
                                         Case{R"({"a":[{"numeric":["<",10]}]})", R"({"a":9.99})", true},
                                         Case{R"({"a":[{"numeric":["<",10]}]})", R"({"a":10})", false},
                                         Case{R"({"a":[{"numeric":["<=",10]}]})", R"({"a":[11,10]})", true}));

INSTANTIATE_TEST_SUITE_P(WildcardAndAddress, PatternMatches,
                         testing::Values(Case{R"({"a":[{"wildcard":"*.txt"}]})", R"({"a":"x.txt"})", true},
                                         Case{R"({"a":[{"wildcard":"*.txt"}]})", R"({"a":"x.txt2"})", false},
                                         Case{R"({"a":[{"wildcard":"/users/*/bin/*"}]})", R"({"a":"/users/me/bin/x"})",
                                              true},
                                         Case{R"({"a":[{"wildcard":"a*a"}]})", R"({"a":"a"})", false},
                                         Case{R"({"a":[{"wildcard":"a*a"}]})", R"({"a":"aa"})", true},
                                         Case{R"({"a":[{"wildcard":"*"}]})", R"({"a":""})", true},
                                         Case{R"({"a":[{"wildcard":"x"}]})", R"({"a":"x"})", true},
                                         Case{R"({"a":[{"wildcard":"a\\*b"}]})", R"({"a":"a*b"})", true},
                                         Case{R"({"a":[{"wildcard":"a\\*b"}]})", R"({"a":"axb"})", false},
                                         Case{R"({"a":[{"wildcard":"a\\\\*"}]})", R"({"a":"a\\x"})", true},
                                         Case{R"({"a":[{"wildcard":"1*"}]})", R"({"a":12})", false},
                                         Case{R"({"a":[{"cidr":"10.0.0.0/24"}]})", R"({"a":"10.0.0.255"})", true},
                                         Case{R"({"a":[{"cidr":"10.0.0.0/24"}]})", R"({"a":"10.0.1.0"})", false},
                                         Case{R"({"a":[{"cidr":"10.0.0.0/24"}]})", R"({"a":"no address"})", false},
                                         Case{R"({"a":[{"cidr":"10.0.0.0/24"}]})", R"({"a":10})", false},
                                         Case{R"({"a":[{"cidr":"2001:db8::/32"}]})", R"({"a":"2001:db8:1::5"})", true},
                                         Case{R"({"a":[{"cidr":"2001:db8::/32"}]})", R"({"a":"2001:db9::"})", false}));

INSTANTIATE_TEST_SUITE_P(
    Or, PatternMatches,
    testing::Values(
        Case{R"({"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"b":"y"})", true},
        Case{R"({"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"b":"z"})", false},
        Case{R"({"c":[1],"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"b":"y"})", false},
        Case{R"({"c":[1],"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"c":1,"b":"y"})", true},
        Case{R"({"d":{"$or":[{"a":["x"]},{"b":[{"numeric":[">",1]}]}]}})", R"({"d":{"b":2}})", true},
        Case{R"({"$or":[{"a":["x"],"b":["y"]},{"c":["z"]}]})", R"({"a":"x"})", false},
        Case{R"({"$or":[{"a":["x"],"$or":[{"b":[1]},{"c":[2]}]},{"d":["z"]}]})", R"({"a":"x","c":2})", true},
        Case{R"({"$or":[{"a":[1]},{"b":[1]}],"d":{"$or":[{"e":[1]},{"f":[1]}]}})", R"({"b":1,"d":{"e":1}})", true}));

TEST(PatternBounds, ALongSearchForFittingElementsEnds) {
  // Four fields that are never in one element.
  std::string event = R"({"i":[)";
  for (int i = 0; i < 200; ++i) event += (i ? "," : "") + std::string(R"({"a":1},{"b":1},{"c":1},{"d":1})");
  event += "]}";
  EXPECT_FALSE(matches(R"({"i":{"a":[1],"b":[1],"c":[1],"d":[1]}})", event));
}

struct Refusal {
  const char* pattern;
  const char* reason;  // with its position, if it has one
};

void PrintTo(const Refusal& r, std::ostream* out) { *out << r.pattern; }

class PatternRefuses : public testing::TestWithParam<Refusal> {};

std::string at(std::string_view pattern, int column) {
  return "\n at [Source: (String)\"" + std::string(pattern) + "\"; line: 1, column: " + std::to_string(column) + "]";
}

std::string refusalOf(std::string_view pattern) {
  try {
    Pattern::compile(pattern);
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "InvalidEventPatternException");
    EXPECT_EQ(error.status(), 400);
    return error.message();
  }
  return "it was taken";
}

struct Located {
  const char* pattern;
  const char* reason;
  int column;
};

void PrintTo(const Located& r, std::ostream* out) { *out << r.pattern; }

class PatternRefusesAt : public testing::TestWithParam<Located> {};

TEST_P(PatternRefusesAt, InAwsWords) {
  EXPECT_EQ(refusalOf(GetParam().pattern), "Event pattern is not valid. Reason: " + std::string(GetParam().reason) +
                                               at(GetParam().pattern, GetParam().column));
}

// Recorded from AWS.
INSTANTIATE_TEST_SUITE_P(
    Recorded, PatternRefusesAt,
    testing::Values(
        Located{R"({"int": 42})", "\"int\" must be an object or an array", 11},
        Located{R"({"string": "my-value"})", "\"string\" must be an object or an array", 13},
        Located{R"({"resources": []})", "Empty arrays are not allowed", 17},
        Located{R"({"source": ["aws.health"], "detail": {}})", "Empty objects are not allowed", 40},
        Located{R"({"detail": {"equal": [{"NUMERIC": ["=", 5]}]}})", "Unrecognized match type NUMERIC", 36},
        Located{R"({"my_key": [{"EXISTS": true}]})", "Unrecognized match type EXISTS", 28},
        Located{R"({"detail": {"c-count": [{"numeric": [">", 0, ">", 0]}]}})", "Bad numeric range operator: >", 49},
        Located{R"({"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}})", "Value of < must be numeric", 50},
        Located{R"({"detail-type": [{"equals-ignore-case": ["ec2 instance state-change notification"]}]})",
                "equals-ignore-case match pattern must be a string", 42},
        Located{R"({"detail-type": [{"equals-ignore-case": {"prefix": "ec2"}}]})",
                "equals-ignore-case match pattern must be a string", 42},
        Located{R"({"detail": {"state": [{"anything-but": {"equals-ignore-case": 123}}]}})",
                "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.", 66},
        Located{R"({"EventBusArn": [{"wildcard": 123}]})", "wildcard match pattern must be a string", 34},
        Located{R"({"detail": {"FilePath": [{"anything-but": {"wildcard": 123}}]}})",
                "wildcard match pattern must be a string", 59},
        Located{R"({"detail": {"FileName": [{"anything-but": {"suffix": 123}}]}})",
                "prefix/suffix match pattern must be a string", 57},
        Located{R"({"time": [{"prefix": ["2022-07-13"]}]})", "prefix match pattern must be a string", 23},
        Located{R"({"time": [{"prefix": 123}]})", "prefix match pattern must be a string", 25},
        Located{R"({"FileName": [{"suffix": [".png"]}]})", "suffix match pattern must be a string", 27},
        Located{R"({"detail": {"FileName": [{"anything-but": {"prefix": {"equals-ignore-case": "file"}}}]}})",
                "Value of anything-but must be an array or single string/number value.", 55},
        Located{R"({"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}})", "prefix match pattern must be a string",
                43},
        Located{
            "this is valid json but not a dict",
            "Unrecognized token 'this': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
            "'false')",
            5},
        Located{"{'bad': 'quotation'}",
                "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 2},
        Located{
            R"({"not": closed mark")",
            "Unrecognized token 'closed': was expecting (JSON String, Number, Array, Object or token 'null', 'true' "
            "or 'false')",
            15},
        Located{R"(["not", "a", "dict", "but valid json"])", "Filter is not an object", 2}));

INSTANTIATE_TEST_SUITE_P(
    FromTheCompilersSource, PatternRefusesAt,
    testing::Values(
        Located{R"({})", "Empty objects are not allowed", 3}, Located{"", "Filter is not an object", 1},
        Located{R"({"a":[{}]})", "Match expression name not found", 9},
        Located{R"({"a":[["x"]]})", "Match value must be String, number, true, false, or null", 8},
        Located{R"({"a":[{"exists":"yes"}]})", "exists match pattern must be either true or false.", 18},
        Located{R"({"a":[{"prefix":"x","suffix":"y"}]})", "Only one key allowed in match expression", 31},
        Located{R"({"a":[{"anything-but":["x",1]}]})",
                "Inside anything but list, either all values are number or string, mixed type is not supported", 30},
        Located{R"({"a":[{"anything-but":[]}]})",
                "Inside anything but list, either all values are number or string, mixed type is not supported", 25},
        Located{R"({"a":[{"anything-but":null}]})",
                "Value of anything-but must be an array or single string/number value.", 27},
        Located{R"({"a":[{"anything-but":{"prefix":""}}]})", "Null prefix/suffix not allowed", 35},
        Located{R"({"a":[{"anything-but":{"cidr":"10.0.0.0/8"}}]})", "Unsupported anything-but pattern: cidr", 32},
        Located{R"({"a":[{"numeric":["=","x"]}]})", "Value of equals must be numeric", 24},
        Located{R"({"a":[{"numeric":["=",1,2]}]})", "Too many elements in numeric expression", 26},
        Located{R"({"a":[{"numeric":[">",5,"<",1]}]})", "Bottom must be less than top", 31},
        Located{R"({"a":[{"numeric":[">",6000000000]}]})", "Value must be between -5.0E9 and 5.0E9, inclusive", 33},
        Located{R"({"a":[{"numeric":5}]})", "Value of numeric must be an array.", 19},
        Located{R"({"a":[{"wildcard":"a**b"}]})", "Consecutive wildcard characters at pos 2", 25},
        Located{R"({"a":[{"wildcard":"a\\b"}]})", "Invalid escape character at pos 2", 25},
        Located{R"({"$or":{"a":["x"]}})", "It must be an Array followed with $or.", 9},
        Located{R"({"$or":[{"a":["x"]}]})", "There must have at least 2 Objects in $or relationship.", 21},
        Located{R"({"$or":["x","y"]})", "Only JSON object is allowed in array of $or relationship.", 10},
        Located{R"({"$or":[{"prefix":["x"]},{"b":["y"]}]})",
                "prefix is Ruler reserved fieldName which cannot be used inside $or.", 20},
        Located{R"({"a" ["x"]})",
                "Unexpected character ('[' (code 91)): was expecting a colon to separate field name and value", 6},
        Located{R"({"a":["x" "y"]})",
                "Unexpected character ('\"' (code 34)): was expecting comma to separate Array entries", 11}));

INSTANTIATE_TEST_SUITE_P(
    WithoutAPosition, PatternRefuses,
    testing::Values(
        Refusal{R"({"a":[{"cidr":"10.0.0.0"}]})", "Malformed CIDR, one '/' required"},
        Refusal{R"({"a":[{"cidr":"10.0.0.0/a"}]})", "Malformed CIDR, mask bits must be an integer"},
        Refusal{R"({"a":[{"cidr":"xx.11.xx/8"}]})", "Nonstandard IP address: xx.11.xx"},
        Refusal{R"({"a":[{"cidr":"xxxx:db8:1234:1a00::/64"}]})", "Nonstandard IP address: xxxx:db8:1234:1a00::"},
        Refusal{
            R"({"EventBusArn":[{"wildcard":"*:*:*:*:*:event-bus/*"}]})",
            "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
            "wildcard character"}));

TEST_P(PatternRefuses, InAwsWords) {
  EXPECT_EQ(refusalOf(GetParam().pattern), "Event pattern is not valid. Reason: " + std::string(GetParam().reason));
}

TEST(PatternRefusals, InsideListsHaveTheirPositionTwice) {
  const std::string pattern = R"({"detail": {"state": [{"anything-but": {"prefix": [123, "test"]}}]}})";
  EXPECT_EQ(refusalOf(pattern), "Event pattern is not valid. Reason: prefix/suffix match pattern must be a string" +
                                    at(pattern, 55) + at(pattern, 55));
}

TEST(PatternRefusals, SayWhichLine) {
  EXPECT_EQ(
      refusalOf("{\n  \"ä\": 1\n}"),
      "Event pattern is not valid. Reason: \"ä\" must be an object or an array\n at [Source: (String)\"{\n  \"ä\": "
      "1\n}\"; line: 2, column: 9]");
}

TEST(PatternRefusals, OfTextThatEndsSayWhatWasOpen) {
  EXPECT_EQ(
      refusalOf(R"({"a":["x")"),
      "Event pattern is not valid. Reason: Unexpected end-of-input: expected close marker for Array (start marker at "
      "[Source: (String)\"{\"a\":[\"x\"\"; line: 1, column: 6])" +
          at(R"({"a":["x")", 10));
}

TEST(PatternRefusals, ShowAtMost500CharactersOfTheText) {
  const std::string long_pattern = R"({"a": ")" + std::string(600, 'x') + "\"}";
  EXPECT_NE(refusalOf(long_pattern).find("\"[truncated 109 chars]; line: 1, column: 8]"), std::string::npos)
      << refusalOf(long_pattern);
}

TEST(PatternRefusals, NeverCutACharacterInTwo) {
  EXPECT_EQ(refusalOf("{é"),
            "Event pattern is not valid. Reason: Unexpected character ('é' (code 233)): was expecting "
            "double-quote to start field name" +
                at("{é", 2));
  std::string long_pattern = R"({"a": ")";
  for (int i = 0; i < 600; ++i) long_pattern += "é";
  EXPECT_TRUE(isJsonObject("{\"refusal\":" + json::serialize(json::value(refusalOf(long_pattern + "\"}"))) + "}"));
}

// A template can hold what is no UTF-8.
TEST(PatternRefusals, OfBytesThatAreNoText) {
  EXPECT_NE(refusalOf("]" + std::string(50, '\x9b')).find("Unexpected character"), std::string::npos);
}

TEST(PatternRefusals, OfCombinationsWithoutEnd) {
  std::string pattern = "{";
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    pattern += (i ? "," : "") + std::string("\"") + n + R"(":{"$or":[{"a":[1]},{"b":[1]}]})";
  }
  EXPECT_NE(refusalOf(pattern + "}").find("too complex"), std::string::npos);
}

TEST(PatternRefusals, OfNestingWithoutEnd) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += R"({"a":)";
  EXPECT_NE(refusalOf(pattern).find("Nesting is too deep"), std::string::npos);
}

}  // namespace
}  // namespace ddblog::event_patterns
