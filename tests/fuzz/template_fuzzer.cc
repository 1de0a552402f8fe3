// Any text as a template or a serverless.yml: it is refused with one line, or becomes requests that can be written as JSON.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "check.h"
#include "template/template.h"

using namespace ddblog;
using namespace ddblog::templates;

namespace {

void checkRequest(const json::object& request) { FUZZ_CHECK(isJsonObject(json::serialize(request))); }

void checkApp(const App& app) {
  for (const App::Table& table : app.tables) checkRequest(table.create_table);
  for (const App::Rule& rule : app.rules) {
    checkRequest(rule.put_rule);
    checkRequest(rule.put_targets);
  }
  for (const json::object& queue : app.queues) checkRequest(queue);
  for (const json::object& mapping : app.event_source_mappings) checkRequest(mapping);
  for (const App::Function& function : app.functions) FUZZ_CHECK(!function.name.empty());
}

}  // namespace

// The text as a file that is in memory only. Scripts of a serverless.yml find no node.
class FileInMemory {
 public:
  FileInMemory() : descriptor_(::memfd_create("template", 0)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {
    ::setenv("PATH", "/nonexistent", 1);
  }

  const std::string& path() const { return path_; }
  void write(const std::uint8_t* data, std::size_t size) const {
    FUZZ_CHECK(::ftruncate(descriptor_, 0) == 0);
    FUZZ_CHECK(::pwrite(descriptor_, data, size, 0) == static_cast<ssize_t>(size));
  }

 private:
  const int descriptor_;
  const std::string path_;
};

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const FileInMemory kFile;
  kFile.write(data, size);
  try {
    const TemplateReport report = TemplateFile(kFile.path(), {}, {}).inspect({}, {});
    for (const TemplateReport::Line& line : report.lines) FUZZ_CHECK(!line.text.empty());
    checkApp(report.app);
  } catch (const TemplateError& error) {
    FUZZ_CHECK(*error.what() != '\0');
  }
  return 0;
}
