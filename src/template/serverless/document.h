// The template that a serverless.yml is translated into, as the reader of templates takes it.
//
// Thread safety: a pure function.
#pragma once

#include <cstdint>
#include <filesystem>

#include "template/findings.h"
#include "template/node.h"
#include "template/serverless/service.h"

namespace ddblog::templates::serverless {

// Its resources have their places in the files of the service. `file`: the number of the serverless.yml
// `name` among the findings, which get the other files.
Node documentOf(const Translation& service, const std::filesystem::path& name, std::uint32_t file, Findings& findings);

}  // namespace ddblog::templates::serverless
