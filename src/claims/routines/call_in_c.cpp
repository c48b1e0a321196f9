#include "claims/routines/call_in_c.hpp"

#include <fmt/format.h>

#include <cmath>

#include "blas/call.hpp"
#include "claims/routines/halves.hpp"

namespace sqrtn::claims {

using What = blas::Argument::What;

namespace {

/// A list, one part after the other.
class List {
 public:
  void add(const std::string& part) { text_ += (text_.empty() ? "" : ", ") + part; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

template <class One>
std::string twice(const One& one) {
  return fmt::format("{{{0}, {0}}}", one);
}

}  // namespace

template <class R>
std::string c_number(R value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value < 0 ? "-INFINITY" : "INFINITY";
  return fmt::format("{}", value);
}

/// Of Fortran's interface the first, of C's the last.
template <class T>
bool CallInC<T>::by_first() const {
  return !interface_.of_c && returns_complex() && interface_.returns_by_first &&
         interface_.returns_by_first(instance_.operation, blas_type<T>);
}

template <class T>
std::string CallInC<T>::returned() const {
  if (instance_.operation.outputs.front().operand != '=' || by_address()) return "void";
  if (instance_.operation.returns_double) return "double";
  if (returns_complex()) return sizeof(Real<T>) == 4 ? "float _Complex" : "double _Complex";
  return returns_index(instance_.operation) ? (interface_.of_c ? "size_t" : integer()) : real();
}

/// Two flags for C's interface before the lengths, for Fortran's behind all else.
template <class T>
bool CallInC<T>::has_added_flags() const {
  return interface_.has_added_flags && interface_.has_added_flags(instance_.operation, blas_type<T>);
}

template <class T>
std::string CallInC<T>::type_of(const blas::Argument& argument) const {
  const auto& [what, of] = argument;
  if (!interface_.of_c || what == What::data || (what == What::scalar && !instance_.is_real(of))) return "const void *";
  if (what < What::length) return "int";
  if (what == What::scalar) return instance_.operation.half_scalars ? "unsigned short" : real();
  const std::string_view type = integer();
  const bool has_stride = what == What::leading && is_of(blas::Batch::strided);
  return has_stride ? fmt::format("{0}, {0}", type) : std::string(type);
}

template <class T>
std::string CallInC<T>::parameters() const {
  if (is_of(blas::Batch::addresses)) {
    return fmt::format(
        "int, const int *, const int *, const {0} *, const {0} *, const {0} *, const void *, const void **, const {0} "
        "*, const void **, const {0} *, const void *, void **, const {0} *, {0}, const {0} *",
        integer());
  }
  List list;
  if (has_layout()) list.add("int");
  if (by_first()) list.add("void *");
  if (interface_.of_c && has_added_flags()) list.add("int, int");
  for (const blas::Argument& argument : instance_.operation.arguments) list.add(type_of(argument));
  if (is_of(blas::Batch::strided)) list.add(integer());
  if (interface_.of_c && by_address()) list.add("void *");
  if (!interface_.of_c) {
    if (has_added_flags()) list.add("const void *, const void *, size_t, size_t");
    for (const auto& argument : instance_.operation.arguments) {
      if (argument.what < What::length) list.add("size_t");
    }
  }
  return list.text();
}

template <class T>
blas::PartedProduct CallInC<T>::parted() const {
  return {instance_.choice.row_major,
          instance_.choice.transpose_a,
          instance_.choice.transpose_b,
          length('m'),
          length('n'),
          leading('A'),
          leading('B'),
          leading('C')};
}

template <class T>
std::string CallInC<T>::arrays() const {
  if (!is_of(blas::Batch::addresses)) return {};
  const blas::PartedProduct product = parted();
  const blas::BatchGroups groups = groups_of(product);
  const auto addresses = [](char operand, const std::array<std::int64_t, 3>& elements) {
    const int reals = is_complex<T> ? 2 : 1;
    return fmt::format("{{{0} + {1}, {0} + {2}, {0} + {3}}}", operand, reals * elements[0], reals * elements[1],
                       reals * elements[2]);
  };
  const auto numbers = [](const T& value) {
    const std::string re = c_number(real_part(value));
    return is_complex<T> ? re + ", " + c_number(imaginary_part(value)) : re;
  };
  std::string line = fmt::format("  const int ta[] = {}, tb[] = {};", twice(blas::c_flag(product.op_a)),
                                 twice(blas::c_flag(product.op_b)));
  line +=
      fmt::format(" const {} m[] = {}, n[] = {{{}, {}}}, k[] = {}, la[] = {}, lb[] = {}, lc[] = {}, g[] = {{{}, {}}};",
                  integer(), twice(product.m), groups.n[0], groups.n[1], twice(length('k')), twice(product.lda),
                  twice(product.ldb), twice(product.ldc), groups.sizes[0], groups.sizes[1]);
  line += fmt::format(" const {} alpha[] = {}, beta[] = {};", real(), twice(numbers(instance_.scalar('a'))),
                      twice(numbers(instance_.scalar('b'))));
  return line + fmt::format(" const void *a[] = {}, *b[] = {}; void *c[] = {};\n", addresses('A', {}),
                            addresses('B', groups.at_b), addresses('C', groups.at_c));
}

template <class T>
std::string CallInC<T>::scalar(char of) const {
  const T value = instance_.scalar(of);
  if (const auto half = instance_.operation.half_scalars) {
    const std::string bits = fmt::format("{:#x}", half_of(*half, value));
    return interface_.of_c ? bits : "(unsigned short[]){" + bits + "}";
  }
  if (instance_.is_real(of) && interface_.of_c) return c_number(real_part(value));
  return fmt::format("({}[]){{{}, {}}}", real(), c_number(real_part(value)), c_number(imaginary_part(value)));
}

template <class T>
std::string CallInC<T>::flag(char letter) const {
  if (!interface_.of_c) return fmt::format("\"{}\"", static_cast<char>(letter & ~0x20));
  return fmt::to_string(blas::c_flag(letter));
}

template <class T>
std::string CallInC<T>::value(const blas::Argument& argument) const {
  const auto& [what, of] = argument;
  if (what == What::data) return std::string(1, of);
  if (what < What::length) return flag(static_cast<char>(instance_.integer(argument)));
  if (what == What::scalar) return scalar(of);
  if (is_of(blas::Batch::strided)) {
    const blas::BatchStrides strides = strides_of(parted());
    if (what == What::length && of != 'k') return fmt::to_string(of == 'm' ? strides.m : strides.n);
    const std::int64_t stride = of == 'A' ? strides.a : of == 'B' ? strides.b : strides.c;
    if (what == What::leading) return fmt::format("{}, {}", instance_.integer(argument), stride);
  }
  const std::string number = fmt::to_string(instance_.integer(argument));
  return interface_.of_c ? number : fmt::format("&({}){{{}}}", integer(), number);
}

template <class T>
std::string CallInC<T>::values() const {
  const std::string layout = instance_.choice.row_major ? "101" : "102";
  if (is_of(blas::Batch::addresses))
    return fmt::format("{}, ta, tb, m, n, k, alpha, a, la, b, lb, beta, c, lc, {}, g", layout,
                       groups_of(parted()).n_groups);
  List list;
  if (has_layout()) list.add(layout);
  if (by_first()) list.add("s");
  if (interface_.of_c && has_added_flags()) list.add(flag('N') + ", " + flag('N'));
  for (const blas::Argument& argument : instance_.operation.arguments) list.add(value(argument));
  if (is_of(blas::Batch::strided)) list.add(fmt::to_string(strides_of(parted()).count));
  if (interface_.of_c && by_address()) list.add("s");
  if (!interface_.of_c && has_added_flags()) list.add(flag('N') + ", " + flag('N') + ", 1, 1");
  for (const blas::Argument& argument : instance_.operation.arguments) {
    if (!interface_.of_c && argument.what < What::length) list.add("1");
  }
  return list.text();
}

template std::string c_number(float);
template std::string c_number(double);
template class CallInC<float>;
template class CallInC<double>;
template class CallInC<std::complex<float>>;
template class CallInC<std::complex<double>>;

}  // namespace sqrtn::claims
