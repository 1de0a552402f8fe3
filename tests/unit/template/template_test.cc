
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "template/node.h"
#include "template/sam_settings.h"
#include "template/yaml.h"
#include "unit/support/temporary_directory.h"
#include "unit/template/read_template.h"

namespace ddblog::templates {
namespace {

using ::testing::HasSubstr;

class TemplateTest : public ::testing::Test {
 protected:
  TemplateTest() {
    std::filesystem::create_directory(directory_ / "node");
    std::ofstream(directory_ / "node" / "index.js") << "";
  }

  App read(const std::string& text, std::map<std::string, std::string> parameters = {}) {
    std::ofstream(directory_ / "template.yaml") << text;
    return readTemplate(directory_ / "template.yaml", std::move(parameters), {});
  }

  std::string refusal(const std::string& text) {
    try {
      read(text);
    } catch (const TemplateError& e) {
      return e.what();
    }
    return "not refused";
  }

  TemporaryDirectory temporary_;
  const std::filesystem::path directory_ = temporary_.path();
};

constexpr char kUsers[] = R"(
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: local}
Globals:
  Function:
    Timeout: 10
    Environment: {Variables: {STAGE: !Ref Stage}}
Resources:
  Logs:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${Stage}-dynamodb-logs"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: sk, AttributeType: N}
      KeySchema:
        - {AttributeName: pk, KeyType: HASH}
        - {AttributeName: sk, KeyType: RANGE}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
  Bus:
    Type: AWS::Events::EventBus
    Properties: {Name: dynamodb-log}
  Trigger:
    Type: AWS::Serverless::Function
    Metadata: {DynamodbLog: {BuiltIn: trigger}}
    Properties:
      FunctionName: !Sub "${Stage}-trigger"
      Events:
        Stream:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Logs.StreamArn, StartingPosition: TRIM_HORIZON, BatchSize: 100}
  Users:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      Handler: index.handler
      CodeUri: node/
      ReservedConcurrentExecutions: 5
      Environment: {Variables: {TABLE: !Ref Logs}}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnFailure: {Type: Lambda, Destination: !GetAtt Failed.Arn}}
      Events:
        Changed:
          Type: EventBridgeRule
          Properties:
            EventBusName: !Ref Bus
            Pattern: {source: [dynamodb-log], detail: {log: [users]}}
  Failed:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs20.x, Handler: index.onFailure, CodeUri: node/}
  Role:
    Type: AWS::IAM::Role
    Properties: {}
)";

TEST_F(TemplateTest, ASamTemplateBecomesTheServicesOwnRequests) {
  const App app = read(kUsers);
  ASSERT_EQ(app.tables.size(), 1u);
  EXPECT_EQ(app.tables[0].create_table.at("TableName"), "local-dynamodb-logs");
  EXPECT_EQ(app.tables[0].create_table.at("StreamSpecification").at("StreamEnabled"), true);
  EXPECT_FALSE(app.tables[0].create_table.contains("TimeToLiveSpecification"));
  EXPECT_EQ(app.tables[0].update_time_to_live->at("TimeToLiveSpecification").at("AttributeName"), "ttl");
  ASSERT_EQ(app.event_buses.size(), 1u);
  EXPECT_EQ(app.event_buses[0].at("Name"), "dynamodb-log");
  ASSERT_EQ(app.rules.size(), 1u);
  EXPECT_EQ(app.rules[0].put_rule.at("EventBusName"), "dynamodb-log");
  EXPECT_EQ(app.rules[0].put_rule.at("EventPattern"), R"({"source":["dynamodb-log"],"detail":{"log":["users"]}})");
  EXPECT_EQ(app.rules[0].put_targets.at("Targets").at(0).at("Arn"),
            "arn:aws:lambda:us-east-1:000000000000:function:Users");
  ASSERT_EQ(app.event_source_mappings.size(), 1u);
  EXPECT_EQ(app.event_source_mappings[0].at("EventSourceArn"),
            "arn:aws:dynamodb:us-east-1:000000000000:table/local-dynamodb-logs/stream/latest");
  EXPECT_EQ(app.event_source_mappings[0].at("FunctionName"), "local-trigger");
  EXPECT_TRUE(app.notes.empty());
}

