#include "vsl.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

namespace sqrtn::bench {
namespace {

/// The entry points, with 32-bit integers; all empty where the library or one of them is missing.
struct Library {
  int (*new_stream)(void** stream, int generator, unsigned seed) = nullptr;
  int (*delete_stream)(void** stream) = nullptr;
  int (*uniform_f32)(int method, void* stream, int n, float* out, float low, float high) = nullptr;
  int (*uniform_f64)(int method, void* stream, int n, double* out, double low, double high) = nullptr;
  int (*normal_f32)(int method, void* stream, int n, float* out, float mean, float stddev) = nullptr;
  int (*normal_f64)(int method, void* stream, int n, double* out, double mean, double stddev) = nullptr;
};

template <class F>
bool find(void* handle, const char* name, F& function) {
  function = reinterpret_cast<F>(dlsym(handle, name));
  return function != nullptr;
}

Library open() {
  void* handle = nullptr;
  for (const char* name : {"libmkl_rt.so", "libmkl_rt.so.1", "libmkl_rt.so.2"}) {
    // Its parts follow at the first draw, and put a BLAS into the global scope: by then the one under test
    // is loaded and bound.
    if (handle == nullptr) handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  }
  if (handle == nullptr) return {};
  ::setenv("MKL_THREADING_LAYER", "SEQUENTIAL", 0);
  Library vsl;
  const bool complete =
      find(handle, "vslNewStream", vsl.new_stream) && find(handle, "vslDeleteStream", vsl.delete_stream) &&
      find(handle, "vsRngUniform", vsl.uniform_f32) && find(handle, "vdRngUniform", vsl.uniform_f64) &&
      find(handle, "vsRngGaussian", vsl.normal_f32) && find(handle, "vdRngGaussian", vsl.normal_f64);
  return complete ? vsl : Library{};
}

const Library& library() {
  static const Library opened = open();
  return opened;
}

void require_success(int status, const char* what) {
  if (status != 0) throw std::runtime_error(fmt::format("MKL's {} failed with status {}", what, status));
}

}  // namespace

std::vector<VslMethod> vsl_methods(bool normal) {
  if (library().new_stream == nullptr) return {};
  // Numbers of mkl_vsl_defines.h: generators are multiples of 2²⁰; Gaussian methods 1 and 2. Tried and left out, since
  // in no type and size they were among the three fastest: R250, MRG32K3A, MT19937, MT2203, and Gaussian method 0.
  const std::vector<VslMethod> generators = {{"mcg31m1", 1 << 20, 0},
                                             {"mcg59", 4 << 20, 0},
                                             {"sfmt19937", 13 << 20, 0},
                                             {"ars5", 15 << 20, 0},
                                             {"philox4x32x10", 16 << 20, 0}};
  if (!normal) return generators;
  std::vector<VslMethod> methods;
  for (const VslMethod& generator : generators) {
    methods.push_back({generator.name + "_boxmuller2", generator.generator, 1});
    methods.push_back({generator.name + "_icdf", generator.generator, 2});
  }
  return methods;
}

VslStream::VslStream(const VslMethod& method, unsigned seed) : method_(method.method) {
  require_success(library().new_stream(&stream_, method.generator, seed), "vslNewStream");
}

VslStream::~VslStream() { library().delete_stream(&stream_); }

template <>
void VslStream::fill_uniform(std::span<float> out, float low, float high) {
  require_success(library().uniform_f32(0, stream_, static_cast<int>(out.size()), out.data(), low, high),
                  "vsRngUniform");
}
template <>
void VslStream::fill_uniform(std::span<double> out, double low, double high) {
  require_success(library().uniform_f64(0, stream_, static_cast<int>(out.size()), out.data(), low, high),
                  "vdRngUniform");
}
template <>
void VslStream::fill_normal(std::span<float> out, float mean, float stddev) {
  require_success(library().normal_f32(method_, stream_, static_cast<int>(out.size()), out.data(), mean, stddev),
                  "vsRngGaussian");
}
template <>
void VslStream::fill_normal(std::span<double> out, double mean, double stddev) {
  require_success(library().normal_f64(method_, stream_, static_cast<int>(out.size()), out.data(), mean, stddev),
                  "vdRngGaussian");
}

}  // namespace sqrtn::bench
