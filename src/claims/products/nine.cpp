#include "claims/products/nine.hpp"

#include <algorithm>
#include <stdexcept>

#include "blas/call.hpp"

namespace sqrtn::claims {

blas::Interface products_of(const Subject& subject) {
  blas::Interface products = blas::interface_of(subject.products);
  const auto of_c = std::ranges::find(subject.interfaces, true, &blas::Interface::of_c);
  if (of_c != subject.interfaces.end()) products.symbol = of_c->symbol;
  return products;
}

const blas::Operation& described(std::string_view name) {
  const auto found = std::ranges::find(blas::operations(), name, &blas::Operation::name);
  if (found == blas::operations().end()) throw std::out_of_range("no routine is described as " + std::string(name));
  return *found;
}

template <class T>
std::vector<const blas::Operation*> nine_of(const blas::Interface& interface) {
  std::vector<const blas::Operation*> all;
  for (const std::string_view name : names_of_the_nine) {
    if (interface.has(described(name), blas_type<T>)) all.push_back(&described(name));
  }
  return all;
}

template std::vector<const blas::Operation*> nine_of<float>(const blas::Interface&);
template std::vector<const blas::Operation*> nine_of<double>(const blas::Interface&);

Choice lengths_of(const blas::Operation& operation, std::size_t m, std::size_t n, std::size_t k) {
  const bool has_inner = has_argument(operation, blas::Argument::What::length, 'k');
  const bool is_product = operation.name == "ger" || operation.name == "trsm";
  return shape_of(operation, m, has_inner ? (operation.name == "syrk" ? m : n) : is_product ? n : k, k);
}

}  // namespace sqrtn::claims
