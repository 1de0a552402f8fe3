#include "partiql/lexer.h"

#include <gtest/gtest.h>

namespace ddblog::partiql {
namespace {

using Kind = Token::Kind;

std::string textsOf(std::string_view statement) {
  std::string texts;
  for (const Token& token : tokenize(statement)) texts += (texts.empty() ? "" : " ") + token.text;
  return texts;
}

std::string refusalOf(std::string_view statement) {
  try {
    tokenize(statement);
  } catch (const ApiError& error) {
    return error.type() + ": " + error.message();
  }
  return "";
}

TEST(PartiQLLexer, Names) {
  const auto tokens = tokenize("SeLeCt _a$1 \"a \"\"b\"\"\" name");
  ASSERT_EQ(tokens.size(), 5u);
  EXPECT_EQ(tokens[0].kind, Kind::kKeyword);
  EXPECT_EQ(tokens[0].text, "select");
  EXPECT_EQ(tokens[1].kind, Kind::kIdentifier);
  EXPECT_EQ(tokens[1].text, "_a$1");
  EXPECT_EQ(tokens[2].kind, Kind::kQuotedIdentifier);
  EXPECT_EQ(tokens[2].text, "a \"b\"");
  EXPECT_EQ(tokens[2].length, 9u);
  EXPECT_EQ(tokens[3].kind, Kind::kIdentifier);
  EXPECT_EQ(tokens[4].kind, Kind::kEnd);
}

TEST(PartiQLLexer, TextsEndAtTheirOwnQuote) {
  EXPECT_EQ(tokenize("'it''s \"x\"'")[0].text, "it's \"x\"");
  EXPECT_EQ(tokenize("''")[0].text, "");
  EXPECT_EQ(tokenize("'åäö🎈'")[0].text, "åäö🎈");
}

TEST(PartiQLLexer, Numbers) {
  EXPECT_EQ(textsOf("1 1.5 .5 1e10 1E-3 1.e+2"), "1 1.5 .5 1e10 1E-3 1.e+2 ");
  EXPECT_EQ(textsOf("1e 2"), "1 e 2 ");
  EXPECT_EQ(textsOf("a.5"), "a . 5 ");
  EXPECT_EQ(textsOf("n-1"), "n - 1 ");
}

TEST(PartiQLLexer, Symbols) {
  EXPECT_EQ(textsOf("<<1,2>>=<>!=<=>=<>a||b"), "<< 1 , 2 >> = <> <> <= >= <> a || b ");
  EXPECT_EQ(tokenize("?")[0].kind, Kind::kParameter);
}

TEST(PartiQLLexer, CommentsAreBlank) { EXPECT_EQ(textsOf("a -- b 'c\n d /* e \" */ f --"), "a d f "); }

TEST(PartiQLLexer, RefusesWhatDoesNotEnd) {
  const std::string refusal = "ValidationException: Statement wasn't well formed, can't be processed: ";
  for (const char* statement : {"'a", "\"a", "'a''", "/* a", "a # b", "`a`", "a ! b", "a | b", "\x01", "\xff"}) {
    EXPECT_EQ(refusalOf(statement), refusal) << statement;
  }
}

TEST(PartiQLLexer, PositionsAreInCharacters) {
  const std::string statement = "a\n'åä' bc";
  EXPECT_EQ(positionOf(statement, 0, 1), "1:1:1");
  EXPECT_EQ(positionOf(statement, 2, 6), "2:1:4");
  EXPECT_EQ(positionOf(statement, 9, 2), "2:6:2");
}

}  // namespace
}  // namespace ddblog::partiql
