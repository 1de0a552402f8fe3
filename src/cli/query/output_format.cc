#include "cli/query/output_format.h"

#include <unistd.h>

#include "cli/terminal/screen.h"

namespace ddblog::cli {

void addOutputOption(Command& command, std::string& output, const std::string& usually) {
  command.choice("--output,-o table|json|jsonl", output, {"table", "json", "jsonl"},
                 "How to print; jsonl: one object a line (default: " + usually + ")");
}

ItemOutput::Format outputFormat(const std::string& output) {
  if (output == "json") return ItemOutput::Format::kJson;
  if (output == "jsonl") return ItemOutput::Format::kJsonLines;
  if (output == "table" || isTerminal(STDOUT_FILENO)) return ItemOutput::Format::kTable;
  return ItemOutput::Format::kJsonLines;
}

}  // namespace ddblog::cli
