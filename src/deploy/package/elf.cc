#include "deploy/package/elf.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace ddblog::deploy {

namespace {

constexpr std::size_t kLibraries = 1000;
constexpr std::size_t kVersions = 10'000;

// Of glibc, and what the minimal Amazon Linux has beside it that a program can count on.
constexpr std::array<std::string_view, 14> kInLambda = {
    "libc.so.6",    "libm.so.6",       "libpthread.so.0",      "libdl.so.2",           "librt.so.1",
    "libutil.so.1", "libresolv.so.2",  "libanl.so.1",          "libgcc_s.so.1",        "libstdc++.so.6",
    "libz.so.1",    "libnss_dns.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"};

// The bytes of a file, read within their bounds.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  template <class Structure>
  std::optional<Structure> at(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(Structure)) return std::nullopt;
    Structure structure;
    std::memcpy(&structure, bytes_.data() + offset, sizeof structure);
    return structure;
  }
  std::string textAt(std::uint64_t offset) const {
    if (offset >= bytes_.size()) return "";
    const std::size_t end = std::min(bytes_.find('\0', offset), bytes_.size());
    return std::string(bytes_.substr(offset, end - offset));
  }

 private:
  const std::string_view bytes_;
};

class Reader {
 public:
  Reader(const Bytes& bytes, const Elf64_Ehdr& header) : bytes_(bytes), header_(header) {}

  void readInto(Executable& executable) {
    const std::optional<Elf64_Phdr> dynamic = segment(PT_DYNAMIC);
    if (!dynamic) return;
    std::vector<std::uint64_t> names;
    std::uint64_t texts = 0, versions = 0, version_count = 0;
    for (std::uint64_t place = 0; place < dynamic->p_filesz; place += sizeof(Elf64_Dyn)) {
      const auto entry = bytes_.at<Elf64_Dyn>(dynamic->p_offset + place);
      if (!entry || entry->d_tag == DT_NULL) break;
      if (entry->d_tag == DT_NEEDED && names.size() < kLibraries) names.push_back(entry->d_un.d_val);
      if (entry->d_tag == DT_STRTAB) texts = offsetOf(entry->d_un.d_ptr);
      if (entry->d_tag == DT_VERNEED) versions = offsetOf(entry->d_un.d_ptr);
      if (entry->d_tag == DT_VERNEEDNUM) version_count = entry->d_un.d_val;
    }
    for (const std::uint64_t name : names) executable.libraries.push_back(bytes_.textAt(texts + name));
    if (versions) readVersions(versions, version_count, texts, executable);
  }

 private:
  std::optional<Elf64_Phdr> segment(std::uint32_t type) const {
    for (int i = 0; i < header_.e_phnum; ++i) {
      const auto found = bytes_.at<Elf64_Phdr>(header_.e_phoff + static_cast<std::uint64_t>(i) * sizeof(Elf64_Phdr));
      if (found && found->p_type == type) return found;
    }
    return std::nullopt;
  }

  // Where in the file an address of the running program is.
  std::uint64_t offsetOf(std::uint64_t address) const {
    for (int i = 0; i < header_.e_phnum; ++i) {
      const auto found = bytes_.at<Elf64_Phdr>(header_.e_phoff + static_cast<std::uint64_t>(i) * sizeof(Elf64_Phdr));
      if (!found || found->p_type != PT_LOAD || address < found->p_vaddr) continue;
      if (address - found->p_vaddr < found->p_filesz) return address - found->p_vaddr + found->p_offset;
    }
    return 0;
  }

  void readVersions(std::uint64_t place, std::uint64_t count, std::uint64_t texts, Executable& executable) const {
    std::size_t read = 0;
    for (std::uint64_t i = 0; i < count && read < kVersions; ++i) {
      const auto need = bytes_.at<Elf64_Verneed>(place);
      if (!need) return;
      std::uint64_t version_place = place + need->vn_aux;
      for (int j = 0; j < need->vn_cnt && read < kVersions; ++j, ++read) {
        const auto version = bytes_.at<Elf64_Vernaux>(version_place);
        if (!version) break;
        takeVersion(bytes_.textAt(texts + version->vna_name), executable);
        if (version->vna_next == 0) break;
        version_place += version->vna_next;
      }
      if (need->vn_next == 0) return;
      place += need->vn_next;
    }
  }

  static void takeVersion(const std::string& name, Executable& executable);

  const Bytes& bytes_;
  const Elf64_Ehdr& header_;
};

// {2, 34} of "2.34".
std::vector<int> numbersOf(std::string_view version) {
  std::vector<int> numbers;
  while (!version.empty()) {
    const std::size_t point = std::min(version.find('.'), version.size());
    int number = 0;
    std::from_chars(version.data(), version.data() + point, number);
    numbers.push_back(number);
    version.remove_prefix(std::min(point + 1, version.size()));
  }
  return numbers;
}

void keepNewest(std::string_view name, std::string_view prefix, std::string& newest) {
  if (!name.starts_with(prefix)) return;
  const std::string_view version = name.substr(prefix.size());
  if (numbersOf(version) > numbersOf(newest)) newest = version;
}

void Reader::takeVersion(const std::string& name, Executable& executable) {
  keepNewest(name, "GLIBC_", executable.glibc);
  keepNewest(name, "GLIBCXX_", executable.libstdcxx);
}

std::string architectureOf(std::uint16_t machine) {
  if (machine == EM_X86_64) return "x86_64";
  if (machine == EM_AARCH64) return "arm64";
  return "machine " + std::to_string(machine);
}

}  // namespace

std::optional<Executable> readExecutable(std::string_view file) {
  const Bytes bytes(file);
  const auto header = bytes.at<Elf64_Ehdr>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB) return std::nullopt;
  Executable executable;
  executable.architecture = architectureOf(header->e_machine);
  Reader(bytes, *header).readInto(executable);
  return executable;
}

std::vector<std::string> missingInLambda(const Executable& executable, std::string_view runtime,
                                         const std::vector<std::string>& packed) {
  std::vector<std::string> missing;
  for (const std::string& library : executable.libraries) {
    const bool is_there =
        std::ranges::find(kInLambda, library) != kInLambda.end() || std::ranges::find(packed, library) != packed.end();
    if (!is_there) missing.push_back(library);
  }
  const auto checkVersion = [&missing](const std::string& what, const std::string& needed, const std::string& has) {
    if (numbersOf(needed) <= numbersOf(has)) return;
    missing.push_back(what + " " + needed + " (the runtime has " + has + ")");
  };
  const bool is_old = runtime.ends_with("al2");
  checkVersion("glibc", executable.glibc, is_old ? "2.26" : "2.34");
  if (std::ranges::find(packed, "libstdc++.so.6") == packed.end()) {
    checkVersion("libstdc++", executable.libstdcxx, is_old ? "3.4.24" : "3.4.29");
  }
  return missing;
}

}  // namespace ddblog::deploy
