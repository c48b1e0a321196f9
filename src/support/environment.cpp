#include "support/environment.hpp"

#include <fmt/ranges.h>
#include <hwy/highway.h>
#include <openssl/opensslv.h>
#include <sys/utsname.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <array>
#include <boost/version.hpp>
#include <cctype>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "build_stamp.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/topology.hpp"

namespace sqrtn {
namespace {

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::string single_spaced(const std::string& text) { return fmt::format("{}", fmt::join(words_of(text), " ")); }

std::string info(hwloc_obj_t object, const char* name) {
  const char* value = object != nullptr ? hwloc_obj_get_info_by_name(object, name) : nullptr;
  return value != nullptr ? single_spaced(value) : "";
}

/// Data and unified caches above the first processor, nearest first.
std::vector<Cache> caches_of(hwloc_topology_t topology) {
  std::vector<Cache> caches;
  for (hwloc_obj_t object = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PU, 0); object != nullptr;
       object = object->parent) {
    if (!hwloc_obj_type_is_dcache(object->type)) continue;
    const auto& cache = object->attr->cache;
    const int cores = hwloc_get_nbobjs_inside_cpuset_by_type(topology, object->cpuset, HWLOC_OBJ_CORE);
    caches.push_back({static_cast<int>(cache.depth), cache.size, cache.linesize, std::max(cores, 1)});
  }
  return caches;
}

void describe_topology(Environment& environment) {
  const Topology topology = load_topology();
  if (!topology) return;
  const auto count = [&](hwloc_obj_type_t type) { return std::max(hwloc_get_nbobjs_by_type(topology.get(), type), 0); };
  environment.packages = count(HWLOC_OBJ_PACKAGE);
  environment.cores = count(HWLOC_OBJ_CORE);
  environment.logical_processors = count(HWLOC_OBJ_PU);
  environment.smt = environment.logical_processors > environment.cores && environment.cores > 0;
  environment.caches = caches_of(topology.get());
  environment.memory_bytes = physical_memory_bytes();

  hwloc_obj_t package = hwloc_get_obj_by_type(topology.get(), HWLOC_OBJ_PACKAGE, 0);
  environment.cpu_model = info(package, "CPUModel");
  if (const std::string family = info(package, "CPUFamilyNumber"); !family.empty()) {
    environment.cpu_stepping = fmt::format("family {} model {} stepping {}", family, info(package, "CPUModelNumber"),
                                           info(package, "CPUStepping"));
  }
}

/// The flags that decide which kernels a BLAS or a fill can choose, in the order they appeared.
constexpr std::array known_isa = {
    "sse2",     "sse4_1",   "sse4_2",      "avx",      "f16c",        "fma",         "avx2",     "avx512f",  "avx512dq",
    "avx512bw", "avx512vl", "avx512_vnni", "avx_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16", "amx_int8",
    "aes",      "vaes",     "asimd",       "asimdhp",  "asimddp",     "bf16",        "sve",      "sve2",     "svebf16"};

std::vector<std::string> isa_flags() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("flags") && !line.starts_with("Features")) continue;
    const std::vector<std::string> present = words_of(line);
    std::vector<std::string> isa;
    std::copy_if(known_isa.begin(), known_isa.end(), std::back_inserter(isa),
                 [&](const char* flag) { return std::find(present.begin(), present.end(), flag) != present.end(); });
    return isa;
  }
  return {};
}

/// As the hypervisor names itself to its guests; empty where there is none or it hides.
std::string hypervisor_name() {
#if defined(__x86_64__)
  unsigned a = 0;
  std::array<unsigned, 3> vendor{};
  unsigned features = 0;
  __cpuid(1, a, vendor[0], features, vendor[1]);
  if ((features >> 31) == 0) return "";
  __cpuid(0x40000000, a, vendor[0], vendor[1], vendor[2]);
  const std::string name(reinterpret_cast<const char*>(vendor.data()), sizeof vendor);
  static const std::map<std::string, std::string> known = {{"KVMKVMKVM", "KVM"},       {"Microsoft Hv", "Hyper-V"},
                                                           {"VMwareVMware", "VMware"}, {"XenVMMXenVMM", "Xen"},
                                                           {"TCGTCGTCGTCG", "QEMU"},   {"bhyve bhyve ", "bhyve"}};
  const std::string trimmed = name.substr(0, name.find('\0'));
  const auto found = known.find(trimmed);
  return found != known.end() ? found->second : trimmed;
#else
  return first_line("/sys/hypervisor/type");
#endif
}

