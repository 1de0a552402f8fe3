// What an executable of Linux needs from the machine that runs it: read from its ELF headers.
//
// Sources: elf(5); Lambda's runtimes provided.al2023 and provided.al2 have the libraries of the minimal
// Amazon Linux: glibc 2.34 and GCC 11 in the first, glibc 2.26 and GCC 7 in the second.
// Limits, ours: 1,000 libraries, 10,000 versions. Thread safety: a value; stateless functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog::deploy {

struct Executable {
  std::string architecture;            // "x86_64", "arm64"; else the machine's number: "machine 8"
  std::vector<std::string> libraries;  // shared ones, by their names; empty: it is static
  std::string glibc;                   // the newest version of glibc that it needs: "2.36"; empty: none
  std::string libstdcxx;               // the same of the symbols of libstdc++: "3.4.30"
};

// std::nullopt: the bytes are no ELF file of 64 bits and little endian. What is damaged is left out.
std::optional<Executable> readExecutable(std::string_view bytes);

// What of it a function would not find: "libfoo.so.1", "glibc 2.36 (the runtime has 2.34)". `packed`:
// names of libraries that are packed with it.
std::vector<std::string> missingInLambda(const Executable& executable, std::string_view runtime,
                                         const std::vector<std::string>& packed);

}  // namespace ddblog::deploy