TEST_F(TemplateTest, AFunctionHasItsOwnSettingsOverTheGlobalOnes) {
  const App app = read(kUsers, {{"Stage", "test"}});
  ASSERT_EQ(app.functions.size(), 3u);
  EXPECT_EQ(app.functions[0].name, "test-trigger");
  EXPECT_EQ(app.functions[0].built_in, "trigger");
  const App::Function& users = app.functions[1];
  EXPECT_EQ(users.handler, "index.handler");
  EXPECT_EQ(users.code_directory, directory_ / "node/");
  EXPECT_EQ(users.timeout, std::chrono::seconds(10));
  EXPECT_EQ(users.reserved_concurrency, 5);
  EXPECT_EQ(users.environment.at("STAGE"), "test");
  EXPECT_EQ(users.environment.at("TABLE"), "test-dynamodb-logs");
  EXPECT_EQ(users.invoke_config.maximum_retry_attempts, 1);
  EXPECT_EQ(users.invoke_config.on_failure, "arn:aws:lambda:us-east-1:000000000000:function:Failed");
}

TEST_F(TemplateTest, ABillionLaughsEnds) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int j = 0; j < 8; ++j) text += ", " + below;
    text += "]\n";
  }
  EXPECT_THAT(refusal(text), HasSubstr("too large"));
}

