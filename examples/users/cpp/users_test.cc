// Tests of the users application on the offline cloud, with the template and the functions as they
// are deployed.
//
//   users-cpp-test --gtest_filter=*Phone*
#include <ddblog/decide.h>
#include <ddblog/testing.h>

using ddblog::Expected;
using ddblog::NewEvent;

class UsersTest : public ddblog::CloudTest<UsersTest> {
 public:
  static ddblog::LocalCloudOptions cloudOptions() { return {.template_file = USERS_TEMPLATE}; }

 protected:
  const NewEvent ada{"signup", R"({"name": "Ada", "email": "ada@localhost"})"};
  const NewEvent phone{"addPhoneNumber", R"({"phoneNumber": "+46 1"})"};
};

TEST_F(UsersTest, SignsUp) {
  given("users", "42", {}).when({ada}).thenReadModel(R"({"name": "Ada", "email": "ada@localhost", "version": 1})");
}

TEST_F(UsersTest, ANewPhoneNumberIsNotVerified) {
  given("users", "42", {ada}).when({phone}).thenReadModel(R"({"phoneNumber": "+46 1", "verifiedPhoneNumber": false})");
}

TEST_F(UsersTest, VerifiesThePhoneNumberThatTheUserHas) {
  given("users", "42", {ada, phone})
      .when({{"verifyPhoneNumber", R"({"phoneNumber": "+46 1"})"}})
      .thenReadModel(R"({"verifiedPhoneNumber": true})");
}

TEST_F(UsersTest, APhoneNumberThatTheUserHadIsNotVerified) {
  given("users", "42", {ada, phone})
      .when({{"addPhoneNumber", R"({"phoneNumber": "+46 2"})"}})
      .when({{"verifyPhoneNumber", R"({"phoneNumber": "+46 1"})"}})
      .thenReadModel(R"({"phoneNumber": "+46 2", "verifiedPhoneNumber": false})");
}

TEST_F(UsersTest, ALocationKeepsEveryDigit) {
  given("users", "42", {ada})
      .when({{"addLocation", R"({"long": 18.06858012345678901234, "lat": 59.3293})"}})
      .thenReadModel(R"({"location": {"lat": 59.3293, "long": 18.06858012345678901234}})");
}

TEST_F(UsersTest, AnEventOfAnotherTypeOnlyAdvancesTheVersion) {
  given("users", "42", {ada}).when({{"waved", "{}"}}).thenReadModel(R"({"name": "Ada", "version": 2})");
}

TEST_F(UsersTest, ASignupWithoutAnEmailFailsAndIsKept) {
  given("users", "42", {})
      .when({{"signup", R"({"name": "Ada"})"}})
      .thenFails("\"email\" is missing")
      .thenNoReadModel("users#42");
  ASSERT_EQ(cloud().failures().size(), 1u);
}

TEST_F(UsersTest, OfTwoWritersOneWins) {
  append("users", "42", {ada});
  append("users", "42", {phone}, Expected::version(1));
  EXPECT_THROW(append("users", "42", {phone}, Expected::version(1)), ddblog::VersionConflict);
}

TEST_F(UsersTest, EachTestBeginsWithAnEmptyLog) {
  EXPECT_EQ(log().version("users", "42"), 0u);
  EXPECT_FALSE(cloud().item("users#42"));
}

TEST_F(UsersTest, AUserSignsUpOnce) {
  ddblog::StateOf<bool> is_signed_up;
  is_signed_up.evolve = [](bool& state, const ddblog::Event& event) { state = state || event.type == "signup"; };
  const auto signUp = [&] {
    return ddblog::decide(log(), "users", "42", is_signed_up, [&](bool is_there) {
      return is_there ? std::vector<NewEvent>() : std::vector<NewEvent>{ada};
    });
  };
  EXPECT_TRUE(signUp().appended);
  EXPECT_FALSE(signUp().appended);
  given("users", "43", {}).when([&] { signUp(); }).thenReadModel("users#42", R"({"version": 1})");
}
