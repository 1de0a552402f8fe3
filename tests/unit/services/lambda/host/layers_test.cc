// Local layers of functions, which are not at /opt, as real processes see them.
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class LocalLayers : public testing::Test {
 protected:
  void add(Function function, std::initializer_list<const char*> layers) {
    for (const char* layer : layers) function.layer_directories.push_back(cloud_.directory.path() / layer);
    cloud_.addFunction(function);
  }
  FunctionCloud cloud_;
};

TEST_F(LocalLayers, HaveTheModulesThatCommonJsNamesBelowOpt) {
  cloud_.write("first/nodejs/utils.js", "exports.name = 'first';");
  cloud_.write("first/nodejs/only/index.js", "exports.name = 'only in the first';");
  cloud_.write("second/nodejs/utils.js", "exports.name = 'second';");
  add(cloud_.function(
          "users", "nodejs20.x", "index.js",
          "exports.handler = async () => [require('/opt/nodejs/utils').name, require('/opt/nodejs/only').name];"),
      {"first", "second"});
  EXPECT_EQ(cloud_.invoke("users").payload, R"(["second","only in the first"])");
}

TEST_F(LocalLayers, HaveTheModulesThatEsModulesNameBelowOpt) {
  cloud_.write("layer/nodejs/utils.mjs", "export const name = 'imported';");
  add(cloud_.node("users",
                  "import { name } from '/opt/nodejs/utils.mjs';\n"
                  "const again = await import('/opt/nodejs/utils.mjs');\n"
                  "export const handler = async () => [name, again.name];"),
      {"layer"});
  EXPECT_EQ(cloud_.invoke("users").payload, R"(["imported","imported"])");
}

TEST_F(LocalLayers, SayWhichModuleNoneOfThemHas) {
  cloud_.write("layer/nodejs/utils.js", "");
  add(cloud_.function("users", "nodejs20.x", "index.js", "require('/opt/nodejs/gone');"), {"layer"});
  EXPECT_NE(cloud_.invoke("users").payload.find("Cannot find module '/opt/nodejs/gone'"), std::string::npos);
}

TEST_F(LocalLayers, ThatAreNotBuiltStandForTheirFolder) {
  cloud_.write("plain/node_modules/words/index.js", "exports.name = 'package';");
  cloud_.write("plain/utils.js", "exports.name = 'file';");
  cloud_.write("plain/words.py", "name = 'module'\n");
  add(cloud_.function("node", "nodejs20.x", "index.js",
                      "exports.handler = async () => [require('words').name, require('/opt/nodejs/utils').name];"),
      {"plain"});
  add(cloud_.python("python", "import words\ndef handler(event, context): return words.name\n"), {"plain"});
  EXPECT_EQ(cloud_.invoke("node").payload, R"(["package","file"])");
  EXPECT_EQ(cloud_.invoke("python").payload, R"("module")");
}

TEST_F(LocalLayers, ThatAreBuiltHaveModulesInTheirFolderOnly) {
  cloud_.write("built/nodejs/node_modules/words/index.js", "");
  cloud_.write("built/words.py", "");
  add(cloud_.python("users", "import words\n"), {"built"});
  const InvocationResult result = cloud_.end(cloud_.begin("users", "{}", false, false));
  EXPECT_NE(result.payload.find("No module named 'words'"), std::string::npos);
}

}  // namespace
}  // namespace ddblog::lambda