TEST_F(TemplateTest, AnchorsAroundManyValuesAreLimited) {
  std::string text = "a: ";
  for (int i = 0; i < 90; ++i) text += "&a" + std::to_string(i) + " [";
  for (int i = 0; i < 20'000; ++i) text += "x,";
  EXPECT_THAT(refusal(text + std::string(90, ']')), HasSubstr("too large"));
}

TEST_F(TemplateTest, ALongTextIsCopiedALimitedNumberOfTimes) {
  std::string text = "a: &a " + std::string(500'000, 'x') + "\nb: [";
  for (int i = 0; i < 200; ++i) text += "*a, ";
  EXPECT_THAT(refusal(text + "]\n"), HasSubstr("too large"));
}

TEST_F(TemplateTest, WhatFunctionsMakeIsLimited) {
  const std::string half(500'000, 'x');
  std::string text = "Parameters: {P: {Type: String}}\nMappings: {M: {a: {b: " + half +
                     "}}}\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n"
                     "      {Runtime: nodejs22.x, Handler: index.handler, Code: node, Environment: {Variables: {\n";
  for (int i = 0; i < 100; ++i) text += "V" + std::to_string(i) + ": !FindInMap [M, a, b],\n";
  EXPECT_THAT(refusal(text + "}}}\n"), HasSubstr("too large"));
}

TEST_F(TemplateTest, WhatALoopMakesIsLimited) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "${N}";
  const auto loop = [&](const std::string& value) {
    return "Resources:\n  Fn::ForEach::L:\n    - N\n    - [" + value +
           "]\n    - R: {Type: AWS::SNS::Topic, Properties: {A: '" + pattern + "'}}\n";
  };
  EXPECT_THAT(refusal(loop(std::string(10'000, 'y'))), HasSubstr("more than 1 MB"));
  std::string values;
  for (int i = 0; i < 100; ++i) values += std::string(900, 'y') + ",";
  EXPECT_THAT(refusal(loop(values)), HasSubstr("too large"));
}

TEST_F(TemplateTest, ConditionsAreNestedToALimit) {
  std::string text = "Conditions:\n  C0: !Equals [a, a]\n";
  for (int i = 1; i < 5'000; ++i) {
    text += "  C" + std::to_string(i) + ": !Not [!Condition C" + std::to_string(i - 1) + "]\n";
  }
  text += "Resources:\n  Q: {Type: AWS::SQS::Queue, Condition: C4999}\n";
  EXPECT_THAT(refusal(text), HasSubstr("circular references, or functions nested too deep"));
}

TEST_F(TemplateTest, AMissingFileIsSaidSo) {
  EXPECT_THROW(readTemplate(directory_ / "none.yaml", {}, {}), TemplateError);
}

TEST_F(TemplateTest, WhatSamBuiltIsFoundIfItIsNewer) {
  EXPECT_EQ(findTemplate(directory_), std::nullopt);
  std::ofstream(directory_ / "serverless.yml") << "";
  EXPECT_EQ(findTemplate(directory_), directory_ / "serverless.yml");
  std::ofstream(directory_ / "template.yml") << "";
  EXPECT_EQ(findTemplate(directory_), directory_ / "template.yml");
  const std::filesystem::path built = directory_ / ".aws-sam" / "build" / "template.yaml";
  std::filesystem::create_directories(built.parent_path());
  std::ofstream(built) << "";
  const auto now = std::filesystem::last_write_time(directory_ / "template.yml");
  std::filesystem::last_write_time(built, now + std::chrono::seconds(1));
  EXPECT_EQ(findTemplate(directory_), built);
  std::filesystem::last_write_time(built, now - std::chrono::seconds(1));
  EXPECT_EQ(findTemplate(directory_), directory_ / "template.yml");
}

TEST_F(TemplateTest, TheTemplateOfSamsSettingsIsFound) {
  std::filesystem::create_directories(directory_ / "infra");
  std::ofstream(directory_ / "infra" / "app.yaml") << "";
  std::ofstream(directory_ / "samconfig.toml")
      << "version = 0.1\n[prod.build.parameters]\ntemplate_file = 'samconfig.toml'\n"
         "[default.deploy.parameters]\ntemplate = \"none.yaml\"\n"
         "[default.build.parameters]\n  template_file=\"infra/app.yaml\"  # here\n";
  EXPECT_EQ(findTemplate(directory_), directory_ / "infra" / "app.yaml");
  std::filesystem::remove(directory_ / "samconfig.toml");
  std::ofstream(directory_ / "samconfig.yaml") << "default: {build: {parameters: {template_file: infra/app.yaml}}}\n";
  EXPECT_EQ(findTemplate(directory_), directory_ / "infra" / "app.yaml");
  std::ofstream(directory_ / "template.yml") << "";
  EXPECT_EQ(findTemplate(directory_), directory_ / "template.yml");
}

TEST_F(TemplateTest, WhatSamDeploysIsNoTemplateOfItsOwn) {
  std::filesystem::create_directories(directory_ / ".aws-sam" / "build");
  const std::filesystem::path built = directory_ / ".aws-sam" / "build" / "template.yaml";
  const std::filesystem::path source = directory_ / "app.yaml";
  std::ofstream(built) << "";
  std::ofstream(directory_ / "samconfig.toml")
      << "[default.deploy.parameters]\ntemplate_file = \"./.aws-sam/build/template.yaml\"\n"
         "[default.build.parameters]\ntemplate_file = \"app.yaml\"\n";
  EXPECT_EQ(findTemplate(directory_).value().lexically_normal(), built);
  std::ofstream(source) << "";
  const auto now = std::filesystem::last_write_time(built);
  std::filesystem::last_write_time(source, now + std::chrono::hours(1));
  EXPECT_EQ(findTemplate(directory_), source);
  std::filesystem::last_write_time(source, now - std::chrono::hours(1));
  EXPECT_EQ(findTemplate(directory_), built);
}

TEST_F(TemplateTest, TheStacksOfCdkAreFoundInItsDirectory) {
  std::filesystem::create_directories(directory_ / "cdk.out");
  EXPECT_EQ(findTemplate(directory_), std::nullopt);
  std::ofstream(directory_ / "cdk.json") << "{}";
  EXPECT_EQ(findTemplate(directory_), directory_ / "cdk.out");
}

TEST_F(TemplateTest, AFileOfServicesSaysWhatToStart) {
  const std::filesystem::path file = directory_ / "serverless-compose.yml";
  std::ofstream(file) << "services:\n  users: {path: services/users}\n  mail: {path: mail, dependsOn: users}\n";
  EXPECT_EQ(findTemplate(directory_), file);
  for (const char* folder : {"services/users", "mail"}) {
    std::filesystem::create_directories(directory_ / folder);
    std::ofstream(directory_ / folder / "serverless.yml") << "service: x";
  }
  try {
    readTemplate(file, {}, {});
    FAIL() << "it is read";
  } catch (const TemplateError& e) {
    EXPECT_THAT(e.what(), HasSubstr("start one of them, with `--template " +
                                    (directory_ / "services/users/serverless.yml").string() + "`"));
  }
}

TEST_F(TemplateTest, TheFirstOfSeveralErrorsIsTheOneThatIsThrown) {
  EXPECT_EQ(refusal("Resources:\n  A: {Type: Table}\n  B: {Type: Queue}\n"),
            (directory_ / "template.yaml").string() +
                ":2: resource A: there is no resource type Table (and 1 more: `dynamodb-log validate` lists them)");
}

TEST_F(TemplateTest, MustBeUtf8) {
  EXPECT_EQ(refusal("Resources: {A: {Type: \xFF}}"), (directory_ / "template.yaml").string() + ":1: is not UTF-8");
}

TEST_F(TemplateTest, MayHaveAByteOrderMarkAndLineEndsOfWindows) {
  const App app = read("\xEF\xBB\xBFResources:\r\n  Bus:\r\n    Type: AWS::Events::EventBus\r\n");
  EXPECT_EQ(app.event_buses.at(0).at("Name"), "Bus");
}

TEST_F(TemplateTest, ALongDefaultNameIsShortened) {
  const std::string id(80, 'A');
  const App app = read("Resources: {" + id + ": {Type: AWS::SQS::Queue}}");
  const std::string name(app.queues.at(0).at("QueueName").as_string());
  EXPECT_EQ(name.size(), 64u);
  EXPECT_TRUE(name.starts_with(std::string(55, 'A') + "-"));
}

TEST_F(TemplateTest, StoredValuesAreReadFromAFile) {
  const std::filesystem::path file = directory_ / "stored.json";
  std::ofstream(file) << R"({"/a": "1", "secret": {"user": "me"}})";
  EXPECT_EQ(readStoredValues(file), (std::map<std::string, std::string>{{"/a", "1"}, {"secret", R"({"user":"me"})"}}));
  std::ofstream(file) << R"({"Parameters": [{"Name": "/a", "Value": "1"}]})";
  EXPECT_EQ(readStoredValues(file), (std::map<std::string, std::string>{{"/a", "1"}}));
  std::ofstream(file) << "[]";
  EXPECT_THROW(readStoredValues(file), TemplateError);
}

TEST(Yaml, KeepsTextsThatOnlyLookLikeNumbers) {
  const json::value value =
      parseYaml("{a: 012345678901, b: 2010-09-09, c: 12, d: '12', e: 1.5, f: !Ref X, g: 1e3, h: .5}", "t");
  EXPECT_EQ(value.at("a"), "012345678901");
  EXPECT_EQ(value.at("b"), "2010-09-09");
  EXPECT_EQ(value.at("c"), 12);
  EXPECT_EQ(value.at("d"), "12");
  EXPECT_EQ(value.at("e"), 1.5);
  EXPECT_EQ(value.at("f").at("Ref"), "X");
  EXPECT_EQ(value.at("g"), "1e3");
}

TEST(Yaml, WritesNumbersAsJavaScriptDoes) {
  EXPECT_EQ(jsonText(parseJson("[1.50,100000.0,1e21,0.000001,-0.5,7,{\"a\":2.5}]")),
            "[1.5,100000,1e+21,0.000001,-0.5,7,{\"a\":2.5}]");
}

TEST(DefaultApp, HasTheTablesTheBusAndTheTrigger) {
  const App app = defaultApp("local", "us-east-1", "000000000000");
  EXPECT_EQ(app.tables.at(0).create_table.at("TableName"), "local-dynamodb-logs");
  EXPECT_EQ(app.tables.at(1).create_table.at("TableName"), "local-core");
  EXPECT_EQ(app.functions.at(0).name, "local-trigger");
}

class Synthesized : public TemplateTest {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(directory_ / "cdk.out");
    std::ofstream(directory_ / "cdk.out" / name) << text;
  }
  App readAll(std::map<std::string, std::string> parameters = {}) {
    return readTemplate(directory_ / "cdk.out", std::move(parameters), {});
  }
};

TEST_F(Synthesized, StacksOfADirectoryUseEachOthersExports) {
  write("Api.template.json", R"({"Resources": {"Rule": {"Type": "AWS::Events::Rule", "Properties": {
      "EventPattern": {"source": ["shop"]},
      "Targets": [{"Id": "t", "Arn": {"Fn::ImportValue": "Data:Queue"}}]}}}})");
  write("Data.template.json", R"({"Parameters": {"Name": {"Type": "String"}},
      "Resources": {"Queue": {"Type": "AWS::SQS::Queue"},
                    "Named": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}},
      "Outputs": {"Q": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": "Data:Queue"}}}})");
  const App app = readAll({{"Name", "orders"}});
  ASSERT_EQ(app.rules.size(), 1u);
  EXPECT_EQ(app.rules[0].put_targets.at("Targets").at_pointer("/0/Arn"),
            "arn:aws:sqs:us-east-1:000000000000:Data-Queue");
  ASSERT_EQ(app.queues.size(), 2u);
  EXPECT_EQ(app.queues[0].at("QueueName"), "Data-Queue");
  EXPECT_EQ(app.queues[1].at("QueueName"), "orders");
  EXPECT_THAT(app.notes, testing::IsEmpty());
  EXPECT_THROW(readAll({{"Name", "orders"}, {"Nothing", "x"}}), TemplateError);
}

TEST_F(Synthesized, TheOnlyStackOfADirectoryKeepsItsNames) {
  write("Data.template.json", R"({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})");
  write("manifest.json", "{}");
  EXPECT_EQ(readAll().queues.at(0).at("QueueName"), "Queue");
}

TEST_F(Synthesized, OneStackUsesWhatTheOthersExport) {
  write("Api.template.json", R"({"Resources": {"Rule": {"Type": "AWS::Events::Rule", "Properties": {
      "EventPattern": {"source": ["shop"]},
      "Targets": [{"Id": "t", "Arn": {"Fn::ImportValue": "Data:Queue"}}]}}}})");
  write("Data.template.json", R"({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
      "Outputs": {"Q": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": "Data:Queue"}}}})");
  write("Broken.template.json", "{");
  write("Empty.template.json", "{}");
  const App app = readTemplate(directory_ / "cdk.out" / "Api.template.json", {}, {});
  EXPECT_EQ(app.rules.at(0).put_targets.at("Targets").at_pointer("/0/Arn"),
            "arn:aws:sqs:us-east-1:000000000000:Data-Queue");
  ASSERT_EQ(app.queues.size(), 1u);
  EXPECT_THAT(app.notes, testing::ElementsAre(HasSubstr("the queue Data-Queue is of another stack: it is made here")));
}

