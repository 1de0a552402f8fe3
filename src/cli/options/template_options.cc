#include "cli/options/template_options.h"

#include "cli/options/pairs.h"

namespace ddblog::cli {

void addTemplateOptions(Command& command, TemplateFlags& flags) {
  command.list("--parameter,--param NAME=VALUE", flags.parameters,
               "A template parameter, or an option or parameter of a serverless.yml; repeatable");
  command.list("--import NAME=VALUE", flags.imports, "The value of another stack's export; repeatable");
  command.list("--ssm FILE", flags.stored_values, "JSON or YAML with values of SSM parameters and secrets; repeatable");
  command.preset("region", flags.region);
  command.option("--stage,-s NAME", flags.stage,
                 "The stage, and the template parameter Stage (default: the serverless.yml's, or else local)");
  command.option("--region,-r REGION", flags.region,
                 "The region in ARNs (default: the serverless.yml's, or else us-east-1)");
}

void applyTemplateFlags(const TemplateFlags& flags, offline::LaunchOptions& given, offline::OfflineOptions& options) {
  options.parameters = pairsOf(flags.parameters, "--parameter");
  options.imports = pairsOf(flags.imports, "--import");
  options.stored_values.assign(flags.stored_values.begin(), flags.stored_values.end());
  if (!flags.stage.empty()) given.stage = flags.stage;
  if (!flags.region.empty()) given.region = flags.region;
}

}  // namespace ddblog::cli
