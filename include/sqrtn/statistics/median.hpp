#pragma once

#include <optional>
#include <span>

#include "sqrtn/statistics/hypothesis.hpp"

/// The median and its interval, with no assumption on the law: what timings are reported by.
namespace sqrtn::statistics {

/// The middle value, or the mean of the two middle ones; nullopt if empty.
/// Throws: std::invalid_argument if a value is NaN.
std::optional<double> median(std::span<const double> sample);

/// Rank k of the interval [x₍k₎, x₍n+1−k₎] of n independent draws, counted from 1: the largest with
/// P(Binomial(n, ½) < k) ≤ (1 − level)/2; nullopt if there is none (n < 8 for 99 %).
/// Throws: std::invalid_argument unless level is in (0, 1).
std::optional<std::size_t> median_rank(std::size_t n_samples, double level);

/// Interval of the law's median from the order statistics of median_rank. It covers with probability
/// 1 − 2·P(Binomial(n, ½) < k) ≥ level, exactly that for a continuous law.
/// Assumes independent draws of one law; nullopt if there are too few.
/// Throws: std::invalid_argument if level is outside (0, 1) or a value is NaN.
/// Source: Thompson, Ann. Math. Statist. 7 (1936) 122.
std::optional<Interval> median_confidence_interval(std::span<const double> sample, double level = 0.99);

}  // namespace sqrtn::statistics
