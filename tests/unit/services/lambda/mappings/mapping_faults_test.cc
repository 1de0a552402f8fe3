// Faults of a stream's mapping: batches that come twice, and items that overtake each other.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "unit/services/lambda/fault_cloud.h"

namespace ddblog::lambda {
namespace {

// Prints the batch ("batch a b"); fails for a batch with the item "bad" while the file "fails" is there.
constexpr const char* kHandler = R"(
import os
def handler(event, context):
    keys = [r['dynamodb']['Keys']['pk']['S'] for r in event['Records']]
    print('batch', *keys)
    if 'bad' in keys and os.path.exists(os.environ['LAMBDA_TASK_ROOT'] + '/fails'):
        raise ValueError('bad item')
)";

class MappingFaults : public testing::Test {
 protected:
  void start(FaultCloud& cloud) {
    cloud.addFunction(cloud.python("trigger", kHandler));
    cloud.addMapping(cloud.mapping("logs", "trigger"));
    cloud.service->start();
  }
  static std::vector<std::vector<std::string>> batches(FaultCloud& cloud) {
    std::vector<std::vector<std::string>> found;
    std::istringstream lines(cloud.log.all());
    for (std::string line; std::getline(lines, line);) {
      const std::size_t begin = line.find("trigger: batch ");
      if (begin == std::string::npos) continue;
      std::istringstream words(line.substr(begin + 15));
      std::vector<std::string>& batch = found.emplace_back();
      for (std::string word; words >> word;) batch.push_back(word);
    }
    return found;
  }
  static void put(FaultCloud& cloud, const std::vector<std::string>& items) {
    for (const std::string& item : items) cloud.put("logs", item);
  }
};

using Batches = std::vector<std::vector<std::string>>;

TEST_F(MappingFaults, DeliverABatchTwice) {
  FaultCloud cloud(Fault::kDuplicate);
  cloud.createTable("logs");
  put(cloud, {"a", "b"});
  start(cloud);
  ASSERT_TRUE(cloud.log.has("trigger: batch a b", 2));
  put(cloud, {"c"});
  ASSERT_TRUE(cloud.log.has("trigger: batch c", 2));
  put(cloud, {"d"});
  ASSERT_TRUE(cloud.log.has("trigger: batch d", 2));
  EXPECT_EQ(batches(cloud), (Batches{{"a", "b"}, {"a", "b"}, {"c"}, {"c"}, {"d"}, {"d"}}));
}

// The function succeeds once, and then only fails.
TEST_F(MappingFaults, DoNotTurnASuccessIntoAFailure) {
  FaultCloud cloud(Fault::kDuplicate);
  cloud.createTable("logs");
  cloud.addFunction(cloud.python("trigger",
                                 "import os\n"
                                 "def handler(event, context):\n"
                                 "    keys = [r['dynamodb']['Keys']['pk']['S'] for r in event['Records']]\n"
                                 "    print('batch', *keys)\n"
                                 "    mark = os.environ['LAMBDA_TASK_ROOT'] + '/' + keys[0]\n"
                                 "    if os.path.exists(mark): raise ValueError('done before')\n"
                                 "    open(mark, 'w').close()\n"));
  cloud.addMapping(cloud.mapping("logs", "trigger"));
  cloud.service->start();
  put(cloud, {"a"});
  ASSERT_TRUE(cloud.log.has("trigger: batch a", 2));
  put(cloud, {"b"});
  ASSERT_TRUE(cloud.log.has("trigger: batch b", 2));
  put(cloud, {"c"});
  ASSERT_TRUE(cloud.log.has("trigger: batch c"));
  EXPECT_EQ(cloud.log.countNow("failed"), 0) << cloud.log.all();
}

TEST_F(MappingFaults, CountOnlyWhatIsOutOfOrder) {
  FaultCloud one_item(Fault::kReorder), two_items(Fault::kReorder);
  for (FaultCloud* cloud : {&one_item, &two_items}) cloud->createTable("logs");
  put(one_item, {"a"});
  put(two_items, {"a", "b"});
  for (FaultCloud* cloud : {&one_item, &two_items}) start(*cloud);
  ASSERT_TRUE(one_item.log.has("trigger: batch a"));
  EXPECT_EQ(one_item.injected.count(Fault::kReorder).asked, 0u);
  ASSERT_TRUE(two_items.log.has("trigger: batch a"));
  EXPECT_EQ(two_items.injected.count(Fault::kReorder).injected, 1u);
  EXPECT_EQ(batches(two_items), (Batches{{"b"}, {"a"}}));
}

TEST_F(MappingFaults, LetItemsOvertakeTheFirstOne) {
  const std::vector<std::string> items = {"a", "b", "c", "d", "e", "f", "g", "h"};
  std::vector<Batches> found;
  for (int run = 0; run < 2; ++run) {
    FaultCloud cloud(Fault::kReorder);
    cloud.createTable("logs");
    put(cloud, items);
    start(cloud);
    ASSERT_TRUE(cloud.log.has("trigger: batch", 2)) << cloud.log.all();
    found.push_back(batches(cloud));
  }
  ASSERT_EQ(found[0].size(), 2u);
  EXPECT_EQ(found[0][1].front(), "a");
  std::vector<std::string> all;
  for (const auto& batch : found[0]) {
    EXPECT_TRUE(std::is_sorted(batch.begin(), batch.end())) << "in the order of the shard";
    all.insert(all.end(), batch.begin(), batch.end());
  }
  EXPECT_THAT(all, testing::UnorderedElementsAreArray(items));
  EXPECT_EQ(found[1], found[0]);
}

TEST_F(MappingFaults, KeepTheOrderOfOneItem) {
  FaultCloud cloud(Fault::kReorder);
  cloud.createTable("logs");
  for (int version = 0; version < 3; ++version) {
    for (const char* item : {"a", "b", "c", "d"}) {
      cloud.dynamodb("PutItem", R"({"TableName":"logs","Item":{"pk":{"S":")" + std::string(item) + R"("},"v":{"N":")" +
                                    std::to_string(version) + R"("}}})");
    }
  }
  Function function = cloud.python("trigger",
                                   "def handler(event, context):\n"
                                   "    for r in event['Records']:\n"
                                   "        print('seen', r['dynamodb']['Keys']['pk']['S'], "
                                   "r['dynamodb']['NewImage']['v']['N'])\n");
  cloud.addFunction(function);
  cloud.addMapping(cloud.mapping("logs", "trigger"));
  cloud.service->start();
  ASSERT_TRUE(cloud.log.has("seen", 12));
  std::map<std::string, std::string> versions;
  std::istringstream lines(cloud.log.all());
  for (std::string line; std::getline(lines, line);) {
    if (const std::size_t begin = line.find("seen "); begin != std::string::npos) {
      versions[line.substr(begin + 5, 1)] += line.back();
    }
  }
  for (const char* item : {"a", "b", "c", "d"}) EXPECT_EQ(versions[item], "012") << item;
}

