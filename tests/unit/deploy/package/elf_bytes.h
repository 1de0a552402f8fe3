// Small ELF files for tests: what the headers of a program say, without the program.
#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace ddblog::deploy {

struct ElfWish {
  std::uint16_t machine = EM_X86_64;
  std::vector<std::string> libraries;                        // none: a static program
  std::map<std::string, std::vector<std::string>> versions;  // of a library: "GLIBC_2.34"
};

// One segment holds the whole file at the address kElfAddress.
inline constexpr std::uint64_t kElfAddress = 0x400000;

inline std::string elfBytes(const ElfWish& wish) {
  std::string bytes(sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr), '\0');
  const auto append = [&bytes](const auto& structure) {
    bytes.append(reinterpret_cast<const char*>(&structure), sizeof structure);
  };
  std::string texts(1, '\0');
  const auto text = [&texts](const std::string& one) {
    const auto place = static_cast<std::uint32_t>(texts.size());
    texts += one + '\0';
    return place;
  };
  const std::uint64_t versions = bytes.size();
  std::size_t left = wish.versions.size();
  for (const auto& [library, names] : wish.versions) {
    const auto count = static_cast<Elf64_Half>(names.size());
    const auto size = static_cast<Elf64_Word>(sizeof(Elf64_Verneed) + names.size() * sizeof(Elf64_Vernaux));
    append(Elf64_Verneed{1, count, text(library), sizeof(Elf64_Verneed), --left > 0 ? size : 0});
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Elf64_Word next = i + 1 < names.size() ? sizeof(Elf64_Vernaux) : 0;
      append(Elf64_Vernaux{0, 0, 0, text(names[i]), next});
    }
  }
  std::vector<std::uint32_t> libraries;
  for (const std::string& library : wish.libraries) libraries.push_back(text(library));
  const std::uint64_t text_place = bytes.size();
  bytes += texts;
  const std::uint64_t dynamic = bytes.size();
  for (const std::uint32_t library : libraries) append(Elf64_Dyn{DT_NEEDED, {library}});
  append(Elf64_Dyn{DT_STRTAB, {kElfAddress + text_place}});
  append(Elf64_Dyn{DT_VERNEED, {kElfAddress + versions}});
  append(Elf64_Dyn{DT_VERNEEDNUM, {wish.versions.size()}});
  append(Elf64_Dyn{DT_NULL, {0}});

  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_machine = wish.machine;
  header.e_phoff = sizeof header;
  header.e_phnum = wish.libraries.empty() ? 1 : 2;
  Elf64_Phdr load{}, dynamics{};
  load.p_type = PT_LOAD;
  load.p_vaddr = kElfAddress;
  load.p_filesz = bytes.size();
  dynamics.p_type = PT_DYNAMIC;
  dynamics.p_offset = dynamic;
  dynamics.p_filesz = bytes.size() - dynamic;
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, &load, sizeof load);
  std::memcpy(bytes.data() + sizeof header + sizeof load, &dynamics, sizeof dynamics);
  return bytes;
}

}  // namespace ddblog::deploy
