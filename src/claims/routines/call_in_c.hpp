#pragma once

#include <string>

#include "blas/call_batch.hpp"
#include "claims/routines/instance.hpp"

/// A call in the words of C.
namespace sqrtn::claims {

/// "1.5", "NAN", "-INFINITY".
template <class R>
std::string c_number(R value);

/// The function's declaration and the call, whose operands have the names of the description.
template <class T>
class CallInC {
 public:
  CallInC(const Instance<T>& instance, const blas::Interface& interface) : instance_(instance), interface_(interface) {}

  static const char* real() { return sizeof(Real<T>) == 4 ? "float" : "double"; }
  [[nodiscard]] std::string symbol() const { return interface_.symbol(instance_.operation, blas_type<T>); }
  [[nodiscard]] bool returns_complex() const { return blas::returns_complex(instance_.operation, blas_type<T>); }
  /// Whether a complex result is written to an argument, which is called s.
  [[nodiscard]] bool by_address() const { return returns_complex() && (interface_.of_c || by_first()); }
  [[nodiscard]] std::string returned() const;
  [[nodiscard]] std::string parameters() const;
  /// The arrays that a batch in groups is handed, in one line; "" of other calls.
  [[nodiscard]] std::string arrays() const;
  [[nodiscard]] std::string values() const;

 private:
  [[nodiscard]] bool by_first() const;
  [[nodiscard]] bool has_added_flags() const;
  [[nodiscard]] bool has_layout() const { return interface_.of_c && has_matrix(instance_.operation); }
  [[nodiscard]] bool is_of(blas::Batch kind) const { return instance_.operation.batch == kind; }
  [[nodiscard]] const char* integer() const { return interface_.integer_bits == 64 ? "long" : "int"; }
  [[nodiscard]] std::string type_of(const blas::Argument& argument) const;
  [[nodiscard]] std::string value(const blas::Argument& argument) const;
  [[nodiscard]] std::string scalar(char of) const;
  [[nodiscard]] std::string flag(char letter) const;
  [[nodiscard]] std::int64_t length(char of) const { return instance_.integer({blas::Argument::What::length, of}); }
  [[nodiscard]] std::int64_t leading(char of) const { return instance_.integer({blas::Argument::What::leading, of}); }
  [[nodiscard]] blas::PartedProduct parted() const;

  const Instance<T>& instance_;
  const blas::Interface& interface_;
};

}  // namespace sqrtn::claims