TEST_F(Synthesized, NestedStacksBelongToTheStackThatNamesThem) {
  write("Shop.template.json", R"({"Resources": {"Carts": {"Type": "AWS::CloudFormation::Stack",
      "Metadata": {"aws:asset:path": "ShopCarts.nested.template.json"},
      "Properties": {"Parameters": {"Name": "carts"}}}}})");
  write("ShopCarts.nested.template.json", R"({"Parameters": {"Name": {"Type": "String"}},
      "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}}})");
  const App app = readAll();
  ASSERT_EQ(app.queues.size(), 1u);
  EXPECT_EQ(app.queues[0].at("QueueName"), "carts");
}

TEST_F(Synthesized, StagesHaveDirectoriesOfTheirOwn) {
  write("Pipeline.template.json", R"({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})");
  std::filesystem::create_directories(directory_ / "cdk.out" / "assembly-Prod");
  write("assembly-Prod/ProdShop.template.json", R"({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})");
  EXPECT_EQ(readAll().queues.at(0).at("QueueName"), "ProdShop-Queue");
}

TEST_F(Synthesized, WhatTwoStagesNameAlikeIsANote) {
  std::filesystem::create_directories(directory_ / "cdk.out" / "assembly-Dev");
  std::filesystem::create_directories(directory_ / "cdk.out" / "assembly-Prod");
  const char* stack = R"({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}},
      "Outputs": {"Q": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": "Orders"}}}})";
  write("assembly-Dev/DevShop.template.json", stack);
  write("assembly-Prod/ProdShop.template.json", stack);
  const std::string directory = (directory_ / "cdk.out").string();
  EXPECT_THAT(readAll().notes,
              testing::UnorderedElementsAre(
                  HasSubstr("the queue orders is also declared in " + directory +
                            "/assembly-Dev/DevShop.template.json, and only one of the two runs: `--template " +
                            directory + "/assembly-Prod/ProdShop.template.json` starts this one alone"),
                  HasSubstr("another stack exports Orders, too: the value is this one's")));
}

TEST_F(TemplateTest, ParametersOfSamForAnotherStageAreNotTaken) {
  std::ofstream(directory_ / "samconfig.toml") << "[default.deploy.parameters]\nparameter_overrides = \"Color=red\"\n";
  const std::string text =
      "Parameters: {Color: {Type: String, Default: blue}}\nResources: {Q: {Type: AWS::SQS::Queue}}\n";
  EXPECT_THAT(read(text).notes, testing::ElementsAre(HasSubstr("samconfig.toml are not read: --parameter NAME=VALUE")));
  EXPECT_THAT(read(text, {{"Color", "red"}}).notes, testing::IsEmpty());
}

TEST_F(TemplateTest, ParametersOfSamAreTaken) {
  std::ofstream(directory_ / "samconfig.toml")
      << "[default.global.parameters]\nparameter_overrides = [\n  'Color=red',  # first\n  \"Size=large\", 'Nope=1']\n"
         "[default.deploy.parameters]\nparameter_overrides = 'Color=green'\n"
         "[dev.local_invoke.parameters]\nparameter_overrides = 'Color=\"dark blue\" Stage=x'\n";
  const std::string text =
      "Parameters: {Color: {Type: String}, Size: {Type: String, Default: small}, Stage: {Type: String, Default: s}}\n"
      "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: x, Tags: [{Key: a, Value: !Sub "
      "'${Color} ${Size} ${Stage}'}]}}}\n";
  const auto tagOf = [](const App& app) { return app.queues.at(0).at("tags").at("a").as_string(); };
  const App app = read(text);
  EXPECT_EQ(tagOf(app), "red large s");
  EXPECT_THAT(app.notes, testing::ElementsAre(
                             HasSubstr("samconfig.toml, [default.global.parameters], come the values of Color, Size")));
  EXPECT_EQ(tagOf(read(text, {{"Color", "black"}})), "black large s");
  const TemplateFile file(directory_ / "template.yaml", {}, {.stage = "dev", .region = {}});
  EXPECT_EQ(tagOf(file.read({}, {})), "dark blue small s");
}

TEST(SamSettings, ReadBothFormsOfOverrides) {
  using Values = std::map<std::string, std::string>;
  EXPECT_EQ(parameterOverrides(R"(A=1 B="x \"y\" z"  C='a b' D=)"),
            (Values{{"A", "1"}, {"B", "x \"y\" z"}, {"C", "a b"}, {"D", ""}}));
  EXPECT_EQ(parameterOverrides("ParameterKey=A,ParameterValue=\"1, 2\" ParameterKey=B,ParameterValue=x=y"),
            (Values{{"A", "1, 2"}, {"B", "x=y"}}));
}

TEST_F(TemplateTest, ParametersOfSamAreNotTakenForATemplateInAnotherFolder) {
  std::filesystem::create_directories(directory_ / "infra" / "users");
  std::ofstream(directory_ / "samconfig.toml")
      << "[default.deploy.parameters]\ntemplate_file = \"infra/users/app.yaml\"\n"
         "parameter_overrides = \"Color=red\"\n";
  const std::string text =
      "Parameters: {Color: {Type: String, Default: blue}}\nResources: {Q: {Type: AWS::SQS::Queue}}\n";
  for (const char* name : {"app.yaml", "other.yaml"}) std::ofstream(directory_ / "infra" / "users" / name) << text;
  EXPECT_THAT(readTemplate(directory_ / "infra" / "users" / "app.yaml", {}, {}).notes,
              testing::ElementsAre(HasSubstr("samconfig.toml are not read: --parameter NAME=VALUE")));
  EXPECT_THAT(readTemplate(directory_ / "infra" / "users" / "other.yaml", {}, {}).notes, testing::IsEmpty());
}

TEST_F(Synthesized, ADirectoryWithoutTemplatesIsRefused) {
  write("manifest.json", "{}");
  try {
    readAll();
    FAIL();
  } catch (const TemplateError& e) {
    EXPECT_THAT(e.what(), HasSubstr("has no *.template.json: run `cdk synth`"));
  }
}

}  // namespace
}  // namespace ddblog::templates