/// Name and number alone: what follows a '-' is the distribution's or the builder's own text.
void describe_kernel(Environment& environment) {
  utsname name{};
  if (uname(&name) != 0) return;
  const std::string release = name.release;
  environment.kernel = fmt::format("{} {}", name.sysname, release.substr(0, release.find_first_not_of("0123456789.")));
  environment.architecture = name.machine;
}

std::map<std::string, std::string> library_versions() {
  std::string boost = BOOST_LIB_VERSION;
  std::replace(boost.begin(), boost.end(), '_', '.');
  return {{"Boost", boost},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
          {"Highway", fmt::format("{}.{}.{}", HWY_MAJOR, HWY_MINOR, HWY_PATCH)},
          {"hwloc", HWLOC_VERSION},  // its headers tell the interface's version only
          {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                                        NLOHMANN_JSON_VERSION_PATCH)},
          {"OpenSSL", OPENSSL_VERSION_STR}};
}

}  // namespace

// hwloc adds up NUMA nodes, which leave out memory that was added later.
std::size_t physical_memory_bytes() {
  return static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Environment describe_environment() {
  Environment environment;
  describe_topology(environment);
  describe_kernel(environment);
  environment.available_processors = static_cast<int>(available_threads());
  environment.isa = isa_flags();
  // The best of the targets that the processor supports and the compiler built: the lowest bit.
  const auto targets = hwy::SupportedTargets() & HWY_TARGETS;
  environment.simd_target = hwy::TargetName(targets & -targets);
  environment.governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  environment.hypervisor = hypervisor_name();
  environment.compiler = build_stamp::compiler;
  environment.compile_flags = build_stamp::compile_flags;
  environment.build_type = build_stamp::build_type;
  environment.commit = build_stamp::commit;
  environment.dirty = build_stamp::dirty;
  environment.version = build_stamp::version;
  environment.libraries = library_versions();
  return environment;
}

std::size_t last_level_cache_bytes(const Environment& environment) {
  std::size_t largest = 0;
  for (const Cache& cache : environment.caches) largest = std::max(largest, cache.size_bytes);
  return largest > 0 ? largest : std::size_t{32} << 20;
}

std::string machine_name(const Environment& environment) {
  // "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz" names the clock of one setting and three trade marks.
  const std::string model = environment.cpu_model.substr(0, environment.cpu_model.find('@'));
  std::string letters;
  for (std::size_t i = 0; i < model.size(); ++i) {
    if (model[i] == '(') i = std::min(model.find(')', i), model.size() - 1);
    const auto c = static_cast<unsigned char>(model[i]);
    letters += std::isalnum(c) != 0 ? static_cast<char>(std::tolower(c)) : ' ';
  }
  std::vector<std::string> words = words_of(letters);
  std::erase_if(words, [](const std::string& word) { return word == "cpu" || word == "processor"; });
  if (words.empty()) words = {environment.architecture.empty() ? "unknown" : environment.architecture};
  // Hypervisors call every generation by one name, "AMD EPYC": family and model tell them apart.
  const bool numbered =
      std::any_of(letters.begin(), letters.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (!numbered) {
    const std::string& stepping = environment.cpu_stepping;
    for (std::string& word : words_of(stepping.substr(0, stepping.find("stepping")))) words.push_back(std::move(word));
  }
  return fmt::format("{}-{}-threads", fmt::join(words, "-"), environment.available_processors);
}

}  // namespace sqrtn
