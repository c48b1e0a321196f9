#include "order/order.hpp"

#include <chrono>

#include "order/data.hpp"
#include "order/diagonal.hpp"
#include "order/family.hpp"

namespace sqrtn::order {
namespace {

using Clock = std::chrono::steady_clock;

// Of products whose bits stand for the library's answer, and of their entries where they are small.
constexpr std::size_t answered_entries = 1000, most_answers = 1000;
// What reading may take of the time; the certificate has the rest.
constexpr double reading_share = 0.6, certificate_share = 0.8;

/// FNV-1a of the bits of fresh products, none of which the certificate has.
template <class T>
std::uint64_t answer_of(const Product<T>& product, std::uint64_t seed) {
  Matrix<T> a(product.m, product.k), b(product.k, product.n), c(product.m, product.n, product.n, T(0));
  std::uint64_t hash = 0xcbf29ce484222325u;
  const std::size_t products = std::min(most_answers, answered_entries / (product.m * product.n) + 1);
  for (std::size_t number = 0; number < products; ++number) {
    fill_factors<T>(product, a.storage(), "answer a", seed, number);
    fill_factors<T>(product, b.storage(), "answer b", seed, number);
    make_symmetric(product.symmetric, a.view(), b.view());
    product.call(a.view(), b.view(), T(1), T(0), c.view());
    for (const T entry : c.storage()) hash = (hash ^ bits_of(entry)) * 0x100000001b3u;
  }
  return hash;
}

/// Those of the same product by gemm, whose kernels syrk may use in corners that are on the diagonal alone.
template <class T>
std::vector<ClassOrder> orders_of_gemm(const blas::Interface& interface, Request request, std::uint64_t seed,
                                       const GoOn& go_on) {
  request.flags = flags_of(request).back() == 'N' ? "NT" : "TN";
  request.routine = "gemm";
  if (!go_on() || !has_routine(interface, request, sizeof(T) == sizeof(float) ? 's' : 'd')) return {};
  const Product<T> product = product_of<T>(interface, request);
  const Classes classes = find_classes(product, seed);
  return classes.repeatable ? read_orders(product, classes, seed, go_on) : std::vector<ClassOrder>{};
}

/// The largest class beside the diagonal that has a tree and whose fresh entries were all predicted.
std::size_t largest_certified(const Reading& reading) {
  for (std::size_t i = 0; i < reading.orders.size(); ++i) {
    const Tally& tally = reading.certificate.classes[i];
    if (reading.classes.classes[i].has_block && reading.orders[i].tree && tally.compared > 0 &&
        tally.predicted == tally.compared)
      return i;
  }
  return reading.orders.size();
}

}  // namespace

template <class T>
Reading read_order(const blas::Interface& interface, const Request& request, const std::function<int(int)>& set_threads,
                   const Options& options) {
  const auto start = Clock::now();
  const auto within = [&](double share) {
    return [=] { return std::chrono::duration<double>(Clock::now() - start).count() < share * options.limit_s; };
  };
  const Product<T> product = product_of<T>(interface, request);
  Reading reading;
  reading.answer = answer_of(product, options.seed);
  reading.classes = find_classes(product, options.seed);
  reading.repeatable = reading.classes.repeatable;
  if (reading.repeatable) {
    reading.orders = read_orders(product, reading.classes, options.seed, within(reading_share));
    const auto of_gemm = [&] { return orders_of_gemm<T>(interface, request, options.seed, within(reading_share)); };
    read_diagonal<T>(product, reading.classes, reading.orders, of_gemm, options.seed);
    reading.certificate =
        certify(product, reading.classes, reading.orders, options.seed, options.entries, within(certificate_share));
    reading.repeatable = reading.certificate.repeatable;
    const std::size_t largest = largest_certified(reading);
    if (largest < reading.orders.size() && product.has_beta) {
      reading.scalars = read_scalars(product, reading.classes, largest, *reading.orders[largest].tree, options.seed);
    }
  }
  if (options.invariance)
    reading.invariance = read_invariance<T>(interface, request, set_threads, options.seed, within(1));
  for (const Invariance& one : reading.invariance) {
    if (one.circumstance == Circumstance::calls && one.answers > 1) reading.repeatable = false;
  }
  reading.time_s = std::chrono::duration<double>(Clock::now() - start).count();
  return reading;
}

template Reading read_order<float>(const blas::Interface&, const Request&, const std::function<int(int)>&,
                                   const Options&);
template Reading read_order<double>(const blas::Interface&, const Request&, const std::function<int(int)>&,
                                    const Options&);

}  // namespace sqrtn::order
