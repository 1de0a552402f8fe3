#include "cli/projections/rebuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "unit/clients/cpp/fake_transport.h"

namespace ddblog::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A log of users with two events each, a table of read models, and a function that projects them.
class RebuildTest : public testing::Test {
 protected:
  RebuildTest() {
    transport_->on("Scan", [this](const json::object&) {
      std::vector<std::string> items;
      for (const std::string& id : ids_) {
        items.push_back(eventItem(id, 1, "signup", ""));
        items.push_back(eventItem(id, 2, "changed", ""));
      }
      return page(items);
    });
    transport_->on("Query", [](const json::object& request) {
      const std::string key(request.at("ExpressionAttributeValues").at(":pk").at("S").as_string());
      return page({eventItem(key.substr(6, key.rfind('#') - 6), 2, "changed", "")});
    });
    transport_->on("GetItem", [this](const json::object& request) {
      const auto found = models_.find(keyOf(request.at("Key").as_object()));
      return found == models_.end() ? std::string("{}") : R"({"Item":)" + json::serialize(found->second) + "}";
    });
    transport_->on("DeleteItem", [this](const json::object& request) {
      before_removal_();
      const auto found = models_.find(keyOf(request.at("Key").as_object()));
      if (found == models_.end()) return std::string("{}");
      EXPECT_EQ(request.at("ReturnValues"), "ALL_OLD");
      const std::string removed = R"({"Attributes":)" + json::serialize(found->second) + "}";
      models_.erase(found);
      return removed;
    });
    transport_->on("PutItem", [this](const json::object& request) -> std::string {
      const json::object& item = request.at("Item").as_object();
      const auto found = models_.find(keyOf(item));
      if (found != models_.end() && versionOf(found->second) >= versionOf(item)) throw conditionFailed();
      models_[keyOf(item)] = item;
      return "{}";
    });
  }

  static std::string keyOf(const json::object& item) { return std::string(item.at("pk").at("S").as_string()); }
  static int versionOf(const json::object& item) {
    return std::stoi(std::string(item.at("version").at("N").as_string()));
  }

  void model(const std::string& key, int version, const std::string& name) {
    models_[key] = {{"pk", {{"S", key}}},
                    {"sk", {{"S", key}}},
                    {"type", {{"S", "user"}}},
                    {"version", {{"N", std::to_string(version)}}},
                    {"name", {{"S", name}}}};
  }
  // "2 new": version and name of a read model.
  std::string shown(const std::string& key) const {
    const auto found = models_.find(key);
    if (found == models_.end()) return "none";
    return std::to_string(versionOf(found->second)) + " " + std::string(found->second.at("name").at("S").as_string());
  }

  RebuildResult run(
      RebuildPlan plan, const std::function<bool()>& is_interrupted = [] { return false; }) {
    plan.log_table = "log";
    plan.read_model_table = "models";
    plan.log = "users";
    plan.threads = 1;
    const std::string prefix = plan.generation.empty() ? "" : plan.generation + "/";
    return Rebuild(transport_, plan,
                   [this, prefix](const std::string& event) {
                     const json::value parsed = parseJson(event);
                     const std::string key(parsed.at("detail").at("key").at("pk").as_string());
                     const std::string id = key.substr(6, key.rfind('#') - 6);
                     given_.push_back(key);
                     EXPECT_TRUE(std::string(parsed.at("replay-name").as_string()).starts_with("rebuild-"));
                     if (failing_.contains(id)) {
                       if (failing_.at(id) > 0) model(prefix + "users#" + id, failing_.at(id), "half");
                       throw std::runtime_error("the function Users failed: no");
                     }
                     if (!ignored_) model(prefix + "users#" + id, 2, "new");
                   })
        .run({is_interrupted, [this](std::uint64_t total) { total_ = total; }, [this] { ++done_; }});
  }

  std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>();
  std::vector<std::string> ids_ = {"1", "2", "3"};
  std::map<std::string, json::object> models_;
  std::map<std::string, int> failing_;  // users at which the function fails, after it has written this version
  bool ignored_ = false;                // the function does nothing
  std::function<void()> before_removal_ = [] {};
  std::vector<std::string> given_;
  std::uint64_t total_ = 0, done_ = 0;
};

TEST_F(RebuildTest, MakesEachReadModelNewInItsPlace) {
  model("users#1", 2, "old");
  model("users#2", 2, "old");
  const RebuildResult result = run({.in_place = true});
  EXPECT_TRUE(result.isComplete());
  EXPECT_EQ(result.rebuilt, 3u);
  EXPECT_EQ(shown("users#1"), "2 new");
  EXPECT_EQ(shown("users#2"), "2 new");
  EXPECT_EQ(shown("users#3"), "2 new") << "it was missing";
  EXPECT_EQ(total_, 3u);
  EXPECT_EQ(done_, 3u);
  EXPECT_THAT(result.types, ElementsAre("user"));
}

