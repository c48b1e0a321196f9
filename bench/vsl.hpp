#pragma once

#include <span>
#include <string>
#include <vector>

/// Intel MKL's generators (VSL), opened at run time where the library is installed, as a peer.
namespace sqrtn::bench {

/// One of VSL's basic generators and the way in which it draws.
struct VslMethod {
  std::string name;  ///< "sfmt19937", "ars5_icdf"
  int generator;     ///< VSL_BRNG_…
  int method;        ///< VSL_RNG_METHOD_…
};

/// The generators that are fast, by their documentation; for normals each by the pairwise Box–Muller
/// transform and by inversion. Empty where the library is not installed.
std::vector<VslMethod> vsl_methods(bool normal);

/// One generator's stream. T is float or double.
class VslStream {
 public:
  /// Throws: std::runtime_error if the library refuses the generator.
  VslStream(const VslMethod& method, unsigned seed);
  ~VslStream();
  VslStream(const VslStream&) = delete;
  VslStream& operator=(const VslStream&) = delete;

  template <class T>
  void fill_uniform(std::span<T> out, T low, T high);
  template <class T>
  void fill_normal(std::span<T> out, T mean, T stddev);

 private:
  void* stream_ = nullptr;
  int method_;
};

}  // namespace sqrtn::bench
