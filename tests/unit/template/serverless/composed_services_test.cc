// A serverless-compose.yml: which services it lists, in which order they are deployed, and what it gives them.
#include "template/serverless/composed_services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "template/template_error.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::templates::serverless {
namespace {

using testing::ElementsAre;
using testing::Pair;

class ComposedServices : public testing::Test {
 protected:
  ComposedServices() {
    for (const char* file : {"users/serverless.yml", "mail/serverless.ts", "bills/other.yml"}) folder_.write(file, "");
  }
  std::vector<ComposedService> read(const std::string& text, const std::string& name = "serverless-compose.yml") {
    return readComposedServices(folder_.write(name, text), "dev", "eu-north-1", true);
  }
  std::string refusal(const std::string& text) {
    try {
      read(text);
    } catch (const TemplateError& e) {
      const std::string what = e.what();
      return what.substr(what.find("compose.yml") + 11);
    }
    return "it is read";
  }
  static std::vector<std::string> names(const std::vector<ComposedService>& services) {
    std::vector<std::string> names;
    for (const ComposedService& service : services) names.push_back(service.name);
    return names;
  }

  TemporaryDirectory folder_;
};

TEST_F(ComposedServices, ComeAfterThoseThatTheyNeed) {
  const auto services = read(
      "services:\n"
      "  bills: {path: bills, config: other.yml, dependsOn: [mail, users]}\n"
      "  mail: {path: ./mail/, params: {table: \"${users.tableName}\", stage: \"x-${sls:stage}\", most: 3}}\n"
      "  users: {path: users}\n");
  EXPECT_THAT(names(services), ElementsAre("users", "mail", "bills"));
  EXPECT_EQ(services[0].file, folder_.path() / "users/serverless.yml");
  EXPECT_EQ(services[1].file, folder_.path() / "mail/serverless.ts");
  EXPECT_EQ(services[2].file, folder_.path() / "bills/other.yml");
  EXPECT_THAT(services[1].parameters,
              ElementsAre(Pair("most", "3"), Pair("stage", "x-dev"), Pair("table", "${users.tableName}")));
}

TEST_F(ComposedServices, KeepTheOrderOfTheFile) {
  EXPECT_THAT(names(read("services: {users: {path: users}, mail: {path: mail}}")), ElementsAre("users", "mail"));
}

TEST_F(ComposedServices, MayBeListedInJson) {
  EXPECT_THAT(names(read(R"({"services": {"users": {"path": "users"}}})", "serverless-compose.json")),
              ElementsAre("users"));
}

TEST_F(ComposedServices, MayBeTemplates) {
  folder_.write("infra/template.yaml", "");
  EXPECT_EQ(read("services: {infra: {path: infra}}").at(0).file, folder_.path() / "infra/template.yaml");
}

TEST_F(ComposedServices, HaveVariablesWithoutAValueOnlyWhereNothingIsDeployed) {
  const std::string text = "services:\n  users: {path: users, params: {a: \"${env:NOT_SET_ANYWHERE}\"}}\n";
  EXPECT_EQ(refusal(text), ":2: ${env:NOT_SET_ANYWHERE} has no value");
  EXPECT_EQ(readComposedServices(folder_.write("serverless-compose.yml", text), "dev", "eu-north-1", false).size(), 1u);
}

TEST_F(ComposedServices, GetOutputsOfOthers) {
  const auto output = [](const std::string& service, const std::string& name) { return service + "/" + name; };
  EXPECT_EQ(withOutputs("a ${users.url}, ${mail-out.arn}", output), "a users/url, mail-out/arn");
  EXPECT_EQ(withOutputs("${users", output), "${users");
}

TEST_F(ComposedServices, ThatCannotBeDeployedAreNamed) {
  EXPECT_EQ(refusal("services: {}"), ":1: it lists no services");
  EXPECT_EQ(refusal("services:\n  users: {}\n"), ":2: the service users has no path");
  EXPECT_EQ(refusal("services:\n  users: {path: nowhere}\n"),
            ":2: the service users: there is no serverless.yml in " + (folder_.path() / "nowhere").string());
  EXPECT_EQ(refusal("services:\n  users: {path: users, dependsOn: orders}\n"),
            ":2: the service users needs orders, and there is no service of that name");
  EXPECT_EQ(refusal("services:\n  users: {path: users, dependsOn: mail}\n  mail: {path: mail, dependsOn: users}\n"),
            ":2: the services need each other: users is one of them");
  EXPECT_EQ(refusal("services:\n  users: {path: users, params: {a: [1]}}\n"), ":2: the parameter a must be a text");
}

}  // namespace
}  // namespace ddblog::templates::serverless