TEST_F(RebuildTest, PutsBackWhatTheFunctionCouldNotMake) {
  model("users#1", 2, "old");
  model("users#2", 2, "old");
  failing_["1"] = 0;
  const RebuildResult result = run({.in_place = true});
  EXPECT_FALSE(result.isComplete());
  EXPECT_EQ(shown("users#1"), "2 old");
  EXPECT_EQ(shown("users#2"), "2 old") << "the first failure ends it";
  EXPECT_THAT(result.errors, ElementsAre("users 1: the function Users failed: no"));
}

TEST_F(RebuildTest, KeepsWhicheverReadModelIsFurther) {
  model("users#1", 2, "old");
  model("users#2", 1, "old");
  failing_ = {{"1", 1}, {"2", 1}};
  const RebuildResult result = run({.in_place = true, .keeps_going = true});
  EXPECT_EQ(shown("users#1"), "2 old");
  EXPECT_EQ(shown("users#2"), "1 half") << "it is as far as the old one";
  EXPECT_EQ(shown("users#3"), "2 new");
  EXPECT_EQ(result.failed, 2u);
  EXPECT_EQ(result.rebuilt, 1u);
}

TEST_F(RebuildTest, PutsBackWhatAnEventHasMadeSinceTheReadModelWasRead) {
  model("users#1", 1, "old");
  before_removal_ = [this] { model("users#1", 2, "further"); };
  failing_["1"] = 0;
  run({.in_place = true});
  EXPECT_EQ(shown("users#1"), "2 further");
}

TEST_F(RebuildTest, PutsBackWhatWasRemovedThoughTheAnswerWasLost) {
  model("users#1", 2, "old");
  before_removal_ = [this] {
    models_.erase("users#1");
    throw NotReachable("the connection broke");
  };
  const RebuildResult result = run({.in_place = true});
  EXPECT_EQ(shown("users#1"), "2 old");
  EXPECT_TRUE(result.is_unreachable);
  EXPECT_EQ(result.missing, 0u);
  EXPECT_THAT(given_, IsEmpty()) << "nothing goes on without the service";
}

TEST_F(RebuildTest, SaysWhichReadModelCouldNotBePutBack) {
  model("users#1", 2, "old");
  model("users#2", 2, "old");
  failing_ = {{"1", 0}, {"2", 0}};
  transport_->on("PutItem", [](const json::object&) -> std::string { throw NotReachable("nothing listens"); });
  const RebuildResult result = run({.in_place = true, .keeps_going = true});
  EXPECT_THAT(result.errors,
              ElementsAre("users 1: the function Users failed: no. The read model users#1 may be missing, "
                          "because it could not be put back: nothing listens"));
  EXPECT_EQ(result.missing, 1u);
  EXPECT_TRUE(result.is_unreachable);
  EXPECT_EQ(shown("users#2"), "2 old") << "the next one was not removed";
}

TEST_F(RebuildTest, RemovesNoItemThatNoProjectorHasMade) {
  models_["users#1"] = {{"pk", {{"S", "users#1"}}}, {"sk", {{"S", "users#1"}}}, {"note", {{"S", "mine"}}}};
  failing_["1"] = 0;
  run({.in_place = true});
  EXPECT_TRUE(models_.contains("users#1"));
  EXPECT_THAT(transport_->sentTo("DeleteItem"), IsEmpty());
}

TEST_F(RebuildTest, BuildsANewGenerationBesideTheOldOne) {
  model("users#1", 2, "old");
  model("v2/users#2", 2, "there");
  const RebuildResult result = run({.generation = "v2"});
  EXPECT_TRUE(result.isComplete());
  EXPECT_EQ(result.rebuilt, 2u);
  EXPECT_EQ(result.unchanged, 1u);
  EXPECT_EQ(shown("users#1"), "2 old");
  EXPECT_EQ(shown("v2/users#1"), "2 new");
  EXPECT_EQ(shown("v2/users#2"), "2 there");
  EXPECT_THAT(given_, ElementsAre("users#1#stream", "users#3#stream"));
  EXPECT_THAT(transport_->sentTo("DeleteItem"), IsEmpty());
}

TEST_F(RebuildTest, NoticesAFunctionThatDoesNotProjectTheGeneration) {
  ignored_ = true;
  const RebuildResult result = run({.generation = "v2"});
  EXPECT_THAT(result.errors, ElementsAre("users 1: the function returned without an error, but the read model "
                                         "v2/users#1 does not exist"));
}

TEST_F(RebuildTest, EndsBetweenStreamsWhenItIsInterrupted) {
  const RebuildResult result = run({.in_place = true}, [this] { return done_ == 1; });
  EXPECT_EQ(result.rebuilt, 1u);
  EXPECT_EQ(result.failed, 0u);
  EXPECT_FALSE(result.isComplete());
}

TEST_F(RebuildTest, RefusesAGenerationThatNoKeyCanHold) { EXPECT_THROW(run({.generation = "a#b"}), InvalidArgument); }

}  // namespace
}  // namespace ddblog::cli
