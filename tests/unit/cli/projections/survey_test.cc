#include "cli/projections/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/projections/read_model_item.h"
#include "unit/clients/cpp/fake_transport.h"

namespace ddblog::cli {
namespace {

using testing::ElementsAre;

// "42 1/3": the stream 42 has three events, and its read model is at version 1.
std::string textOf(const Lag& lag) {
  return lag.id + " " + std::to_string(lag.version) + "/" + std::to_string(lag.end);
}

class SurveyTest : public testing::Test {
 protected:
  SurveyTest() {
    transport_->on("Scan", [this](const json::object& request) {
      return page(request.at("TableName") == "log" ? log_ : models_);
    });
    transport_->on("Query", [this](const json::object& request) {  // the last event of a stream
      const json::object& values = request.at("ExpressionAttributeValues").as_object();
      const std::string key(values.at(":pk").as_object().at("S").as_string());
      const auto found = later_.find(key);
      return page(found == later_.end() ? std::vector<std::string>{}
                                        : std::vector<std::string>{eventItem("42", found->second, "changed", "")});
    });
  }

  void stream(const std::string& id, int version, const std::string& log = "users") {
    log_.push_back(R"({"pk":{"S":")" + log + "#" + id + R"(#stream"},"sk":{"N":")" + std::to_string(version) +
                   R"("},"type":{"S":"changed"}})");
  }
  void model(const std::string& key, const std::string& id, int version, const std::string& type = "user") {
    models_.push_back(R"({"pk":{"S":")" + key + R"("},"sk":{"S":")" + key + R"("},"type":{"S":")" + type +
                      R"("},"id":{"S":")" + id + R"("},"version":{"N":")" + std::to_string(version) + R"("}})");
  }
  void pointer(const std::string& name, const std::string& generation) {
    models_.push_back(R"({"pk":{"S":"projection#)" + name + R"("},"sk":{"S":"generation"},"current":{"S":")" +
                      generation + R"("}})");
  }

  std::vector<Projection> survey(const std::string& log = {}, std::size_t worst = 5) {
    return surveyProjections(transport_, {"log", "models", log, worst});
  }

  std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>();
  std::vector<std::string> log_, models_;
  std::map<std::string, int> later_;  // versions that came while the tables were read
};

TEST_F(SurveyTest, ComparesEachReadModelWithItsStream) {
  stream("1", 3);
  stream("2", 2);
  stream("3", 1);
  stream("4#a", 7);
  model("users#1", "1", 3);
  model("users#2", "2", 1);
  model("users#4#a", "4#a", 1);
  const std::vector<Projection> found = survey();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].log + "/" + found[0].type + "/" + found[0].generation, "users/user/");
  EXPECT_TRUE(found[0].is_current);
  EXPECT_EQ(found[0].streams, 4u);
  EXPECT_EQ(found[0].behind, 3u);
  EXPECT_EQ(found[0].missing, 1u);
  EXPECT_EQ(found[0].events_behind, 8u);
  EXPECT_EQ(found[0].ahead, 0u);
  std::vector<std::string> worst;
  for (const Lag& lag : found[0].worst) worst.push_back(textOf(lag));
  EXPECT_THAT(worst, ElementsAre("4#a 1/7", "2 1/2", "3 0/1"));
}

TEST_F(SurveyTest, TellsGenerationsApartAndKnowsTheCurrentOne) {
  stream("1", 2);
  model("users#1", "1", 2);
  model("v2/users#1", "1", 1);
  pointer("users#user", "v2");
  const std::vector<Projection> found = survey();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].generation, "");
  EXPECT_FALSE(found[0].is_current);
  EXPECT_EQ(found[1].generation, "v2");
  EXPECT_TRUE(found[1].is_current);
  EXPECT_EQ(found[1].behind, 1u);
}

TEST_F(SurveyTest, NamesAReadModelThatTheLogDoesNotReach) {
  stream("1", 2);
  model("users#1", "1", 4);
  model("users#9", "9", 1);
  const std::vector<Projection> found = survey();
  EXPECT_EQ(found.at(0).ahead, 2u);
  EXPECT_EQ(found.at(0).behind, 0u);
  EXPECT_EQ(textOf(found.at(0).worst.at(0)), "1 4/2");
}

TEST_F(SurveyTest, LooksUpAnEventThatCameWhileItRead) {
  stream("1", 2);
  model("users#1", "1", 3);
  later_["users#1#stream"] = 3;
  EXPECT_EQ(survey().at(0).ahead, 0u);
}

TEST_F(SurveyTest, TakesOnlyReadModels) {
  stream("1", 2);
  stream("7", 1, "orders");
  models_.push_back(
      R"({"pk":{"S":"phones#1"},"sk":{"S":"1"},"type":{"S":"phone"},"id":{"S":"1"},"version":{"N":"1"}})");
  models_.push_back(R"({"pk":{"S":"users#1#snapshot"},"sk":{"S":"state"},"version":{"N":"1"}})");
  models_.push_back(R"({"pk":{"S":"users#1"},"sk":{"S":"users#1"},"id":{"S":"1"},"version":{"S":"one"}})");
  EXPECT_TRUE(survey().empty());
  model("orders#7", "7", 1, "order");
  model("users#1", "1", 2);
  EXPECT_EQ(survey().size(), 2u);
  ASSERT_EQ(survey("users").size(), 1u);
  EXPECT_EQ(survey("users").at(0).type, "user");
}

TEST_F(SurveyTest, NamesAsManyAsAreAskedFor) {
  for (int id = 1; id <= 500; ++id) stream(std::to_string(id), id);
  model("users#1", "1", 1);
  const Projection found = survey("", 2).at(0);
  EXPECT_EQ(found.behind, 499u);
  ASSERT_EQ(found.worst.size(), 2u);
  EXPECT_EQ(textOf(found.worst[0]), "500 0/500");
  EXPECT_TRUE(survey("", 0).at(0).worst.empty());
}

TEST(ReadModelName, SplitsAtTheLogThatThereIs) {
  const auto is_log = [](const std::string& log) { return log == "a/b" || log == "users"; };
  const auto name = [&](const std::string& key, const std::string& id) {
    const auto found = readModelName(key, id, is_log);
    return found ? found->generation + "|" + found->log : "none";
  };
  EXPECT_EQ(name("users#1", "1"), "|users");
  EXPECT_EQ(name("v2/users#1", "1"), "v2|users");
  EXPECT_EQ(name("v/2/users#1", "1"), "v/2|users");
  EXPECT_EQ(name("a/b#1", "1"), "|a/b");
  EXPECT_EQ(name("v2/a/b#1", "1"), "v2|a/b");
  EXPECT_EQ(name("v2/gone#1", "1"), "v2|gone");
  EXPECT_EQ(name("users#12", "1"), "none");
  EXPECT_EQ(name("users#1#snapshot", "snapshot"), "none");
  EXPECT_EQ(readModelKey("v2", "users", "1"), "v2/users#1");
  EXPECT_EQ(readModelKey("", "users", "1"), "users#1");
}

}  // namespace
}  // namespace ddblog::cli