TEST_F(MappingFaults, LoseNothingThatWasOvertaken) {
  FaultCloud cloud(Fault::kReorder);
  cloud.createTable("logs");
  put(cloud, {"bad", "b", "c", "d", "e", "f", "g", "h"});
  cloud.write("trigger/fails", "");
  start(cloud);
  ASSERT_TRUE(cloud.log.has("trigger: batch bad"));  // those that are ahead are done, and this batch fails
  cloud.restart();
  const int failures = cloud.log.countNow("trigger: batch bad");
  std::filesystem::remove(cloud.directory.path() / "trigger/fails");
  cloud.service->start();
  ASSERT_TRUE(cloud.log.has("trigger: batch bad", failures + 1));
  put(cloud, {"z"});
  ASSERT_TRUE(cloud.log.has("trigger: batch z"));
  std::set<std::string> all;
  for (const auto& batch : batches(cloud)) all.insert(batch.begin(), batch.end());
  EXPECT_THAT(all, testing::ElementsAre("b", "bad", "c", "d", "e", "f", "g", "h", "z"));
}

TEST_F(MappingFaults, DoNotHappenAtARateOfZero) {
  FaultCloud cloud(Fault::kDuplicate, 0);
  cloud.createTable("logs");
  put(cloud, {"a", "b"});
  start(cloud);
  ASSERT_TRUE(cloud.log.has("trigger: batch a b"));
  put(cloud, {"c"});
  ASSERT_TRUE(cloud.log.has("trigger: batch c"));
  EXPECT_EQ(batches(cloud), (Batches{{"a", "b"}, {"c"}}));
}

}  // namespace
}  // namespace ddblog::lambda
