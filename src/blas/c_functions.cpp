#include "blas/c_functions.hpp"

#include <cstdint>
#include <type_traits>

namespace sqrtn::blas {
namespace {

/// The function behind an entry of the table, of the one library that a process loads.
template <auto entry>
void* wide_function = nullptr;

/// The table's function for one whose whole numbers have 64 bits. Its flags, which come first, are enumerations of 32.
template <auto entry, std::size_t n_flags, class R, class... Arguments, std::size_t... i>
auto narrowed(R (*)(Arguments...), std::index_sequence<i...>) {
  using Wide = R(std::conditional_t < std::is_same_v<Arguments, int> && (i >= n_flags), std::int64_t, Arguments > ...);
  return +[](Arguments... arguments) -> R { return reinterpret_cast<Wide*>(wide_function<entry>)(arguments...); };
}

template <class>
struct CountOf;
template <class R, class... Arguments>
struct CountOf<R (*)(Arguments...)> : std::index_sequence_for<Arguments...> {};

template <class T>
class Adder {
 public:
  Adder(const SymbolLookup& look_up, const Naming& naming, int integer_bits, FoundFunctions& all)
      : look_up_(look_up), naming_(naming), wide_(integer_bits == 64), all_(all) {}

  template <auto entry, std::size_t n_flags>
  void add(const char* name) {
    constexpr char type = sizeof(T) == sizeof(float) ? 's' : 'd';
    const std::string symbol = naming_.c(type + std::string(name));
    void* const address = look_up_(symbol);
    if (address == nullptr) return;
    all_.found.emplace_back(symbol, address);
    auto& function = all_.functions.of<T>().*entry;
    using Function = std::remove_reference_t<decltype(function)>;
    wide_function<entry> = address;
    function = wide_ ? narrowed<entry, n_flags>(Function{}, CountOf<Function>{}) : reinterpret_cast<Function>(address);
  }
  void add_all() {
    using Table = FunctionsFor<T>;
    add<&Table::gemm, 3>("gemm");
    add<&Table::gemv, 2>("gemv");
    add<&Table::ger, 1>("ger");
    add<&Table::dot, 0>("dot");
    add<&Table::nrm2, 0>("nrm2");
    add<&Table::axpy, 0>("axpy");
    add<&Table::scal, 0>("scal");
    add<&Table::syrk, 3>("syrk");
    add<&Table::trsm, 5>("trsm");
  }

 private:
  const SymbolLookup& look_up_;
  const Naming& naming_;
  bool wide_;
  FoundFunctions& all_;
};

}  // namespace

FoundFunctions c_functions(const SymbolLookup& look_up, const Naming& naming, int integer_bits) {
  FoundFunctions all;
  Adder<float>(look_up, naming, integer_bits, all).add_all();
  Adder<double>(look_up, naming, integer_bits, all).add_all();
  return all;
}

}  // namespace sqrtn::blas
