// dynamodb-log validate: says what of a template or a serverless.yml runs offline, what does not and why,
// and what is wrong.
#include <iostream>

#include "base/text.h"
#include "cli/command_line.h"
#include "cli/options/template_options.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "offline/launch_options.h"
#include "offline/template_check.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log validate                          checks ./template.yaml or ./serverless.yml
  dynamodb-log validate template.yaml --parameter Stage=prod

Exit status: 0 if it would start, 1 if something in it is wrong.)";

struct Flags {
  offline::OfflineOptions options;
  std::vector<std::string> files;
  std::string configured_file;  // empty: none
  TemplateFlags of_template;
};

const char* wordOf(offline::CheckedLine::Kind kind) {
  if (kind == offline::CheckedLine::Kind::kRuns) return "runs: ";
  return kind == offline::CheckedLine::Kind::kNote ? "note: " : "error: ";
}

offline::OfflineOptions optionsOf(const Flags& flags) {
  offline::OfflineOptions options = flags.options;
  if (flags.files.size() > 1) throw std::invalid_argument("validate checks one file at a time");
  offline::LaunchOptions given;
  applyTemplateFlags(flags.of_template, given, options);
  if (!flags.configured_file.empty()) given.template_file = flags.configured_file;
  if (!flags.files.empty()) given.template_file = flags.files.front();
  applyLaunchOptions(given, options);
  if (!options.template_file) {
    throw std::invalid_argument("there is no template.yaml, serverless.yml or cdk.out here: name the file");
  }
  return options;
}

int validate(const Flags& flags) {
  std::size_t counts[3] = {};
  for (const offline::CheckedLine& line : offline::checkTemplate(optionsOf(flags))) {
    ++counts[static_cast<std::size_t>(line.kind)];
    std::cout << printable(line.place + wordOf(line.kind) + line.text) << "\n";
  }
  const auto counted = [&](offline::CheckedLine::Kind kind, const char* one, const char* many) {
    const std::size_t count = counts[static_cast<std::size_t>(kind)];
    return withThousands(count) + (count == 1 ? one : many);
  };
  std::cout << counted(offline::CheckedLine::Kind::kRuns, " resource runs, ", " resources run, ")
            << counted(offline::CheckedLine::Kind::kNote, " note, ", " notes, ")
            << counted(offline::CheckedLine::Kind::kError, " error", " errors") << std::endl;
  return counts[static_cast<std::size_t>(offline::CheckedLine::Kind::kError)] > 0 ? kFailure : kOk;
}

}  // namespace

void addValidate(Command& program) {
  Command command =
      program.subcommand("validate", "Say what of a template or serverless.yml runs offline, and what is wrong in it");
  auto flags = std::make_shared<Flags>();
  command.preset("template", flags->configured_file);
  command.list("FILE", flags->files,
               "A template or serverless.yml (default: ./template.yaml, ./serverless.yml or ./cdk.out)");
  addTemplateOptions(command, flags->of_template);
  command.examples(kExamples);
  command.runs([flags] { return validate(*flags); });
}

}  // namespace ddblog::cli
