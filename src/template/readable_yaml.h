// Text that yaml-cpp can read, made of text that CloudFormation and the Serverless Framework can.
//
// Three things are rewritten, and the lines stay: a character that JSON writes as two escapes
// ("\ud83d\ude00") becomes one; a scalar inside [] or {} that has a "?" is quoted:
// {Schedule: cron(0 10 * * ? *)}; and the tabs at the ends of lines go. Other text is returned as it is.
//
// Thread safety: a stateless function.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::templates {

std::string readableYaml(std::string_view text);

}  // namespace ddblog::templates
