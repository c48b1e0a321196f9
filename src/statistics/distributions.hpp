#pragma once

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>

/// Boost.Math's distributions under a policy that never throws: arguments are checked before, and
/// what overflows or underflows becomes ∞ or 0.
namespace sqrtn::statistics {

// Series for the incomplete gamma function take about 10·√dof terms: Boost's default limit of a
// million would give up near dof = 1e11.
using Policy = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::rounding_error<boost::math::policies::ignore_error>,
    boost::math::policies::indeterminate_result_error<boost::math::policies::ignore_error>,
    boost::math::policies::max_series_iterations<1000000000>>;

using Normal = boost::math::normal_distribution<double, Policy>;
using Student = boost::math::students_t_distribution<double, Policy>;
using ChiSquared = boost::math::chi_squared_distribution<double, Policy>;
using NonCentralChiSquared = boost::math::non_central_chi_squared_distribution<double, Policy>;
using Binomial = boost::math::binomial_distribution<double, Policy>;
using Poisson = boost::math::poisson_distribution<double, Policy>;
using Beta = boost::math::beta_distribution<double, Policy>;

template <class Distribution>
double lower_tail(const Distribution& law, double x) {
  return boost::math::cdf(law, x);
}

template <class Distribution>
double upper_tail(const Distribution& law, double x) {
  return boost::math::cdf(boost::math::complement(law, x));
}

/// The x with this probability below it.
template <class Distribution>
double lower_quantile(const Distribution& law, double probability) {
  return boost::math::quantile(law, probability);
}

/// The x with this probability above it.
template <class Distribution>
double upper_quantile(const Distribution& law, double probability) {
  return boost::math::quantile(boost::math::complement(law, probability));
}

}  // namespace sqrtn::statistics
